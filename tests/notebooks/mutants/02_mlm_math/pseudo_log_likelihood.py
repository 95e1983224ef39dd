# %% wrong: log p(x) | this is log p(x)
def pseudo_log_likelihood(joint, x):
    return math.log(joint[tuple(x)])

# %% wrong: each word on its own | on its own
def pseudo_log_likelihood(joint, x):
    n, total = len(x), 0.0
    for i in range(n):
        alone = joint.sum([k for k in range(n) if k != i]) if n > 1 else joint
        total += math.log(alone[x[i]])
    return total

# %% wrong: divided by the word's own probability | other way round
def pseudo_log_likelihood(joint, x):
    n, total = len(x), 0.0
    for i in range(n):
        alone = joint.sum([k for k in range(n) if k != i]) if n > 1 else joint
        total += math.log(joint[tuple(x)] / alone[x[i]])
    return total

# %% wrong: the negative | negative
def pseudo_log_likelihood(joint, x):
    return -sum(math.log(joint[tuple(x)] / joint.sum(i)[tuple(x[:i] + x[i + 1:])]) for i in range(len(x)))

# %% wrong: the mean | the mean over positions
def pseudo_log_likelihood(joint, x):
    return sum(math.log(joint[tuple(x)] / joint.sum(i)[tuple(x[:i] + x[i + 1:])]) for i in range(len(x))) / len(x)

# %% wrong: the product of probabilities | product
def pseudo_log_likelihood(joint, x):
    return math.prod((joint[tuple(x)] / joint.sum(i)[tuple(x[:i] + x[i + 1:])]).item() for i in range(len(x)))

# %% wrong: a list, not its sum | return one number
def pseudo_log_likelihood(joint, x):
    return [math.log(joint[tuple(x)] / joint.sum(i)[tuple(x[:i] + x[i + 1:])]) for i in range(len(x))]

# %% right: slices along each axis
def pseudo_log_likelihood(joint, x):
    total = 0.0
    for i in range(len(x)):
        place = tuple(x[:i]) + (slice(None),) + tuple(x[i + 1:])
        column = joint[place]
        total += (column[x[i]].log() - column.sum().log()).item()
    return total

# %% right: normalized tables
def pseudo_log_likelihood(joint, x):
    tables = [joint / joint.sum(i, keepdim=True) for i in range(joint.dim())]
    return float(sum(table[tuple(x)].log() for table in tables))
