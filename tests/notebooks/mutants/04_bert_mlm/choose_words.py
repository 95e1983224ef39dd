# %% wrong: one draw per piece | chosen in part
def choose_words(word, rate, seed):
    u = torch.rand(word.shape, generator=torch.Generator().manual_seed(seed))
    return (u < rate) & (word >= 0)

# %% wrong: a word is chosen if any piece is | long words are chosen more often
def choose_words(word, rate, seed):
    u = torch.rand(word.shape, generator=torch.Generator().manual_seed(seed))
    same = (word[:, :, None] == word[:, None, :])
    return (same & (u < rate)[:, None, :]).any(2) & (word >= 0)

# %% wrong: a word is chosen if all its pieces are | too rarely
def choose_words(word, rate, seed):
    u = torch.rand(word.shape, generator=torch.Generator().manual_seed(seed))
    same = (word[:, :, None] == word[:, None, :])
    return (~same | (u < rate)[:, None, :]).all(2) & (word >= 0)

# %% wrong: specials are chosen | a token of word -1 is chosen
def choose_words(word, rate, seed):
    u = torch.rand(word.shape, generator=torch.Generator().manual_seed(seed))
    return u.gather(1, word.clamp(min=0)) < rate

# %% wrong: one draw for all rows | the rows share one draw
def choose_words(word, rate, seed):
    u = torch.rand(word.shape[1], generator=torch.Generator().manual_seed(seed))
    return (u[word.clamp(min=0)] < rate) & (word >= 0)

# %% wrong: the seed is not used | a seeded generator
def choose_words(word, rate, seed):
    u = torch.rand(word.shape)
    return (u.gather(1, word.clamp(min=0)) < rate) & (word >= 0)

# %% wrong: the numbers instead of a choice | return True or False
def choose_words(word, rate, seed):
    u = torch.rand(word.shape, generator=torch.Generator().manual_seed(seed))
    return u.gather(1, word.clamp(min=0))

# %% wrong: every seed the same draw | the seed is not used
def choose_words(word, rate, seed):
    u = torch.rand(word.shape, generator=torch.Generator().manual_seed(0))
    return (u.gather(1, word.clamp(min=0)) < rate) & (word >= 0)

# %% right: a loop over rows
def choose_words(word, rate, seed):
    g = torch.Generator().manual_seed(seed)
    rows = []
    for row in word:
        chosen = torch.rand(int(row.max()) + 2, generator=g) < rate
        chosen[0] = False
        rows.append(chosen[row + 1])
    return torch.stack(rows)

# %% right: numbers across the whole batch
def choose_words(word, rate, seed):
    B, L = word.shape
    number = word + L * torch.arange(B)[:, None]
    chosen = torch.rand(B * L, generator=torch.Generator().manual_seed(seed)) < rate
    return torch.where(word >= 0, chosen[number.clamp(min=0)], False)

# %% right: a word takes its first piece's number
def choose_words(word, rate, seed):
    u = torch.rand(word.shape, generator=torch.Generator().manual_seed(seed))
    first = (word[:, :, None] == word[:, None, :]).int().argmax(2)
    return (u.gather(1, first) < rate) & (word >= 0)
