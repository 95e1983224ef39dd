# %% wrong: the maximum is not subtracted | overflow
def log_softmax(z):
    return z - z.exp().sum(-1, keepdim=True).log()

# %% wrong: normalized over the positions | axis 1, the positions
def log_softmax(z):
    if z.dim() < 3:
        z = z - z.amax(-1, keepdim=True)
        return z - z.exp().sum(-1, keepdim=True).log()
    z = z - z.amax(1, keepdim=True)
    return z - z.exp().sum(1, keepdim=True).log()

# %% wrong: normalized over axis 0 | axis 0
def log_softmax(z):
    z = z - z.amax(0, keepdim=True)
    return z - z.exp().sum(0, keepdim=True).log()

# %% wrong: normalized over the whole tensor | whole tensor at once
def log_softmax(z):
    z = z - z.max()
    return z - z.exp().sum().log()

# %% wrong: probabilities, not their logarithm | logarithm is missing
def log_softmax(z):
    e = (z - z.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)

# %% wrong: the probability first, its logarithm afterwards | underflow
def log_softmax(z):
    e = (z - z.amax(-1, keepdim=True)).exp()
    return (e / e.sum(-1, keepdim=True)).log()

# %% wrong: one maximum for the whole tensor | one maximum for the whole tensor
def log_softmax(z):
    z = z - z.max()
    return z - z.exp().sum(-1, keepdim=True).log()

# %% wrong: base 2 | log base 2
def log_softmax(z):
    z = z - z.amax(-1, keepdim=True)
    return (z - z.exp().sum(-1, keepdim=True).log()) / math.log(2)

# %% wrong: the sign is turned | sign
def log_softmax(z):
    z = z - z.amax(-1, keepdim=True)
    return z.exp().sum(-1, keepdim=True).log() - z

# %% wrong: computed in float32 whatever comes in | another dtype
def log_softmax(z):
    z = (z - z.amax(-1, keepdim=True)).float()
    return z - z.exp().sum(-1, keepdim=True).log()

# %% wrong: only calls the library | write yourself
def log_softmax(z):
    return F.log_softmax(z, -1)

# %% wrong: an epsilon inside the logarithm instead of staying in logarithms | no epsilon
def log_softmax(z):
    e = (z - z.amax(-1, keepdim=True)).exp()
    return (e / e.sum(-1, keepdim=True) + 1e-9).log()

# %% right: log-sum-exp with the maximum added back
def log_softmax(z):
    m = z.max(-1, keepdim=True).values
    return z - (m + torch.log(torch.exp(z - m).sum(-1, keepdim=True)))

# %% right: row by row
def log_softmax(z):
    rows = z.reshape(-1, z.shape[-1])
    out = torch.empty_like(rows)
    for i, row in enumerate(rows):
        shifted = row - row.max()
        out[i] = shifted - shifted.exp().sum().log()
    return out.reshape(z.shape)
