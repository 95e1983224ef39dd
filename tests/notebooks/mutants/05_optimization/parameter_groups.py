# %% wrong: by name, everything called weight decays | look at the shape
def parameter_groups(shapes, weight_decay, exempt=()):
    spared = [n for n in shapes if not n.endswith("weight") or any(part in exempt for part in n.split("."))]
    return [{"params": [n for n in shapes if n not in spared], "weight_decay": weight_decay},
            {"params": spared, "weight_decay": 0.0}]

# %% wrong: everything decays | a bias decays in yours
def parameter_groups(shapes, weight_decay, exempt=()):
    return [{"params": list(shapes), "weight_decay": weight_decay}, {"params": [], "weight_decay": 0.0}]

# %% wrong: swapped | the groups are swapped
def parameter_groups(shapes, weight_decay, exempt=()):
    decay = [n for n, s in shapes.items() if len(s) > 1 and not set(n.split(".")) & set(exempt)]
    return [{"params": [n for n in shapes if n not in decay], "weight_decay": weight_decay},
            {"params": decay, "weight_decay": 0.0}]

# %% wrong: only two axes decay | two axes OR MORE
def parameter_groups(shapes, weight_decay, exempt=()):
    decay = [n for n, s in shapes.items() if len(s) == 2 and not set(n.split(".")) & set(exempt)]
    return [{"params": decay, "weight_decay": weight_decay},
            {"params": [n for n in shapes if n not in decay], "weight_decay": 0.0}]

# %% wrong: letters within a name | compare whole parts
def parameter_groups(shapes, weight_decay, exempt=()):
    decay = [n for n, s in shapes.items() if len(s) > 1 and not any(e in n for e in exempt)]
    return [{"params": decay, "weight_decay": weight_decay},
            {"params": [n for n in shapes if n not in decay], "weight_decay": 0.0}]

# %% wrong: the whole name is compared | not with the whole
def parameter_groups(shapes, weight_decay, exempt=()):
    decay = [n for n, s in shapes.items() if len(s) > 1 and n not in exempt]
    return [{"params": decay, "weight_decay": weight_decay},
            {"params": [n for n in shapes if n not in decay], "weight_decay": 0.0}]

# %% wrong: exempt matrices are in no group | in no group
def parameter_groups(shapes, weight_decay, exempt=()):
    free = {n: s for n, s in shapes.items() if not set(n.split(".")) & set(exempt)}
    return [{"params": [n for n, s in free.items() if len(s) > 1], "weight_decay": weight_decay},
            {"params": [n for n, s in free.items() if len(s) < 2], "weight_decay": 0.0}]

# %% wrong: exempt matrices are in both | trained twice
def parameter_groups(shapes, weight_decay, exempt=()):
    spared = [n for n, s in shapes.items() if len(s) < 2 or set(n.split(".")) & set(exempt)]
    return [{"params": [n for n, s in shapes.items() if len(s) > 1], "weight_decay": weight_decay},
            {"params": spared, "weight_decay": 0.0}]

# %% wrong: both decay | both groups decay
def parameter_groups(shapes, weight_decay, exempt=()):
    decay = [n for n, s in shapes.items() if len(s) > 1 and not set(n.split(".")) & set(exempt)]
    return [{"params": decay, "weight_decay": weight_decay},
            {"params": [n for n in shapes if n not in decay], "weight_decay": weight_decay}]

# %% right: with sets
def parameter_groups(shapes, weight_decay, exempt=()):
    decay = [n for n, s in shapes.items() if len(s) > 1 and not set(n.split(".")) & set(exempt)]
    return [{"params": decay, "weight_decay": weight_decay},
            {"params": [n for n in shapes if n not in decay], "weight_decay": 0.0}]

# %% right: a dictionary of two lists
def parameter_groups(shapes, weight_decay, exempt=()):
    groups = {True: [], False: []}
    for name, shape in shapes.items():
        dotted = f".{name}."
        groups[len(shape) >= 2 and all(f".{e}." not in dotted for e in exempt)].append(name)
    return [dict(params=groups[True], weight_decay=weight_decay), dict(params=groups[False], weight_decay=0.0)]
