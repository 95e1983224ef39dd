# %% wrong: swapped | roles are swapped
def ema_update(average, weights, decay):
    return {k: (1 - decay) * average[k] + decay * w if w.is_floating_point() else w for k, w in weights.items()}

# %% wrong: computed and dropped | did not move
def ema_update(average, weights, decay):
    for name, w in weights.items():
        decay * average[name] + (1 - decay) * w
    return {k: average[k] if w.is_floating_point() else w for k, w in weights.items()}

# %% wrong: the newest weights | old average is forgotten
def ema_update(average, weights, decay):
    return dict(weights)

# %% wrong: shares that do not add up to one | add up to 1
def ema_update(average, weights, decay):
    return {k: decay * average[k] + w if w.is_floating_point() else w for k, w in weights.items()}

# %% wrong: only shrinks | only shrink
def ema_update(average, weights, decay):
    return {k: decay * average[k] if w.is_floating_point() else w for k, w in weights.items()}

# %% wrong: counters averaged | became a fraction
def ema_update(average, weights, decay):
    return {k: decay * average[k] + (1 - decay) * w for k, w in weights.items()}

# %% wrong: the old counter is kept | kept the old counter
def ema_update(average, weights, decay):
    return {k: decay * average[k] + (1 - decay) * w if w.is_floating_point() else average[k] for k, w in weights.items()}

# %% wrong: counters averaged and rounded | you averaged a counter
def ema_update(average, weights, decay):
    return {k: (decay * average[k] + (1 - decay) * w).to(w.dtype) for k, w in weights.items()}

# %% right: lerp
def ema_update(average, weights, decay):
    return {k: average[k].lerp(w, 1 - decay) if w.dtype.is_floating_point else w for k, w in weights.items()}

# %% right: in place
def ema_update(average, weights, decay):
    for name, new in weights.items():
        if torch.is_floating_point(new):
            average[name] += (1 - decay) * (new - average[name])
        else:
            average[name].copy_(new)
    return average
