# %% wrong: lengths are not normalized | normalize each row first
def collapse_meter(embeddings):
    return float(embeddings.std(0, unbiased=False).mean() * embeddings.shape[1] ** 0.5)

# %% wrong: the factor sqrt(D) is missing | multiply by the square root of D
def collapse_meter(embeddings):
    return float(F.normalize(embeddings, dim=1).std(0, unbiased=False).mean())

# %% wrong: the deviation within a row | should read 0
def collapse_meter(embeddings):
    return float(F.normalize(embeddings, dim=1).std(1, unbiased=False).mean() * embeddings.shape[1] ** 0.5)

# %% wrong: the deviation of all numbers together | of each dimension
def collapse_meter(embeddings):
    return float(F.normalize(embeddings, dim=1).std(unbiased=False) * embeddings.shape[1] ** 0.5 + 0.0)

# %% wrong: the variance | that is a variance
def collapse_meter(embeddings):
    return float(F.normalize(embeddings, dim=1).var(0, unbiased=False).mean() * embeddings.shape[1] ** 0.5)

# %% wrong: divides by N - 1 | unbiased=False
def collapse_meter(embeddings):
    return float(F.normalize(embeddings, dim=1).std(0).mean() * embeddings.shape[1] ** 0.5)

# %% wrong: times D | not by D
def collapse_meter(embeddings):
    return float(F.normalize(embeddings, dim=1).std(0, unbiased=False).mean() * embeddings.shape[1])

# %% right: by hand
def collapse_meter(embeddings):
    z = embeddings / embeddings.norm(dim=1, keepdim=True)
    variance = (z ** 2).mean(0) - z.mean(0) ** 2
    return (variance.clamp(min=0).sqrt().mean() * z.shape[1] ** 0.5).item()

# %% right: with numpy
def collapse_meter(embeddings):
    import numpy as np
    z = embeddings.numpy()
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return float(z.std(0).mean() * np.sqrt(z.shape[1]))
