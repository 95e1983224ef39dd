# %% wrong: forward only | forward pass only
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 24 * depth * dim**2 + 4 * depth * length * dim + 2 * dim * vocab * share
    return flops, tokens_per_second * flops / peak

# %% wrong: the backward pass counted once | the backward pass has two
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 48 * depth * dim**2 + 8 * depth * length * dim + 4 * dim * vocab * share
    return flops, tokens_per_second * flops / peak

# %% wrong: the head on all tokens | multiply by share
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 72 * depth * dim**2 + 12 * depth * length * dim + 6 * dim * vocab
    return flops, tokens_per_second * flops / peak

# %% wrong: attention left out | attention's own work is missing
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 72 * depth * dim**2 + 6 * dim * vocab * share
    return flops, tokens_per_second * flops / peak

# %% wrong: attention per sequence | not with its square
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 72 * depth * dim**2 + 12 * depth * length**2 * dim + 6 * dim * vocab * share
    return flops, tokens_per_second * flops / peak

# %% wrong: the head left out | the head is missing
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 72 * depth * dim**2 + 12 * depth * length * dim
    return flops, tokens_per_second * flops / peak

# %% wrong: one matrix per block | 12 * dim^2 weights
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 6 * depth * dim**2 + 12 * depth * length * dim + 6 * dim * vocab * share
    return flops, tokens_per_second * flops / peak

# %% wrong: percent | in percent
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 72 * depth * dim**2 + 12 * depth * length * dim + 6 * dim * vocab * share
    return flops, 100 * tokens_per_second * flops / peak

# %% wrong: upside down | upside down
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 72 * depth * dim**2 + 12 * depth * length * dim + 6 * dim * vocab * share
    return flops, peak / (tokens_per_second * flops)

# %% wrong: tokens over the peak | leaves out the FLOPs
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    flops = 72 * depth * dim**2 + 12 * depth * length * dim + 6 * dim * vocab * share
    return flops, tokens_per_second / peak

# %% right: forward first, then three times
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    forward = depth * (2 * 12 * dim * dim + 4 * length * dim) + 2 * dim * vocab * share
    return 3 * forward, 3 * forward * tokens_per_second / peak

# %% right: 6 per weight
def flops_and_mfu(dim, depth, length, vocab, share, tokens_per_second, peak):
    weights = depth * (3 + 1 + 4 + 4) * dim**2 + share * dim * vocab
    flops = 6 * weights + 12 * depth * length * dim
    return [flops, flops / peak * tokens_per_second]
