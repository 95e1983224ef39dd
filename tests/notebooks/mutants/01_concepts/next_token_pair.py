# %% wrong: the targets are a view, so -100 gets into the inputs | share memory
def next_token_pair(ids):
    inputs, targets = ids[:, :-1], ids[:, 1:]
    targets[targets == PAD] = IGNORE
    return inputs, targets

# %% wrong: padding is left among the targets | padding is a target
def next_token_pair(ids):
    return ids[:, :-1], ids[:, 1:]

# %% wrong: the target is the input | copying would solve it
def next_token_pair(ids):
    inputs = ids[:, :-1]
    return inputs, inputs.masked_fill(inputs == PAD, IGNORE)

# %% wrong: inputs and targets swapped | must not contain the future
def next_token_pair(ids):
    return ids[:, 1:], ids[:, :-1].masked_fill(ids[:, :-1] == PAD, IGNORE)

# %% wrong: the last column stays in the inputs | nothing follows it
def next_token_pair(ids):
    targets = ids[:, 1:]
    return ids, targets.masked_fill(targets == PAD, IGNORE)

# %% wrong: ignores where the input is padding | look at the target
def next_token_pair(ids):
    return ids[:, :-1], ids[:, 1:].masked_fill(ids[:, :-1] == PAD, IGNORE)

# %% wrong: shifts by two | position i asks for token i + 1
def next_token_pair(ids):
    targets = torch.roll(ids, -2, 1)[:, :-1]
    return ids[:, :-1], targets.masked_fill(targets == PAD, IGNORE)

# %% right: clone, then write
def next_token_pair(ids):
    targets = ids[:, 1:].clone()
    targets[targets == PAD] = IGNORE
    return ids[:, :-1], targets

# %% right: row by row, in Python
def next_token_pair(ids):
    rows = ids.tolist()
    inputs = torch.tensor([row[:-1] for row in rows])
    targets = torch.tensor([[token if token != 0 else -100 for token in row[1:]] for row in rows])
    return inputs, targets
