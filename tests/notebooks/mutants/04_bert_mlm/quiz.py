# %% wrong: a row's padding is forgotten | question 1: reread section 2
def quiz():
    return {"1": "d", "2": "b", "3": "c", "4": "d", "5": "a", "6": "b", "7": "c", "8": "b"}

# %% wrong: a fixed mask is BERT | question 2: reread section 3
def quiz():
    return {"1": "b", "2": "a", "3": "c", "4": "d", "5": "a", "6": "b", "7": "c", "8": "b"}

# %% wrong: accuracy against 100% | question 5: reread section 5
def quiz():
    return {"1": "b", "2": "b", "3": "c", "4": "d", "5": "d", "6": "b", "7": "c", "8": "b"}

# %% wrong: behavior read as a head | question 6: reread section 7
def quiz():
    return {"1": "b", "2": "b", "3": "c", "4": "d", "5": "a", "6": "a", "7": "c", "8": "b"}

# %% wrong: a question left out | question 8 has no answer yet
def quiz():
    return {"1": "b", "2": "b", "3": "c", "4": "d", "5": "a", "6": "b", "7": "c"}

# %% right: numbers as keys
def quiz():
    return {1: "b", 2: "b", 3: "c", 4: "d", 5: "a", 6: "b", 7: "c", 8: "b"}

# %% right: capital letters
def quiz():
    return dict(zip("12345678", "BBCDABCB"))
