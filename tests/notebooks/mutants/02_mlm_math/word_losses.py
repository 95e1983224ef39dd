# %% wrong: normalized over the positions, as B 4.1.1 reads | over the positions
def word_losses(hidden, W, b, ids):
    return -torch.log_softmax(hidden @ W.T + b, 0).gather(1, ids[:, None])[:, 0]

# %% wrong: the sign is turned | its negative
def word_losses(hidden, W, b, ids):
    return torch.log_softmax(hidden @ W.T + b, -1).gather(1, ids[:, None])[:, 0]

# %% wrong: probability instead of loss | probability of the word
def word_losses(hidden, W, b, ids):
    return torch.softmax(hidden @ W.T + b, -1).gather(1, ids[:, None])[:, 0]

# %% wrong: the bias is forgotten | bias
def word_losses(hidden, W, b, ids):
    return -torch.log_softmax(hidden @ W.T, -1).gather(1, ids[:, None])[:, 0]

# %% wrong: summed over the sentence | their sum
def word_losses(hidden, W, b, ids):
    return -torch.log_softmax(hidden @ W.T + b, -1).gather(1, ids[:, None]).sum()

# %% wrong: averaged over the sentence | their mean
def word_losses(hidden, W, b, ids):
    return -torch.log_softmax(hidden @ W.T + b, -1).gather(1, ids[:, None]).mean()

# %% wrong: the axis that gather leaves is kept | your shape is
def word_losses(hidden, W, b, ids):
    return -torch.log_softmax(hidden @ W.T + b, -1).gather(1, ids[:, None])

# %% wrong: overflows with large logits | overflow
def word_losses(hidden, W, b, ids):
    z = hidden @ W.T + b
    return z.exp().sum(-1).log() - z[torch.arange(len(ids)), ids]

# %% right: the library's cross-entropy
def word_losses(hidden, W, b, ids):
    return F.cross_entropy(hidden @ W.T + b, ids, reduction="none")

# %% right: the sum over the vocabulary, written out
def word_losses(hidden, W, b, ids):
    y = F.one_hot(ids, len(W))
    return -(y * torch.log_softmax(F.linear(hidden, W, b), -1)).sum(-1)
