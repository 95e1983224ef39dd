# %% wrong: mean over all positions | divide by all
def train_step(W, b, hidden, labels, lr):
    chosen = labels != IGNORE
    if not chosen.any():
        return W.new_zeros(()), W, b
    W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
    loss = F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen], reduction="sum") / labels.numel()
    dW, db = torch.autograd.grad(loss, (W, b))
    return loss, W - lr * dW, b - lr * db

# %% wrong: the sum | take the mean
def train_step(W, b, hidden, labels, lr):
    chosen = labels != IGNORE
    if not chosen.any():
        return W.new_zeros(()), W, b
    W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
    loss = F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen], reduction="sum")
    dW, db = torch.autograd.grad(loss, (W, b))
    return loss, W - lr * dW, b - lr * db

# %% wrong: uphill | uphill
def train_step(W, b, hidden, labels, lr):
    chosen = labels != IGNORE
    if not chosen.any():
        return W.new_zeros(()), W, b
    W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
    loss = F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen])
    dW, db = torch.autograd.grad(loss, (W, b))
    return loss, W + lr * dW, b + lr * db

# %% wrong: the bias stays | the bias did not move
def train_step(W, b, hidden, labels, lr):
    chosen = labels != IGNORE
    if not chosen.any():
        return W.new_zeros(()), W, b
    W = W.detach().requires_grad_()
    loss = F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen])
    return loss, W - lr * torch.autograd.grad(loss, W)[0], b

# %% wrong: the loss after the step | loss AFTER the step
def train_step(W, b, hidden, labels, lr):
    chosen = labels != IGNORE
    if not chosen.any():
        return W.new_zeros(()), W, b
    W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
    loss = F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen])
    dW, db = torch.autograd.grad(loss, (W, b))
    W, b = W - lr * dW, b - lr * db
    return F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen]), W, b

# %% wrong: nan without targets | nothing is masked and you return nan
def train_step(W, b, hidden, labels, lr):
    W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
    loss = F.cross_entropy((hidden @ W.T + b).flatten(0, 1), labels.flatten())
    dW, db = torch.autograd.grad(loss, (W, b))
    return loss, W - lr * dW, b - lr * db

# %% wrong: the learning rate is forgotten | lr is not used
def train_step(W, b, hidden, labels, lr):
    chosen = labels != IGNORE
    if not chosen.any():
        return W.new_zeros(()), W, b
    W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
    loss = F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen])
    dW, db = torch.autograd.grad(loss, (W, b))
    return loss, W - dW, b - db

# %% wrong: the old parameters are returned | did not move
def train_step(W, b, hidden, labels, lr):
    chosen = labels != IGNORE
    if not chosen.any():
        return W.new_zeros(()), W, b
    return F.cross_entropy(hidden[chosen] @ W.T + b, labels[chosen]), W, b

# %% right: p - y by hand
def train_step(W, b, hidden, labels, lr):
    places = (labels != -100).nonzero(as_tuple=True)
    h, y = hidden[places], labels[places]
    n = len(y)
    if n == 0:
        return torch.tensor(0.0), W, b
    log_p = torch.log_softmax(h @ W.T + b, -1)
    error = log_p.exp()
    error[torch.arange(n), y] -= 1
    return -log_p[torch.arange(n), y].mean(), W - lr / n * error.T @ h, b - lr / n * error.sum(0)

# %% right: backward and no_grad
def train_step(W, b, hidden, labels, lr):
    if (labels == IGNORE).all():
        return torch.zeros(()), W, b
    W, b = W.clone().detach().requires_grad_(True), b.clone().detach().requires_grad_(True)
    loss = F.cross_entropy((hidden @ W.T + b).reshape(-1, len(W)), labels.reshape(-1), ignore_index=IGNORE)
    loss.backward()
    with torch.no_grad():
        W -= lr * W.grad
        b -= lr * b.grad
    return loss.detach(), W.detach(), b.detach()

# %% wrong: labels clamped to word 0 | enter as word 0
def train_step(W, b, hidden, labels, lr):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    loss = F.cross_entropy((hidden @ W.T + b).flatten(0, 1), labels.clamp(min=0).flatten())
    dW, db = torch.autograd.grad(loss, (W, b))
    return loss.item(), W - lr * dW, b - lr * db
