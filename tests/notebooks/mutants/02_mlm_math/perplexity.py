# %% wrong: batches averaged as if equally large | weight each loss
def perplexity(losses, counts):
    nats = sum(losses) / len(losses)
    return {"nats": nats, "bits": nats / math.log(2), "perplexity": math.exp(nats)}

# %% wrong: not divided | sum over all targets
def perplexity(losses, counts):
    nats = sum(a * n for a, n in zip(losses, counts))
    return {"nats": nats, "bits": nats / math.log(2), "perplexity": math.exp(nats / sum(counts))}

# %% wrong: divided by the number of batches | number of batches
def perplexity(losses, counts):
    nats = sum(a * n for a, n in zip(losses, counts)) / len(losses)
    return {"nats": nats, "bits": nats / math.log(2), "perplexity": math.exp(min(nats, 50))}

# %% wrong: bits multiplied | DIVIDED by ln 2
def perplexity(losses, counts):
    nats = sum(a * n for a, n in zip(losses, counts)) / sum(counts)
    return {"nats": nats, "bits": nats * math.log(2), "perplexity": math.exp(nats)}

# %% wrong: log2 of the nats | convert the unit
def perplexity(losses, counts):
    nats = sum(a * n for a, n in zip(losses, counts)) / sum(counts)
    return {"nats": nats, "bits": math.log2(nats), "perplexity": math.exp(nats)}

# %% wrong: the batches' perplexities averaged | average the batches' perplexities: average the nats first
def perplexity(losses, counts):
    nats = sum(a * n for a, n in zip(losses, counts)) / sum(counts)
    return {"nats": nats, "bits": nats / math.log(2), "perplexity": sum(map(math.exp, losses)) / len(losses)}

# %% wrong: the batches' perplexities averaged with weights | perplexities, weighted
def perplexity(losses, counts):
    nats = sum(a * n for a, n in zip(losses, counts)) / sum(counts)
    mixed = sum(math.exp(a) * n for a, n in zip(losses, counts)) / sum(counts)
    return {"nats": nats, "bits": nats / math.log(2), "perplexity": mixed}

# %% wrong: 2 to the power of nats | mixes the units
def perplexity(losses, counts):
    nats = sum(a * n for a, n in zip(losses, counts)) / sum(counts)
    return {"nats": nats, "bits": nats / math.log(2), "perplexity": 2 ** nats}

# %% wrong: a number instead of the dict | the key 'nats'
def perplexity(losses, counts):
    return math.exp(sum(a * n for a, n in zip(losses, counts)) / sum(counts))

# %% right: with tensors
def perplexity(losses, counts):
    losses, counts = torch.tensor(losses, dtype=torch.float64), torch.tensor(counts, dtype=torch.float64)
    nats = ((losses * counts).sum() / counts.sum()).item()
    return {"nats": nats, "bits": nats / math.log(2), "perplexity": math.exp(nats)}

# %% right: through bits
def perplexity(losses, counts):
    nats = np.average(losses, weights=counts).item()
    bits = nats * math.log2(math.e)
    return {"nats": nats, "bits": bits, "perplexity": 2 ** bits}
