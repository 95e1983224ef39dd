# %% wrong: every seventh position | every row has the same pattern
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    chosen = (torch.arange(ids.shape[1]) % 7 == 1) & (ids > MASK)
    return ids.masked_fill(chosen, MASK), ids.masked_fill(~chosen, IGNORE)

# %% wrong: specials are chosen too | a special token ([CLS]
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    u = torch.rand(ids.shape, generator=g)
    chosen = u < 0.15
    words = torch.randint(MASK + 1, vocab_size, ids.shape, generator=g)
    inputs = torch.where(chosen & (u < 0.135), words, ids).masked_fill(chosen & (u < 0.12), MASK)
    return inputs, ids.masked_fill(~chosen, IGNORE)

# %% wrong: always [MASK] | [MASK] among the chosen
def mask_batch(ids, vocab_size, seed):
    u = torch.rand(ids.shape, generator=torch.Generator().manual_seed(seed))
    chosen = (u < 0.15) & (ids > MASK)
    return ids.masked_fill(chosen, MASK), ids.masked_fill(~chosen, IGNORE)

# %% wrong: random words from the whole vocabulary | drawn as the random word
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    u = torch.rand(ids.shape, generator=g)
    chosen = (u < 0.15) & (ids > MASK)
    words = torch.randint(0, vocab_size, ids.shape, generator=g)
    inputs = torch.where(chosen & (u < 0.135), words, ids).masked_fill(chosen & (u < 0.12), MASK)
    return inputs, ids.masked_fill(~chosen, IGNORE)

# %% wrong: the labels are made from the masked input | labels are [MASK]
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    u = torch.rand(ids.shape, generator=g)
    chosen = (u < 0.15) & (ids > MASK)
    words = torch.randint(MASK + 1, vocab_size, ids.shape, generator=g)
    inputs = torch.where(chosen & (u < 0.135), words, ids).masked_fill(chosen & (u < 0.12), MASK)
    return inputs, inputs.masked_fill(~chosen, IGNORE)

# %% wrong: -100 in the input | -100 stands in the inputs
def mask_batch(ids, vocab_size, seed):
    u = torch.rand(ids.shape, generator=torch.Generator().manual_seed(seed))
    chosen = (u < 0.15) & (ids > MASK)
    return ids.masked_fill(chosen, IGNORE), ids.masked_fill(~chosen, IGNORE)

# %% wrong: 10% of the rest is swapped, not 10% of the chosen | another word shown
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    chosen = (torch.rand(ids.shape, generator=g) < 0.15) & (ids > MASK)
    mask = chosen & (torch.rand(ids.shape, generator=g) < 0.8)
    swap = chosen & ~mask & (torch.rand(ids.shape, generator=g) < 0.1)
    words = torch.randint(MASK + 1, vocab_size, ids.shape, generator=g)
    return torch.where(swap, words, ids).masked_fill(mask, MASK), ids.masked_fill(~chosen, IGNORE)

# %% wrong: one draw for all rows | draw one number per token
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    u = torch.rand(ids.shape[1], generator=g).expand(ids.shape)
    chosen = (u < 0.15) & (ids > MASK)
    words = torch.randint(MASK + 1, vocab_size, ids.shape, generator=g)
    inputs = torch.where(chosen & (u < 0.135), words, ids).masked_fill(chosen & (u < 0.12), MASK)
    return inputs, ids.masked_fill(~chosen, IGNORE)

# %% wrong: positions near the beginning are preferred | some positions are chosen far more often
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    u = torch.rand(ids.shape, generator=g) * (0.5 + torch.arange(ids.shape[1]) / 40)
    chosen = (u < 0.15) & (ids > MASK)
    words = torch.randint(MASK + 1, vocab_size, ids.shape, generator=g)
    inputs = torch.where(chosen & (u < 0.135), words, ids).masked_fill(chosen & (u < 0.12), MASK)
    return inputs, ids.masked_fill(~chosen, IGNORE)

# %% wrong: the seed is not used | same seed gives two different draws
def mask_batch(ids, vocab_size, seed):
    u = torch.rand(ids.shape)
    chosen = (u < 0.15) & (ids > MASK)
    words = torch.randint(MASK + 1, vocab_size, ids.shape)
    inputs = torch.where(chosen & (u < 0.135), words, ids).masked_fill(chosen & (u < 0.12), MASK)
    return inputs, ids.masked_fill(~chosen, IGNORE)

# %% wrong: special tokens are changed without being asked | changed that is not asked for
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    u = torch.rand(ids.shape, generator=g)
    chosen = (u < 0.15) & (ids > MASK)
    words = torch.randint(MASK + 1, vocab_size, ids.shape, generator=g)
    inputs = torch.where(u < 0.135, words, ids).masked_fill(u < 0.12, MASK)
    return inputs, ids.masked_fill(~chosen, IGNORE)

# %% wrong: the course's own collator | write yourself
def mask_batch(ids, vocab_size, seed):
    from helpers.masking import mask_tokens
    return mask_tokens(ids, vocab_size=vocab_size, generator=torch.Generator().manual_seed(seed))

# %% right: three separate draws
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    chosen = (torch.rand(ids.shape, generator=g) < 0.15) & ~torch.isin(ids, torch.arange(5))
    how = torch.rand(ids.shape, generator=g)
    words = torch.randint(5, vocab_size, ids.shape, generator=g)
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    labels[chosen] = ids[chosen]
    inputs[chosen & (how < 0.8)] = 4
    swap = chosen & (how >= 0.8) & (how < 0.9)
    inputs[swap] = words[swap]
    return inputs, labels

# %% right: bernoulli, as transformers does
def mask_batch(ids, vocab_size, seed):
    g = torch.Generator().manual_seed(seed)
    share = torch.full(ids.shape, 0.15).masked_fill(ids < 5, 0.0)
    chosen = torch.bernoulli(share, generator=g).bool()
    mask = torch.bernoulli(torch.full(ids.shape, 0.8), generator=g).bool() & chosen
    swap = torch.bernoulli(torch.full(ids.shape, 0.5), generator=g).bool() & chosen & ~mask
    words = torch.randint(5, vocab_size, ids.shape, generator=g)
    inputs = torch.where(mask, torch.tensor(4), torch.where(swap, words, ids))
    return inputs, torch.where(chosen, ids, torch.tensor(-100))
