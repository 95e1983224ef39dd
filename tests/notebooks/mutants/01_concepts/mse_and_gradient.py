# %% wrong: the sum instead of the mean | divide by their number
def mse_and_gradient(weight, x, target=None):
    output = x @ weight
    error = output - (output if target is None else target)
    return float((error ** 2).sum()), 2 * x.T @ error

# %% wrong: divides by the batch size only | divided by the batch size only
def mse_and_gradient(weight, x, target=None):
    output = x @ weight
    error = output - (output if target is None else target)
    return float((error ** 2).sum() / len(x)), 2 * x.T @ error / len(x)

# %% wrong: the square's factor 2 is missing | factor 2
def mse_and_gradient(weight, x, target=None):
    output = x @ weight
    error = output - (output if target is None else target)
    return float((error ** 2).mean()), x.T @ error / error.numel()

# %% wrong: the sign | sign is wrong
def mse_and_gradient(weight, x, target=None):
    output = x @ weight
    error = (output if target is None else target) - output
    return float((error ** 2).mean()), 2 * x.T @ error / error.numel()

# %% wrong: transposed | transposed
def mse_and_gradient(weight, x, target=None):
    output = x @ weight
    error = output - (output if target is None else target)
    return float((error ** 2).mean()), 2 * error.T @ x / error.numel()

# %% wrong: without a target the target is zero | the target is xW itself
def mse_and_gradient(weight, x, target=None):
    output = x @ weight
    error = output if target is None else output - target
    return float((error ** 2).mean()), 2 * x.T @ error / error.numel()

# %% wrong: always its own output | although a target is given
def mse_and_gradient(weight, x, target=None):
    output = x @ weight
    error = output - output
    return float((error ** 2).mean()), 2 * x.T @ error / error.numel()

# %% right: autograd, with the target detached
def mse_and_gradient(weight, x, target=None):
    weight = weight.clone().requires_grad_()
    output = x @ weight
    loss = F.mse_loss(output, output.detach() if target is None else target)
    loss.backward()
    return float(loss), weight.grad

# %% right: example by example
def mse_and_gradient(weight, x, target=None):
    n = len(x) * weight.shape[1]
    if target is None:
        target = x @ weight
    loss, gradient = 0.0, torch.zeros_like(weight)
    for row, wanted in zip(x, target):
        error = row @ weight - wanted
        loss += float((error ** 2).sum()) / n
        gradient += 2 / n * torch.outer(row, error)
    return loss, gradient
