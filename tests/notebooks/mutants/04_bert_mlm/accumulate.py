# %% wrong: mean of means | the mean of the micro-batches' means
def accumulate(W, b, micro_batches):
    dW, db = [], []
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = (torch.softmax(h @ W.T + b, -1) - F.one_hot(y, len(W))) / max(len(y), 1)
        dW.append(error.T @ h), db.append(error.sum(0))
    return {"W": torch.stack(dW).mean(0), "b": torch.stack(db).mean(0)}

# %% wrong: sum of means | the bug of Trainer
def accumulate(W, b, micro_batches):
    dW, db = torch.zeros_like(W), torch.zeros_like(b)
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = (torch.softmax(h @ W.T + b, -1) - F.one_hot(y, len(W))) / max(len(y), 1)
        dW, db = dW + error.T @ h, db + error.sum(0)
    return {"W": dW, "b": db}

# %% wrong: the sum | divide by their number
def accumulate(W, b, micro_batches):
    dW, db = torch.zeros_like(W), torch.zeros_like(b)
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = torch.softmax(h @ W.T + b, -1) - F.one_hot(y, len(W))
        dW, db = dW + error.T @ h, db + error.sum(0)
    return {"W": dW, "b": db}

# %% wrong: divided by the number of micro-batches | divided by the number of micro-batches
def accumulate(W, b, micro_batches):
    dW, db = torch.zeros_like(W), torch.zeros_like(b)
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = torch.softmax(h @ W.T + b, -1) - F.one_hot(y, len(W))
        dW, db = dW + error.T @ h, db + error.sum(0)
    return {"W": dW / len(micro_batches), "b": db / len(micro_batches)}

# %% wrong: only the last one | only the last micro-batch
def accumulate(W, b, micro_batches):
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = (torch.softmax(h @ W.T + b, -1) - F.one_hot(y, len(W))) / max(len(y), 1)
        dW, db = error.T @ h, error.sum(0)
    return {"W": dW, "b": db}

# %% wrong: divided by all positions | divided by all positions
def accumulate(W, b, micro_batches):
    dW, db, n = torch.zeros_like(W), torch.zeros_like(b), 0
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = torch.softmax(h @ W.T + b, -1) - F.one_hot(y, len(W))
        dW, db, n = dW + error.T @ h, db + error.sum(0), n + labels.numel()
    return {"W": dW / n, "b": db / n}

# %% wrong: the sign is turned | the sign is turned
def accumulate(W, b, micro_batches):
    dW, db, n = torch.zeros_like(W), torch.zeros_like(b), 0
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = F.one_hot(y, len(W)) - torch.softmax(h @ W.T + b, -1)
        dW, db, n = dW + error.T @ h, db + error.sum(0), n + len(y)
    return {"W": dW / n, "b": db / n}

# %% wrong: a micro-batch without targets divides by zero | divide by zero
def accumulate(W, b, micro_batches):
    dW, db, n = torch.zeros_like(W), torch.zeros_like(b), 0
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        h, y = hidden[c], labels[c]
        error = torch.softmax(h @ W.T + b, -1) - F.one_hot(y, len(W))
        dW = dW + (error[:, :, None] * h[:, None]).mean(0) * len(y)
        db, n = db + error.mean(0) * len(y), n + len(y)
    return {"W": dW / n, "b": db / n}

# %% right: autograd on sums
def accumulate(W, b, micro_batches):
    W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
    n = sum(int((labels != IGNORE).sum()) for _, labels in micro_batches)
    for hidden, labels in micro_batches:
        loss = F.cross_entropy((hidden @ W.T + b).flatten(0, 1), labels.flatten(), reduction="sum") / n
        loss.backward()
    return {"W": W.grad, "b": b.grad}

# %% right: means weighted by their counts
def accumulate(W, b, micro_batches):
    dW, db, n = 0 * W, 0 * b, 0
    for hidden, labels in micro_batches:
        c = labels != IGNORE
        m = int(c.sum())
        if m == 0:
            continue
        h = hidden[c]
        error = torch.log_softmax(h @ W.T + b, -1).exp() - F.one_hot(labels[c], len(W)).to(W.dtype)
        dW, db, n = dW + m * (error.T @ h / m), db + m * error.mean(0), n + m
    return {"W": dW / n, "b": db / n}
