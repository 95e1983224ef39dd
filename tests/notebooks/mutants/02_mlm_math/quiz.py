# %% wrong: the target is a position | question 1
def quiz():
    return {"1": "a", "2": "c", "3": "a", "4": "d", "5": "c", "6": "d", "7": "b", "8": "a"}

# %% wrong: a constant factor turns the gradient | question 2
def quiz():
    return {"1": "b", "2": "b", "3": "a", "4": "d", "5": "c", "6": "d", "7": "b", "8": "a"}

# %% wrong: p - y sums to one | question 3
def quiz():
    return {"1": "b", "2": "c", "3": "b", "4": "d", "5": "c", "6": "d", "7": "b", "8": "a"}

# %% wrong: ignored positions push a little | question 4
def quiz():
    return {"1": "b", "2": "c", "3": "a", "4": "c", "5": "c", "6": "d", "7": "b", "8": "a"}

# %% wrong: perplexity with base 2 | question 5
def quiz():
    return {"1": "b", "2": "c", "3": "a", "4": "d", "5": "b", "6": "d", "7": "b", "8": "a"}

# %% wrong: memorizing on fresh sentences | question 6
def quiz():
    return {"1": "b", "2": "c", "3": "a", "4": "d", "5": "c", "6": "c", "7": "b", "8": "a"}

# %% wrong: one question left out | question 8 has no answer yet
def quiz():
    return {"1": "b", "2": "c", "3": "a", "4": "d", "5": "c", "6": "d", "7": "b"}

# %% wrong: a list | dictionary from question to letter
def quiz():
    return ["b", "c", "a", "d", "c", "d", "b", "a"]

# %% right: capitals
def quiz():
    return {"1": "B", "2": "C", "3": "A", "4": "D", "5": "C", "6": "D", "7": "B", "8": "A"}

# %% right: numbers as keys
def quiz():
    return dict(enumerate("bcadcdba", start=1))
