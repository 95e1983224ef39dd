# %% wrong: every blank is called replaced | every blank is called replaced
def replaced(ids, inputs, guesses):
    shown = torch.where(inputs == MASK, guesses, ids)
    return shown, (inputs == MASK).long().masked_fill(ids <= MASK, IGNORE)

# %% wrong: 0 and 1 exchanged | 0 and 1 are exchanged
def replaced(ids, inputs, guesses):
    shown = torch.where(inputs == MASK, guesses, ids)
    return shown, (shown == ids).long().masked_fill(ids <= MASK, IGNORE)

# %% wrong: specials are asked | special tokens are asked
def replaced(ids, inputs, guesses):
    shown = torch.where(inputs == MASK, guesses, ids)
    return shown, (shown != ids).long()

# %% wrong: only blanks are asked | only the blanks are asked
def replaced(ids, inputs, guesses):
    shown = torch.where(inputs == MASK, guesses, ids)
    return shown, (shown != ids).long().masked_fill(inputs != MASK, IGNORE)

# %% wrong: guesses everywhere | guesses stand everywhere
def replaced(ids, inputs, guesses):
    return guesses, (guesses != ids).long().masked_fill(ids <= MASK, IGNORE)

# %% wrong: the blanks stay | [MASK] is still in the text
def replaced(ids, inputs, guesses):
    return inputs, (guesses != ids).long().masked_fill(inputs != MASK, 0).masked_fill(ids <= MASK, IGNORE)

# %% wrong: labels are words | labels are words
def replaced(ids, inputs, guesses):
    shown = torch.where(inputs == MASK, guesses, ids)
    return shown, ids.masked_fill(inputs != MASK, IGNORE)

# %% right: assignment by index
def replaced(ids, inputs, guesses):
    shown = inputs.clone()
    blank = inputs == MASK
    shown[blank] = guesses[blank]
    labels = torch.zeros_like(ids)
    labels[shown != ids] = 1
    labels[ids < 5] = -100
    return shown, labels

# %% right: with arithmetic
def replaced(ids, inputs, guesses):
    blank = (inputs == 4).long()
    shown = blank * guesses + (1 - blank) * ids
    changed = torch.ne(shown, ids).to(torch.int64)
    return [shown, torch.where(ids > 4, changed, -100)]

# %% wrong: special is looked up in the inputs | special is what `ids` says
def replaced(ids, inputs, guesses):
    shown = torch.where(inputs == MASK, guesses, ids)
    return shown, (shown != ids).long().masked_fill(inputs <= MASK, IGNORE)
