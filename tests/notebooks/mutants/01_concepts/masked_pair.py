# %% wrong: labels and inputs are one tensor | labels and inputs are one tensor
def masked_pair(ids, positions):
    labels = ids
    inputs = ids
    inputs[positions] = MASK
    return inputs, labels

# %% wrong: labels are read after masking | read after masking
def masked_pair(ids, positions):
    inputs = ids.clone()
    inputs[positions] = MASK
    labels = torch.full_like(ids, IGNORE)
    labels[positions] = inputs[positions]
    return inputs, labels

# %% wrong: -100 goes into the inputs | it is a label
def masked_pair(ids, positions):
    inputs, labels = ids.clone(), torch.full_like(ids, IGNORE)
    inputs[positions] = IGNORE
    labels[positions] = ids[positions]
    return inputs, labels

# %% wrong: the loss would run over all tokens | could be copied
def masked_pair(ids, positions):
    inputs = ids.clone()
    inputs[positions] = MASK
    return inputs, ids.clone()

# %% wrong: ignores the hidden tokens | the reverse
def masked_pair(ids, positions):
    inputs, labels = ids.clone(), ids.clone()
    inputs[positions] = MASK
    labels[positions] = IGNORE
    return inputs, labels

# %% wrong: nothing is hidden | still show
def masked_pair(ids, positions):
    labels = torch.full_like(ids, IGNORE)
    labels[positions] = ids[positions]
    return ids, labels

# %% wrong: every second position is hidden, whatever was asked | inputs hold MASK at the positions
def masked_pair(ids, positions):
    inputs, labels = ids.clone(), torch.full_like(ids, IGNORE)
    inputs[::2] = MASK
    labels[::2] = ids[::2]
    return inputs, labels

# %% right: with masked_fill
def masked_pair(ids, positions):
    chosen = torch.zeros(len(ids), dtype=torch.bool)
    chosen[positions] = True
    return ids.masked_fill(chosen, MASK), ids.masked_fill(~chosen, IGNORE)

# %% right: token by token
def masked_pair(ids, positions):
    inputs = [4 if i in positions else token for i, token in enumerate(ids.tolist())]
    labels = [token if i in positions else -100 for i, token in enumerate(ids.tolist())]
    return torch.tensor(inputs), torch.tensor(labels)
