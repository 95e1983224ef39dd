# %% wrong: each tensor by itself | each tensor by its own norm
def clip(gradients, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return [g * min(1.0, max_norm / max(g.norm().item(), 1e-12)) for g in gradients], norm

# %% wrong: each entry by itself | clamp each entry
def clip(gradients, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return [g.clamp(-max_norm, max_norm) for g in gradients], norm

# %% wrong: short gradients are stretched | always scale
def clip(gradients, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return [g * max_norm / max(norm, 1e-12) for g in gradients], norm

# %% wrong: no root | squared norm
def clip(gradients, max_norm):
    norm = sum(float((g**2).sum()) for g in gradients)
    return [g * min(1.0, max_norm / max(norm, 1e-12)) for g in gradients], norm

# %% wrong: the norms are added | add up the tensors' norms
def clip(gradients, max_norm):
    norm = sum(g.norm().item() for g in gradients)
    return [g * min(1.0, max_norm / max(norm, 1e-12)) for g in gradients], norm

# %% wrong: the norm after clipping | BEFORE clipping
def clip(gradients, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return [g * min(1.0, max_norm / max(norm, 1e-12)) for g in gradients], min(norm, max_norm)

# %% wrong: only measured | comes back unclipped
def clip(gradients, max_norm):
    return gradients, math.sqrt(sum(float((g**2).sum()) for g in gradients))

# %% wrong: nan for zero gradients | 0 / 0
def clip(gradients, max_norm):
    norm = torch.stack([(g**2).sum() for g in gradients]).sum().sqrt()
    factor = torch.where(norm > max_norm, max_norm, norm) / norm
    return [g * factor for g in gradients], norm.item()

# %% wrong: to length 1 | whatever max_norm is
def clip(gradients, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return [g / max(1.0, norm) for g in gradients], norm

# %% wrong: torch does it | write yourself
def clip(gradients, max_norm):
    parameters = [torch.nn.Parameter(g.clone()) for g in gradients]
    for p, g in zip(parameters, gradients):
        p.grad = g.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    return [p.grad for p in parameters], norm.item()

# %% wrong: the largest tensor sets the factor | largest tensor's norm
def clip(gradients, max_norm):
    norm = max(g.norm().item() for g in gradients)
    return [g * min(1.0, max_norm / max(norm, 1e-12)) for g in gradients], norm

# %% right: as torch does it, with a small constant
def clip(gradients, max_norm):
    norm = torch.stack([g.norm() for g in gradients]).norm()
    factor = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    return [g * factor for g in gradients], norm.item()

# %% right: one long vector
def clip(gradients, max_norm):
    norm = torch.cat([g.reshape(-1) for g in gradients]).norm().item()
    if norm <= max_norm:
        return gradients, norm
    return [g / norm * max_norm for g in gradients], norm
