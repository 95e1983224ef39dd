# %% wrong: the shown word is always believed | always believe
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    return F.one_hot(torch.tensor(shown), len(context)).double()

# %% wrong: the shown word is ignored | ignore the shown word
def belief(context, shown, mask=0.8, swap=0.1):
    return context.clone()

# %% wrong: no prior | prior is missing
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    likelihood = torch.full_like(context, swap / len(context))
    likelihood[shown] += 1 - mask - swap
    return likelihood / likelihood.sum()

# %% wrong: swap instead of swap / N | one of N
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    likelihood = torch.full_like(context, swap)
    likelihood[shown] += 1 - mask - swap
    posterior = context * likelihood
    return posterior / posterior.sum()

# %% wrong: a random word is never right by accident | by accident
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    likelihood = torch.full_like(context, swap / len(context))
    likelihood[shown] = 1 - mask - swap
    posterior = context * likelihood
    return posterior / posterior.sum()

# %% wrong: not normalized | not normalized
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    likelihood = torch.full_like(context, swap / len(context))
    likelihood[shown] += 1 - mask - swap
    return context * likelihood

# %% wrong: the share of [MASK] is given to the shown word | share of [MASK]
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    likelihood = torch.full_like(context, swap / len(context))
    likelihood[shown] += mask
    posterior = context * likelihood
    return posterior / posterior.sum()

# %% wrong: a blend instead of Bayes | Bayes' rule
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    keep = 1 - mask - swap
    return (keep * F.one_hot(torch.tensor(shown), len(context)) + swap * context) / (keep + swap)

# %% wrong: [MASK] makes everything uniform | says nothing about the word
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return torch.full_like(context, 1 / len(context))
    likelihood = torch.full_like(context, swap / len(context))
    likelihood[shown] += 1 - mask - swap
    posterior = context * likelihood
    return posterior / posterior.sum()

# %% wrong: word 0 is taken for None | index 0
def belief(context, shown, mask=0.8, swap=0.1):
    if not shown:
        return context
    likelihood = torch.full_like(context, swap / len(context))
    likelihood[shown] += 1 - mask - swap
    posterior = context * likelihood
    return posterior / posterior.sum()

# %% right: in logarithms
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context / context.sum()
    log = context.log() + math.log(swap / len(context))
    log[shown] = context[shown].log() + math.log(1 - mask - swap + swap / len(context))
    return torch.softmax(log, -1)

# %% right: a list comprehension
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    weights = [q * ((1 - mask - swap) * (w == shown) + swap / len(context)) for w, q in enumerate(context.tolist())]
    return torch.tensor([weight / sum(weights) for weight in weights], dtype=torch.float64)

# %% wrong: the random word is one of N - 1 | is one of all N words
def belief(context, shown, mask=0.8, swap=0.1):
    if shown is None:
        return context
    likelihood = torch.full_like(context, swap / (len(context) - 1))
    likelihood[shown] += 1 - mask - swap
    posterior = context * likelihood
    return posterior / posterior.sum()
