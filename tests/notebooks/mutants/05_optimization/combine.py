# %% wrong: mean of the means | mean of the means
def combine(losses, gradients, counts):
    kept = [i for i, n in enumerate(counts) if n]
    return sum(losses[i] for i in kept) / len(kept), sum(gradients[i] for i in kept) / len(kept)

# %% wrong: the means are added | add the means up
def combine(losses, gradients, counts):
    kept = [i for i, n in enumerate(counts) if n]
    return sum(losses[i] for i in kept), sum(gradients[i] for i in kept)

# %% wrong: not divided | sum over all targets
def combine(losses, gradients, counts):
    kept = [i for i, n in enumerate(counts) if n]
    return sum(losses[i] * counts[i] for i in kept), sum(gradients[i] * counts[i] for i in kept)

# %% wrong: divided by the parts | number of parts
def combine(losses, gradients, counts):
    kept = [i for i, n in enumerate(counts) if n]
    return (sum(losses[i] * counts[i] for i in kept) / len(counts),
            sum(gradients[i] * counts[i] for i in kept) / len(counts))

# %% wrong: an empty part spoils all | spoils the rest
def combine(losses, gradients, counts):
    total = sum(counts)
    return sum(a * n for a, n in zip(losses, counts)) / total, sum(g * n for g, n in zip(gradients, counts)) / total

# %% wrong: only the loss is weighted | gradient: this is the mean of the means
def combine(losses, gradients, counts):
    kept = [i for i, n in enumerate(counts) if n]
    return sum(losses[i] * counts[i] for i in kept) / sum(counts), sum(gradients[i] for i in kept) / len(kept)

# %% wrong: weighted twice | counts squared
def combine(losses, gradients, counts):
    kept, total = [i for i, n in enumerate(counts) if n], sum(counts)
    weight = [(n / total) ** 2 for n in counts]
    return sum(losses[i] * weight[i] for i in kept), sum(gradients[i] * weight[i] for i in kept)

# %% right: as weights
def combine(losses, gradients, counts):
    total = sum(counts)
    loss, gradient = 0.0, torch.zeros_like(gradients[0])
    for a, g, n in zip(losses, gradients, counts):
        if n:
            loss, gradient = loss + a * (n / total), gradient + g * (n / total)
    return loss, gradient

# %% right: with tensors
def combine(losses, gradients, counts):
    n = torch.tensor(counts, dtype=torch.float32)
    share = n / n.sum()
    loss = torch.where(n > 0, torch.tensor(losses) * share, torch.zeros(())).sum().item()
    return loss, torch.tensordot(share.to(gradients[0].dtype), torch.stack(gradients), dims=1)
