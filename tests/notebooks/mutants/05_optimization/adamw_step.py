# %% wrong: no bias correction | bias correction is missing
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    b1, b2 = betas
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = p * (1 - lr * weight_decay) - lr * m / (v.sqrt() + eps)
    return p, {"step": state["step"] + 1, "m": m, "v": v}

# %% wrong: L2 in the gradient, as in Adam | you add the decay to the gradient
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"] + 1
    g = g + weight_decay * p
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = p - lr * m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)
    return p, {"step": t, "m": m, "v": v}

# %% wrong: decay without the rate | not multiplied by the learning rate
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"] + 1
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = p * (1 - weight_decay) - lr * m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)
    return p, {"step": t, "m": m, "v": v}

# %% wrong: no decay at all | the weight decay is missing
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"] + 1
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    return p - lr * m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps), {"step": t, "m": m, "v": v}

# %% wrong: eps inside the root | eps stands outside
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"] + 1
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = p * (1 - lr * weight_decay) - lr * m / (1 - b1**t) / (v / (1 - b2**t) + eps).sqrt()
    return p, {"step": t, "m": m, "v": v}

# %% wrong: divides by v, not by its root | square root is missing
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"] + 1
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = p * (1 - lr * weight_decay) - lr * m / (1 - b1**t) / (v / (1 - b2**t) + eps)
    return p, {"step": t, "m": m, "v": v}

# %% wrong: the step itself is shrunk too | shrink after the step
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"] + 1
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = (p - lr * m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)) * (1 - lr * weight_decay)
    return p, {"step": t, "m": m, "v": v}

# %% wrong: the corrected averages are kept | uncorrected
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"] + 1
    m = (b1 * state["m"] + (1 - b1) * g) / (1 - b1**t)
    v = (b2 * state["v"] + (1 - b2) * g * g) / (1 - b2**t)
    p = p * (1 - lr * weight_decay) - lr * m / (v.sqrt() + eps)
    return p, {"step": t, "m": m, "v": v}

# %% wrong: the steps are not counted | count the calls
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, 1
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = p * (1 - lr * weight_decay) - lr * m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)
    return p, {"step": state["step"], "m": m, "v": v}

# %% wrong: only the weight is returned | return (p, state)
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    return p - lr * g.sign()

# %% wrong: hands the work to torch | write yourself
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    q = torch.nn.Parameter(p.clone())
    optimizer = torch.optim.AdamW([q], lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
    q.grad = g
    optimizer.step()
    return q.detach(), {"step": state["step"] + 1, "m": state["m"], "v": state["v"]}

# %% wrong: the step before this one | it is 1 in the first call
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (b1, b2), t = betas, state["step"]
    m, v = b1 * state["m"] + (1 - b1) * g, b2 * state["v"] + (1 - b2) * g * g
    p = p * (1 - lr * weight_decay) - lr * m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)
    return p, {"step": t + 1, "m": m, "v": v}

# %% right: with lerp
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    step = state["step"] + 1
    m, v = state["m"].lerp(g, 1 - betas[0]), state["v"].lerp(g.square(), 1 - betas[1])
    m_hat, v_hat = m / (1 - betas[0] ** step), v / (1 - betas[1] ** step)
    return p - lr * (weight_decay * p + m_hat / (v_hat.sqrt() + eps)), {"step": step, "m": m, "v": v}

# %% right: in place
def adamw_step(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    state["step"] += 1
    state["m"].mul_(betas[0]).add_(g, alpha=1 - betas[0])
    state["v"].mul_(betas[1]).addcmul_(g, g, value=1 - betas[1])
    p.mul_(1 - lr * weight_decay)
    root = state["v"].sqrt() / math.sqrt(1 - betas[1] ** state["step"]) + eps
    p.addcdiv_(state["m"], root, value=-lr / (1 - betas[0] ** state["step"]))
    return p, state
