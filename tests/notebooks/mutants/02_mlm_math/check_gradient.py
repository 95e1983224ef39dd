# %% wrong: one-sided differences | you compare l(z + eps) with l(z)
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double(), claimed.double()
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    numerical = torch.stack([(loss(z + eps * e) - loss(z)) / eps for e in torch.eye(len(z)).double()])
    errors = (numerical - claimed).abs()
    return {"numerical": numerical, "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: divided by eps | twice too large
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double(), claimed.double()
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    numerical = torch.stack([(loss(z + eps * e) - loss(z - eps * e)) / eps for e in torch.eye(len(z)).double()])
    errors = (numerical - claimed).abs()
    return {"numerical": numerical, "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: the loss has the wrong sign | sign is turned
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double(), claimed.double()
    loss = lambda z: torch.log_softmax(z, -1)[target]
    numerical = torch.stack([(loss(z + eps * e) - loss(z - eps * e)) / (2 * eps) for e in torch.eye(len(z)).double()])
    errors = (numerical - claimed).abs()
    return {"numerical": numerical, "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: the formula checks itself | must not know the formula
def check_gradient(z, target, claimed, eps=1e-5):
    numerical = torch.softmax(z.double(), -1)
    numerical[target] -= 1
    errors = (numerical - claimed.double()).abs()
    return {"numerical": numerical, "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: coordinates stay where they were moved | put z back
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double().clone(), claimed.double()
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    numerical = torch.zeros_like(z)
    for v in range(len(z)):
        z[v] -= eps
        below = loss(z)
        z[v] += 2 * eps
        numerical[v] = (loss(z) - below) / (2 * eps)
    errors = (numerical - claimed).abs()
    return {"numerical": numerical, "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: the difference is not divided | not divided
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double(), claimed.double()
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    numerical = torch.stack([loss(z + eps * e) - loss(z - eps * e) for e in torch.eye(len(z)).double()])
    errors = (numerical - claimed).abs()
    return {"numerical": numerical, "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: computed in float32 when the logits are | float64
def check_gradient(z, target, claimed, eps=1e-5):
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    eye = torch.eye(len(z), dtype=z.dtype)
    numerical = torch.stack([(loss(z + eps * e) - loss(z - eps * e)) / (2 * eps) for e in eye])
    errors = (numerical - claimed).abs()
    return {"numerical": numerical.double(), "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: the mean error | mean of the differences
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double(), claimed.double()
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    numerical = torch.stack([(loss(z + eps * e) - loss(z - eps * e)) / (2 * eps) for e in torch.eye(len(z)).double()])
    errors = (numerical - claimed).abs()
    return {"numerical": numerical, "error": errors.mean().item(), "worst": errors.argmax().item()}

# %% wrong: signed errors | absolute
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double(), claimed.double()
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    numerical = torch.stack([(loss(z + eps * e) - loss(z - eps * e)) / (2 * eps) for e in torch.eye(len(z)).double()])
    errors = numerical - claimed
    return {"numerical": numerical, "error": errors.max().item(), "worst": errors.argmax().item()}

# %% wrong: worst is the largest gradient | where the gradient is largest
def check_gradient(z, target, claimed, eps=1e-5):
    z, claimed = z.double(), claimed.double()
    loss = lambda z: -torch.log_softmax(z, -1)[target]
    numerical = torch.stack([(loss(z + eps * e) - loss(z - eps * e)) / (2 * eps) for e in torch.eye(len(z)).double()])
    return {"numerical": numerical, "error": (numerical - claimed).abs().max().item(), "worst": numerical.argmax().item()}

# %% right: undone in place
def check_gradient(z, target, claimed, eps=1e-5):
    z = z.clone().to(torch.float64)
    numerical = []
    for v in range(len(z)):
        keep = z[v].item()
        z[v] = keep + eps
        above = torch.logsumexp(z, -1) - z[target]
        z[v] = keep - eps
        below = torch.logsumexp(z, -1) - z[target]
        z[v] = keep
        numerical.append(((above - below) / (2 * eps)).item())
    numerical = torch.tensor(numerical, dtype=torch.float64)
    error, worst = (numerical - claimed).abs().max(0)
    return {"numerical": numerical, "error": float(error), "worst": int(worst)}

# %% right: all steps as one batch
def check_gradient(z, target, claimed, eps=1e-5):
    steps = eps * torch.eye(len(z), dtype=torch.float64)
    both = torch.stack([z.double() + steps, z.double() - steps])
    loss = torch.logsumexp(both, -1) - both[..., target]
    numerical = (loss[0] - loss[1]) / (2 * eps)
    errors = (numerical - claimed.double()).abs()
    return {"numerical": numerical, "error": errors.max().item(), "worst": int(errors.argmax())}
