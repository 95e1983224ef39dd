# %% wrong: only the output use | only the output use
def tied_gradient(E, b, context, target):
    h = E[context].mean(0)
    error = torch.softmax(E @ h + b, -1)
    error[target] -= 1
    return torch.outer(error, h)

# %% wrong: only the input use | only the input use
def tied_gradient(E, b, context, target):
    error = torch.softmax(E @ E[context].mean(0) + b, -1)
    error[target] -= 1
    share = (E.T @ error / len(context)).expand(len(context), -1)
    return torch.zeros_like(E).index_add(0, context, share)

# %% wrong: repeated words receive one share | occurs twice
def tied_gradient(E, b, context, target):
    h = E[context].mean(0)
    error = torch.softmax(E @ h + b, -1)
    error[target] -= 1
    gradient = torch.outer(error, h)
    gradient[context] += E.T @ error / len(context)
    return gradient

# %% wrong: 1/n is missing | share 1/n
def tied_gradient(E, b, context, target):
    h = E[context].mean(0)
    error = torch.softmax(E @ h + b, -1)
    error[target] -= 1
    return torch.outer(error, h).index_add(0, context, (E.T @ error).expand(len(context), -1))

# %% wrong: the sign is turned | sign is turned
def tied_gradient(E, b, context, target):
    h = E[context].mean(0)
    error = -torch.softmax(E @ h + b, -1)
    error[target] += 1
    share = (E.T @ error / len(context)).expand(len(context), -1)
    return torch.outer(error, h).index_add(0, context, share)

# %% wrong: 1 is not subtracted at the answer | not subtracted
def tied_gradient(E, b, context, target):
    h = E[context].mean(0)
    error = torch.softmax(E @ h + b, -1)
    share = (E.T @ error / len(context)).expand(len(context), -1)
    return torch.outer(error, h).index_add(0, context, share)

# %% wrong: the input use lands in the row of the answer | row of the answer
def tied_gradient(E, b, context, target):
    h = E[context].mean(0)
    error = torch.softmax(E @ h + b, -1)
    error[target] -= 1
    gradient = torch.outer(error, h)
    gradient[target] += E.T @ error
    return gradient

# %% wrong: autograd does the work | write yourself
def tied_gradient(E, b, context, target):
    E = E.clone().requires_grad_()
    loss = -torch.log_softmax(E @ E[context].mean(0) + b, -1)[target]
    return torch.autograd.grad(loss, E)[0]

# %% right: counts of the context
def tied_gradient(E, b, context, target):
    n = len(context)
    share = torch.bincount(context, minlength=len(E)).to(E.dtype) / n
    h = share @ E
    error = torch.softmax(E @ h + b, -1) - F.one_hot(torch.tensor(target), len(E))
    return torch.outer(error, h) + torch.outer(share, E.T @ error)

# %% right: a loop over the context
def tied_gradient(E, b, context, target):
    h = sum(E[c] for c in context.tolist()) / len(context)
    error = torch.log_softmax(E @ h + b, -1).exp()
    error[target] -= 1
    gradient = error[:, None] * h[None, :]
    back = error @ E
    for c in context.tolist():
        gradient[c] += back / len(context)
    return gradient
