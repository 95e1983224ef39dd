# %% wrong: not unscaled | not unscaled
def scaler_step(p, g, state, lr, interval):
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": 0}
    good = state["good"] + 1
    if good == interval:
        return p - lr * g.float(), {"scale": state["scale"] * 2, "good": 0}
    return p - lr * g.float(), {"scale": state["scale"], "good": good}

# %% wrong: unscaled in float16 | computed in float16
def scaler_step(p, g, state, lr, interval):
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": 0}
    p, good = p - lr * (g / state["scale"]).float(), state["good"] + 1
    if good == interval:
        return p, {"scale": state["scale"] * 2, "good": 0}
    return p, {"scale": state["scale"], "good": good}

# %% wrong: the step is taken all the same | reached the weights
def scaler_step(p, g, state, lr, interval):
    p = p - lr * g.float() / state["scale"]
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": 0}
    good = state["good"] + 1
    if good == interval:
        return p, {"scale": state["scale"] * 2, "good": 0}
    return p, {"scale": state["scale"], "good": good}

# %% wrong: only the bad entries are skipped | skip the whole step
def scaler_step(p, g, state, lr, interval):
    p = p - lr * g.float().nan_to_num(0.0, 0.0, 0.0) / state["scale"]
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": 0}
    good = state["good"] + 1
    if good == interval:
        return p, {"scale": state["scale"] * 2, "good": 0}
    return p, {"scale": state["scale"], "good": good}

# %% wrong: the scale stays after an overflow | the scale must fall
def scaler_step(p, g, state, lr, interval):
    if not g.isfinite().all():
        return p, {"scale": state["scale"], "good": 0}
    p, good = p - lr * g.float() / state["scale"], state["good"] + 1
    if good == interval:
        return p, {"scale": state["scale"] * 2, "good": 0}
    return p, {"scale": state["scale"], "good": good}

# %% wrong: the count survives an overflow | in a row
def scaler_step(p, g, state, lr, interval):
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": state["good"]}
    p, good = p - lr * g.float() / state["scale"], state["good"] + 1
    if good == interval:
        return p, {"scale": state["scale"] * 2, "good": 0}
    return p, {"scale": state["scale"], "good": good}

# %% wrong: never grows | never grows
def scaler_step(p, g, state, lr, interval):
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": 0}
    return p - lr * g.float() / state["scale"], {"scale": state["scale"], "good": state["good"] + 1}

# %% wrong: grows a step late | one step too late
def scaler_step(p, g, state, lr, interval):
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": 0}
    p, good = p - lr * g.float() / state["scale"], state["good"] + 1
    if good > interval:
        return p, {"scale": state["scale"] * 2, "good": 0}
    return p, {"scale": state["scale"], "good": good}

# %% wrong: the count goes on after doubling | count must start anew
def scaler_step(p, g, state, lr, interval):
    if not g.isfinite().all():
        return p, {"scale": state["scale"] / 2, "good": 0}
    p, good = p - lr * g.float() / state["scale"], state["good"] + 1
    return p, {"scale": state["scale"] * (2 if good >= interval else 1), "good": good}

# %% wrong: weights in 16 bits | 16-bit numbers
def scaler_step(p, g, state, lr, interval):
    p = p.half() - lr * g / state["scale"]
    return p, {"scale": state["scale"], "good": state["good"] + 1}

# %% right: checked after unscaling
def scaler_step(p, g, state, lr, interval):
    true = g.to(p.dtype) / state["scale"]
    if true.isinf().any() or true.isnan().any():
        return p, dict(scale=state["scale"] * 0.5, good=0)
    grow = state["good"] + 1 == interval
    return p - lr * true, dict(scale=state["scale"] * (2.0 if grow else 1.0), good=0 if grow else state["good"] + 1)

# %% right: in place
def scaler_step(p, g, state, lr, interval):
    total = g.float().sum()
    if not torch.isfinite(total):
        state["scale"] /= 2
        state["good"] = 0
        return p, state
    p -= lr / state["scale"] * g.float()
    state["good"] += 1
    if state["good"] % interval == 0:
        state["scale"] *= 2
        state["good"] = 0
    return p, state
