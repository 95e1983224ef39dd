# %% wrong: question 1 | question 1: find the mark
def quiz():
    return {"1": "a", "2": "a", "3": "c", "4": "b"}

# %% wrong: question 2 | question 2: section 4
def quiz():
    return {"1": "b", "2": "c", "3": "c", "4": "b"}

# %% wrong: question 3 | question 3: reread
def quiz():
    return {"1": "b", "2": "a", "3": "a", "4": "b"}

# %% wrong: question 4 | question 4: who wrote
def quiz():
    return {"1": "b", "2": "a", "3": "c", "4": "a"}

# %% wrong: a question left out | question 4 has no answer yet
def quiz():
    return {"1": "b", "2": "a", "3": "c"}

# %% wrong: a list instead of a dict | return a dictionary
def quiz():
    return ["b", "a", "c", "b"]

# %% right: numbers as keys, capitals
def quiz():
    return {1: "B", 2: "A", 3: "C", 4: "B"}

# %% right: built with dict
def quiz():
    return dict(zip("1234", "bacb"))
