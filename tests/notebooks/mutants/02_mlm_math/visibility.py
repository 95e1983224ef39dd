# %% wrong: the causal diagonal is visible | leak
def visibility(length, masked, kind):
    if kind == "causal":
        return torch.ones(length, length, dtype=torch.bool).tril()
    hidden = torch.tensor([i in masked for i in range(length)])
    return hidden[:, None] & ~hidden[None, :]

# %% wrong: causal looks to the right | causal is j < i
def visibility(length, masked, kind):
    if kind == "causal":
        return torch.ones(length, length, dtype=torch.bool).triu(1)
    hidden = torch.tensor([i in masked for i in range(length)])
    return hidden[:, None] & ~hidden[None, :]

# %% wrong: causal one step too strict | one step too strict
def visibility(length, masked, kind):
    if kind == "causal":
        return torch.ones(length, length, dtype=torch.bool).tril(-2)
    hidden = torch.tensor([i in masked for i in range(length)])
    return hidden[:, None] & ~hidden[None, :]

# %% wrong: other masked words are visible | OTHER masked words
def visibility(length, masked, kind):
    if kind == "causal":
        return torch.ones(length, length, dtype=torch.bool).tril(-1)
    hidden = torch.tensor([i in masked for i in range(length)])
    return hidden[:, None] & ~torch.eye(length, dtype=torch.bool)

# %% wrong: rows outside M | no targets
def visibility(length, masked, kind):
    if kind == "causal":
        return torch.ones(length, length, dtype=torch.bool).tril(-1)
    hidden = torch.tensor([i in masked for i in range(length)])
    return (~hidden)[None, :].repeat(length, 1)

# %% wrong: rows and columns exchanged | exchanged
def visibility(length, masked, kind):
    if kind == "causal":
        return torch.ones(length, length, dtype=torch.bool).tril(-1)
    hidden = torch.tensor([i in masked for i in range(length)])
    return ~hidden[:, None] & hidden[None, :]

# %% wrong: masked looks to the left only | also looks to the right
def visibility(length, masked, kind):
    seen = torch.ones(length, length, dtype=torch.bool).tril(-1)
    if kind == "causal":
        return seen
    hidden = torch.tensor([i in masked for i in range(length)])
    return hidden[:, None] & ~hidden[None, :] & seen

# %% wrong: numbers instead of booleans | torch.bool
def visibility(length, masked, kind):
    if kind == "causal":
        return torch.ones(length, length).tril(-1)
    hidden = torch.tensor([float(i in masked) for i in range(length)])
    return hidden[:, None] * (1 - hidden[None, :])

# %% right: comparing positions
def visibility(length, masked, kind):
    i, j = torch.arange(length)[:, None], torch.arange(length)[None, :]
    if kind == "causal":
        return j < i
    hidden = torch.zeros(length, dtype=torch.bool)
    for k in masked:
        hidden[k] = True
    return torch.outer(hidden, ~hidden)

# %% right: a double loop
def visibility(length, masked, kind):
    seen = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        for j in range(length):
            seen[i, j] = j < i if kind == "causal" else (i in masked and j not in masked)
    return seen
