# %% wrong: colors are labels | what does a program need to make the target
def quiz():
    return {"1": "a", "2": "a", "3": "b", "4": "c", "5": "b", "6": "a"}

# %% wrong: few labels make it self-supervised | where the parameters come from
def quiz():
    return {"1": "b", "2": "b", "3": "b", "4": "c", "5": "b", "6": "a"}

# %% wrong: padding does no harm | how hard is it to predict the next padding
def quiz():
    return {"1": "b", "2": "a", "3": "c", "4": "c", "5": "b", "6": "a"}

# %% wrong: a stuck contrastive loss means done | when all similarities are equal
def quiz():
    return {"1": "b", "2": "a", "3": "b", "4": "a", "5": "b", "6": "a"}

# %% wrong: a larger test set is enough | single draws of ten labels
def quiz():
    return {"1": "b", "2": "a", "3": "b", "4": "c", "5": "c", "6": "a"}

# %% wrong: its own output teaches the identity | when output and target are equal
def quiz():
    return {"1": "b", "2": "a", "3": "b", "4": "c", "5": "b", "6": "c"}

# %% right: with integer keys
def quiz():
    return dict(enumerate("babcba", 1))

# %% right: in capitals
def quiz():
    return {"1": "B", "2": "A", "3": "B", "4": "C", "5": "B", "6": "A"}
