# %% wrong: mean over all positions | divide by all
def mlm_loss(logits, labels):
    chosen = labels != -100
    log_p = torch.log_softmax(logits[chosen], -1)
    return -log_p.gather(1, labels[chosen][:, None]).sum() / labels.numel()

# %% wrong: divided by the number of sentences | number of sentences
def mlm_loss(logits, labels):
    chosen = labels != -100
    log_p = torch.log_softmax(logits[chosen], -1)
    return -log_p.gather(1, labels[chosen][:, None]).sum() / len(labels)

# %% wrong: the sum | this is the sum
def mlm_loss(logits, labels):
    chosen = labels != -100
    log_p = torch.log_softmax(logits[chosen], -1)
    return -log_p.gather(1, labels[chosen][:, None]).sum()

# %% wrong: -100 clamped to word 0 and scored | word 0
def mlm_loss(logits, labels):
    log_p = torch.log_softmax(logits, -1)
    return -log_p.gather(-1, labels.clamp(min=0)[..., None]).mean()

# %% wrong: every sentence averaged first | average each sentence first
def mlm_loss(logits, labels):
    rows = []
    for z, y in zip(logits, labels):
        if (y != -100).any():
            log_p = torch.log_softmax(z[y != -100], -1)
            rows.append(-log_p.gather(1, y[y != -100][:, None]).mean())
    return torch.stack(rows).mean() if rows else torch.tensor(0.0)

# %% wrong: the positions that are not masked | not masked
def mlm_loss(logits, labels):
    kept = labels == -100
    log_p = torch.log_softmax(logits[kept], -1)
    return -log_p.gather(1, labels[kept].clamp(min=0)[:, None]).mean()

# %% wrong: nothing masked gives nan | nan
def mlm_loss(logits, labels):
    chosen = labels != -100
    log_p = torch.log_softmax(logits[chosen], -1)
    return -log_p.gather(1, labels[chosen][:, None]).mean()

# %% wrong: gathers with -100 | out of bounds
def mlm_loss(logits, labels):
    log_p = torch.log_softmax(logits, -1)
    loss = -log_p.gather(-1, labels[..., None])[..., 0]
    return loss[labels != -100].mean()

# %% wrong: only calls the library | write yourself
def mlm_loss(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten())

# %% wrong: overflows with large logits | overflow with large logits
def mlm_loss(logits, labels):
    chosen = labels != -100
    if not chosen.any():
        return torch.tensor(0.0)
    p = logits[chosen].exp() / logits[chosen].exp().sum(-1, keepdim=True)
    return -p.gather(1, labels[chosen][:, None]).log().mean()

# %% right: a weight of 0 where nothing is asked
def mlm_loss(logits, labels):
    chosen = (labels != -100).to(logits.dtype)
    loss = logits.logsumexp(-1) - logits.gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    return (loss * chosen).sum() / chosen.sum().clamp(min=1)

# %% right: a loop
def mlm_loss(logits, labels):
    total, count = torch.zeros(()), 0
    for z, y in zip(logits.flatten(0, 1), labels.flatten().tolist()):
        if y != -100:
            total, count = total - torch.log_softmax(z, -1)[y], count + 1
    return total / count if count else total
