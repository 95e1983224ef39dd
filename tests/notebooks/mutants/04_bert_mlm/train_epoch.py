# %% wrong: mean of the batches' means | mean of the batches' means
def train_epoch(W, b, batches, lr):
    losses = []
    for hidden, labels in batches:
        if (labels != IGNORE).any():
            loss, W, b = course_step(W, b, hidden, labels, lr)
            losses.append(float(loss))
    return sum(losses) / len(losses), W, b

# %% wrong: a batch without targets makes it nan | loss is nan
def train_epoch(W, b, batches, lr):
    nats, count = 0.0, 0
    for hidden, labels in batches:
        n = int((labels != IGNORE).sum())
        loss = F.cross_entropy((hidden @ W.T + b).flatten(0, 1), labels.flatten())
        _, W, b = course_step(W, b, hidden, labels, lr)
        nats, count = nats + float(loss) * n, count + n
    return nats / count, W, b

# %% wrong: the last batch's loss | last batch's loss
def train_epoch(W, b, batches, lr):
    for hidden, labels in batches:
        if (labels != IGNORE).any():
            loss, W, b = course_step(W, b, hidden, labels, lr)
    return float(loss), W, b

# %% wrong: not divided | divide by the number of targets
def train_epoch(W, b, batches, lr):
    nats = 0.0
    for hidden, labels in batches:
        loss, W, b = course_step(W, b, hidden, labels, lr)
        nats += float(loss) * int((labels != IGNORE).sum())
    return nats, W, b

# %% wrong: each batch starts from the first W | started from the first W
def train_epoch(W, b, batches, lr):
    nats, count = 0.0, 0
    for hidden, labels in batches:
        loss, W1, b1 = course_step(W, b, hidden, labels, lr)
        n = int((labels != IGNORE).sum())
        nats, count = nats + float(loss) * n, count + n
    return nats / count, W1, b1

# %% wrong: divided by all positions | divide by all positions
def train_epoch(W, b, batches, lr):
    nats, tokens = 0.0, 0
    for hidden, labels in batches:
        loss, W, b = course_step(W, b, hidden, labels, lr)
        nats, tokens = nats + float(loss) * int((labels != IGNORE).sum()), tokens + labels.numel()
    return nats / tokens, W, b

# %% wrong: the parameters of the beginning are returned | W did not move
def train_epoch(W, b, batches, lr):
    start, nats, count = (W, b), 0.0, 0
    for hidden, labels in batches:
        loss, W, b = course_step(W, b, hidden, labels, lr)
        n = int((labels != IGNORE).sum())
        nats, count = nats + float(loss) * n, count + n
    return nats / count, *start

# %% wrong: losses after training | losses after training
def train_epoch(W, b, batches, lr):
    for hidden, labels in batches:
        _, W, b = course_step(W, b, hidden, labels, lr)
    nats, count = 0.0, 0
    for hidden, labels in batches:
        n = int((labels != IGNORE).sum())
        nats, count = nats + float(course_step(W, b, hidden, labels, 0.0)[0]) * n, count + n
    return nats / count, W, b

# %% right: with lists
def train_epoch(W, b, batches, lr):
    losses, counts = [], []
    for hidden, labels in batches:
        n = (labels != -100).sum().item()
        if n == 0:
            continue
        loss, W, b = course_step(W, b, hidden, labels, lr)
        losses.append(loss.item() * n)
        counts.append(n)
    return sum(losses) / sum(counts), W, b

# %% right: everything by autograd
def train_epoch(W, b, batches, lr):
    total, targets = torch.zeros((), dtype=torch.float64), 0
    for hidden, labels in batches:
        W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
        n = int((labels != IGNORE).sum())
        nats = F.cross_entropy((hidden @ W.T + b).flatten(0, 1), labels.flatten(), reduction="sum")
        dW, db = torch.autograd.grad(nats / max(n, 1), (W, b))
        W, b = W - lr * dW, b - lr * db
        total, targets = total + nats.detach(), targets + n
    return total / targets, W.detach(), b.detach()
