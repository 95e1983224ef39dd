# %% wrong: the decay is a step ahead | one step ahead
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * step / rise
    done = (step - rise) / (steps - rise)
    return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * done))

# %% wrong: the cosine runs from the first step | starts at step 1
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * step / rise
    return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * (step - 1) / steps))

# %% wrong: no half | the half is missing
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * step / rise
    return end + (peak - end) * (1 + math.cos(math.pi * (step - 1 - rise) / (steps - rise)))

# %% wrong: a whole turn | whole turn
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * step / rise
    return end + (peak - end) * 0.5 * (1 + math.cos(2 * math.pi * (step - 1 - rise) / (steps - rise)))

# %% wrong: the rise counts from 0 | first step has rate 0
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * (step - 1) / rise
    return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * (step - 1 - rise) / (steps - rise)))

# %% wrong: the end is ignored | `end` is not used
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * step / rise
    return peak * 0.5 * (1 + math.cos(math.pi * (step - 1 - rise) / (steps - rise)))

# %% wrong: no warmup | no warmup: the first steps should rise
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * (step - 1) / steps))

# %% wrong: divides by zero where all steps rise | ZeroDivisionError
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    cosine = end + (peak - end) * 0.5 * (1 + math.cos(math.pi * (step - 1 - rise) / (steps - rise)))
    return peak * step / rise if step <= rise else cosine

# %% wrong: only calls the course's own | write yourself
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    from helpers.optimize import learning_rate as ready
    from helpers.config import Config
    return ready(step, Config(steps=steps, lr=peak, warmup=warmup))

# %% wrong: the rise is cut, not rounded | cut to 1
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = int(warmup * steps)
    if step <= rise:
        return peak * step / rise
    return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * (step - 1 - rise) / (steps - rise)))

# %% wrong: no pi | the pi is missing
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * step / rise
    return end + (peak - end) * 0.5 * (1 + math.cos((step - 1 - rise) / (steps - rise)))

# %% wrong: the end on top | `end` is added on top
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return peak * step / rise
    return end + peak * 0.5 * (1 + math.cos(math.pi * (step - 1 - rise) / (steps - rise)))

# %% right: cosine squared of the half angle
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(warmup * steps)
    if step <= rise:
        return step / rise * peak
    half = math.pi / 2 * (step - rise - 1) / (steps - rise)
    return end + (peak - end) * math.cos(half) ** 2

# %% right: a mix of peak and end
def learning_rate(step, steps, peak, warmup=0.1, end=0.0):
    rise = round(steps * warmup)
    if step > rise:
        share = 0.5 + 0.5 * math.cos(math.pi * (step - 1 - rise) / (steps - rise))
        return share * peak + (1 - share) * end
    return peak / rise * step
