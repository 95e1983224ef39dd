# %% wrong: draws without looking at the classes | draw within each class
def balanced_subset(labels, per_class, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randperm(len(labels), generator=generator)[:per_class * len(labels.unique())]

# %% wrong: always the first ones | the seed is not used
def balanced_subset(labels, per_class, seed):
    return torch.cat([(labels == label).nonzero().squeeze(1)[:per_class] for label in labels.unique()])

# %% wrong: with replacement | occurs twice
def balanced_subset(labels, per_class, seed):
    generator = torch.Generator().manual_seed(seed)
    chosen = []
    for label in labels.unique():
        indices = (labels == label).nonzero().squeeze(1)
        chosen.append(indices[torch.randint(len(indices), (per_class,), generator=generator) // 8 * 8])
    return torch.cat(chosen)

# %% wrong: forgets the seed | the same seed gives two different draws
def balanced_subset(labels, per_class, seed):
    chosen = []
    for label in labels.unique():
        indices = (labels == label).nonzero().squeeze(1)
        chosen.append(indices[torch.randperm(len(indices))[:per_class]])
    return torch.cat(chosen)

# %% wrong: draws within each class, returns positions in the class | map the draw back
def balanced_subset(labels, per_class, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [int((labels == label).sum()) for label in labels.unique()]
    return torch.cat([torch.randperm(size, generator=generator)[:per_class] for size in sizes])

# %% wrong: assumes the classes 0 to 9 | Only classes that occur count
def balanced_subset(labels, per_class, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    return torch.cat([order[labels[order] == label][:per_class] if (labels == label).any() else torch.zeros(per_class, dtype=torch.long) for label in range(10)])

# %% wrong: the labels instead of the indices | not the labels
def balanced_subset(labels, per_class, seed):
    return labels.unique().repeat_interleave(per_class)

# %% wrong: calls the helper | write yourself
def balanced_subset(labels, per_class, seed):
    from helpers.evaluate import few_labels
    return few_labels(labels, per_class, torch.Generator().manual_seed(seed))

# %% right: shuffle everything once, then take the first of each class
def balanced_subset(labels, per_class, seed):
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    return torch.cat([order[labels[order] == label][:per_class] for label in labels.unique()])

# %% right: with random.Random
def balanced_subset(labels, per_class, seed):
    import random
    draw = random.Random(seed)
    chosen = []
    for label in sorted(set(labels.tolist())):
        chosen += draw.sample([i for i, value in enumerate(labels.tolist()) if value == label], per_class)
    return torch.tensor(chosen)
