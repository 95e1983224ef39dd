# %% wrong: the mean is missing | the mean is missing: divide
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    delta[rows] = torch.softmax(hidden[rows] @ W.T + b, -1)
    delta[rows, labels[rows]] -= 1
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: divided by the sentence length | sentence length
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    delta[rows] = torch.softmax(hidden[rows] @ W.T + b, -1)
    delta[rows, labels[rows]] -= 1
    delta = delta / len(labels)
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: ignored rows keep p | left p in place
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.softmax(hidden @ W.T + b, -1)
    delta[rows, labels[rows]] -= 1
    delta = delta / len(rows)
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: -100 treated as word 0 | as word 0
def mlm_gradients(hidden, W, b, labels):
    delta = torch.softmax(hidden @ W.T + b, -1) - F.one_hot(labels.clamp(min=0), len(W))
    delta = delta / (labels != -100).sum()
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: y - p | y - p
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    delta[rows] = -torch.softmax(hidden[rows] @ W.T + b, -1)
    delta[rows, labels[rows]] += 1
    delta = delta / len(rows)
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: W comes out transposed | transpose
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    delta[rows] = torch.softmax(hidden[rows] @ W.T + b, -1)
    delta[rows, labels[rows]] -= 1
    delta = delta / len(rows)
    return {"logits": delta, "W": hidden.T @ delta, "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: the bias takes a mean over positions | b takes the mean
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    delta[rows] = torch.softmax(hidden[rows] @ W.T + b, -1)
    delta[rows, labels[rows]] -= 1
    delta = delta / len(rows)
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.mean(0), "hidden": delta @ W}

# %% wrong: W is averaged twice | twice
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    delta[rows] = torch.softmax(hidden[rows] @ W.T + b, -1)
    delta[rows, labels[rows]] -= 1
    delta = delta / len(rows)
    return {"logits": delta, "W": delta.T @ hidden / len(rows), "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: autograd does the work | write yourself
def mlm_gradients(hidden, W, b, labels):
    hidden, W, b = (t.clone().requires_grad_() for t in (hidden, W, b))
    z = hidden @ W.T + b
    z.retain_grad()
    F.cross_entropy(z, labels).backward()
    return {"logits": z.grad, "W": W.grad, "b": b.grad, "hidden": hidden.grad}

# %% wrong: an unstable softmax | overflow
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    e = (hidden[rows] @ W.T + b).exp()
    delta[rows] = e / e.sum(-1, keepdim=True)
    delta[rows, labels[rows]] -= 1
    delta = delta / len(rows)
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.sum(0), "hidden": delta @ W}

# %% wrong: one gradient is missing | the key 'hidden'
def mlm_gradients(hidden, W, b, labels):
    rows = (labels != -100).nonzero()[:, 0]
    delta = torch.zeros(len(labels), len(W), dtype=hidden.dtype)
    delta[rows] = torch.softmax(hidden[rows] @ W.T + b, -1)
    delta[rows, labels[rows]] -= 1
    delta = delta / len(rows)
    return {"logits": delta, "W": delta.T @ hidden, "b": delta.sum(0)}

# %% right: a mask multiplies
def mlm_gradients(hidden, W, b, labels):
    chosen = (labels != -100).double()
    y = F.one_hot(labels.clamp(min=0), len(W)).double()
    delta = (torch.softmax(hidden @ W.T + b, -1) - y) * (chosen / chosen.sum())[:, None]
    return {"logits": delta, "W": torch.einsum("lv,ld->vd", delta, hidden), "b": delta.sum(0), "hidden": delta @ W}

# %% right: position by position
def mlm_gradients(hidden, W, b, labels):
    n = sum(int(y) != -100 for y in labels)
    out = {"logits": torch.zeros(len(labels), len(W)).double(), "W": torch.zeros_like(W), "b": torch.zeros_like(b),
           "hidden": torch.zeros_like(hidden)}
    for i, y in enumerate(labels.tolist()):
        if y == -100:
            continue
        error = torch.log_softmax(W @ hidden[i] + b, -1).exp()
        error[y] -= 1
        error /= n
        out["logits"][i] = error
        out["W"] += torch.outer(error, hidden[i])
        out["b"] += error
        out["hidden"][i] = W.T @ error
    return out
