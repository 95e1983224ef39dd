# %% wrong: per sentence instead of per word | per sentence
def chain_floors(start, transition, length):
    joint = torch.tensor(start, dtype=torch.float64)
    for _ in range(length - 1):
        joint = joint[..., None] * torch.tensor(transition, dtype=torch.float64)
    H = lambda p: -(p * p.clamp_min(1e-300).log()).sum().item()
    return {"causal": H(joint), "masked": sum(H(joint) - H(joint.sum(i)) for i in range(length))}

# %% wrong: bits | in bits
def chain_floors(start, transition, length):
    joint = torch.tensor(start, dtype=torch.float64)
    for _ in range(length - 1):
        joint = joint[..., None] * torch.tensor(transition, dtype=torch.float64)
    H = lambda p: -(p * p.clamp_min(1e-300).log2()).sum().item() / length
    return {"causal": H(joint), "masked": sum(H(joint) - H(joint.sum(i)) for i in range(length))}

# %% wrong: the first word is forgotten | first word is missing
def chain_floors(start, transition, length):
    joint = torch.tensor(start, dtype=torch.float64)
    for _ in range(length - 1):
        joint = joint[..., None] * torch.tensor(transition, dtype=torch.float64)
    H = lambda p: -(p * p.clamp_min(1e-300).log()).sum().item() / length
    return {"causal": H(joint) - H(torch.tensor(start)), "masked": sum(H(joint) - H(joint.sum(i)) for i in range(length))}

# %% wrong: causal and masked exchanged | this is the masked floor
def chain_floors(start, transition, length):
    joint = torch.tensor(start, dtype=torch.float64)
    for _ in range(length - 1):
        joint = joint[..., None] * torch.tensor(transition, dtype=torch.float64)
    H = lambda p: -(p * p.clamp_min(1e-300).log()).sum().item() / length
    return {"masked": H(joint), "causal": sum(H(joint) - H(joint.sum(i)) for i in range(length))}

# %% wrong: all sentences weigh the same | forget the weights
def chain_floors(start, transition, length):
    costs, masked = [], 0.0
    joint = torch.zeros((2,) * length, dtype=torch.float64)
    for x in itertools.product(range(2), repeat=length):
        joint[x] = start[x[0]] * math.prod(transition[a][b] for a, b in itertools.pairwise(x))
        if joint[x] > 0:
            costs.append(-math.log(joint[x]))
    H = lambda p: -(p * p.clamp_min(1e-300).log()).sum().item() / length
    return {"causal": sum(costs) / len(costs) / length, "masked": sum(H(joint) - H(joint.sum(i)) for i in range(length))}

# %% wrong: only blanks with two neighbors | the ends are blanks too
def chain_floors(start, transition, length):
    joint = torch.tensor(start, dtype=torch.float64)
    for _ in range(length - 1):
        joint = joint[..., None] * torch.tensor(transition, dtype=torch.float64)
    H = lambda p: -(p * p.clamp_min(1e-300).log()).sum().item()
    inner = range(1, length - 1)
    return {"causal": H(joint) / length, "masked": sum(H(joint) - H(joint.sum(i)) for i in inner) / max(1, len(inner))}

# %% wrong: masked equals causal | this is the causal floor
def chain_floors(start, transition, length):
    joint = torch.tensor(start, dtype=torch.float64)
    for _ in range(length - 1):
        joint = joint[..., None] * torch.tensor(transition, dtype=torch.float64)
    floor = -(joint * joint.clamp_min(1e-300).log()).sum().item() / length
    return {"causal": floor, "masked": floor}

# %% wrong: the log of an impossible sentence | math domain error
def chain_floors(start, transition, length):
    joint = torch.zeros((2,) * length, dtype=torch.float64)
    causal = 0.0
    for x in itertools.product(range(2), repeat=length):
        joint[x] = start[x[0]] * math.prod(transition[a][b] for a, b in itertools.pairwise(x))
        causal -= joint[x].item() * math.log(joint[x].item()) / length
    H = lambda p: -(p * p.clamp_min(1e-300).log()).sum().item() / length
    return {"causal": causal, "masked": sum(H(joint) - H(joint.sum(i)) for i in range(length))}

# %% right: conditional entropies
def chain_floors(start, transition, length):
    joint = torch.tensor(start, dtype=torch.float64)
    for _ in range(length - 1):
        joint = joint[..., None] * torch.tensor(transition, dtype=torch.float64)
    H = lambda p: -torch.xlogy(p, p).sum().item()
    return {"causal": H(joint) / length, "masked": sum(H(joint) - H(joint.sum(i)) for i in range(length)) / length}

# %% right: sentence by sentence, with a dictionary
def chain_floors(start, transition, length):
    p = {}
    for x in itertools.product((0, 1), repeat=length):
        p[x] = start[x[0]]
        for a, b in zip(x, x[1:]):
            p[x] *= transition[a][b]
    causal = masked = 0.0
    for x, weight in p.items():
        if weight == 0:
            continue
        causal -= weight * math.log(weight)
        for i in range(length):
            flipped = x[:i] + (1 - x[i],) + x[i + 1:]
            masked -= weight * math.log(weight / (weight + p[flipped]))
    return {"causal": causal / length, "masked": masked / length}
