# %% wrong: knows the whole curve | into the future
def early_stop(losses, patience):
    best = min(range(len(losses)), key=losses.__getitem__)
    return best, min(best + patience, len(losses) - 1)

# %% wrong: one look too many | one look too many
def early_stop(losses, patience):
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best > patience:
            return best, look
    return best, len(losses) - 1

# %% wrong: one look too few | one look too few
def early_stop(losses, patience):
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best >= patience - 1 and look:
            return best, look
    return best, len(losses) - 1

# %% wrong: counts bad looks in total | resets the count
def early_stop(losses, patience):
    best, bad = 0, 0
    for look in range(1, len(losses)):
        if losses[look] < losses[best]:
            best = look
        else:
            bad += 1
            if bad == patience:
                return best, look
    return best, len(losses) - 1

# %% wrong: compares with the look before | with the look before
def early_stop(losses, patience):
    best, bad = 0, 0
    for look in range(1, len(losses)):
        if losses[look] < losses[look - 1]:
            best, bad = look, 0
        else:
            bad += 1
            if bad == patience:
                return best, look
    return best, len(losses) - 1

# %% wrong: an equal loss counts as better | equal loss as an improvement
def early_stop(losses, patience):
    best = 0
    for look, loss in enumerate(losses):
        if loss <= losses[best]:
            best = look
        elif look - best >= patience:
            return best, look
    return best, len(losses) - 1

# %% wrong: the other order | in this order
def early_stop(losses, patience):
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best >= patience:
            return look, best
    return len(losses) - 1, best

# %% right: a counter that is reset
def early_stop(losses, patience):
    best, bad = 0, 0
    for look in range(1, len(losses)):
        if losses[look] < losses[best]:
            best, bad = look, 0
        else:
            bad += 1
        if bad == patience:
            return best, look
    return best, len(losses) - 1

# %% right: returns a list and keeps the lowest value
def early_stop(losses, patience):
    lowest, best, stopped = float("inf"), 0, None
    for look, loss in enumerate(losses):
        if stopped is None:
            if loss < lowest:
                lowest, best = loss, look
            if look - best == patience:
                stopped = look
    return [best, len(losses) - 1 if stopped is None else stopped]
