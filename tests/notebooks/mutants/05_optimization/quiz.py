# %% wrong: question 1: one over the curvature | which of the two curvatures
def quiz():
    return {"1": "d", "2": "b", "3": "a", "4": "b", "5": "c", "6": "b", "7": "c", "8": "b"}

# %% wrong: question 2: clipped | left of the gradient's size
def quiz():
    return {"1": "c", "2": "c", "3": "a", "4": "b", "5": "c", "6": "b", "7": "c", "8": "b"}

# %% wrong: question 3: the biases | by what is the decay divided
def quiz():
    return {"1": "c", "2": "b", "3": "b", "4": "b", "5": "c", "6": "b", "7": "c", "8": "b"}

# %% wrong: question 4: compute, as A 9 Q3 | which of its columns
def quiz():
    return {"1": "c", "2": "b", "3": "a", "4": "a", "5": "c", "6": "b", "7": "c", "8": "b"}

# %% wrong: question 5: mean of the means | counts 3 and 1
def quiz():
    return {"1": "c", "2": "b", "3": "a", "4": "b", "5": "a", "6": "b", "7": "c", "8": "b"}

# %% wrong: question 6: more digits | columns largest and smallest
def quiz():
    return {"1": "c", "2": "b", "3": "a", "4": "b", "5": "c", "6": "a", "7": "c", "8": "b"}

# %% wrong: question 7: celebrated | second hint
def quiz():
    return {"1": "c", "2": "b", "3": "a", "4": "b", "5": "c", "6": "b", "7": "a", "8": "b"}

# %% wrong: question 8: counts what is done | FLOPs a model needs
def quiz():
    return {"1": "c", "2": "b", "3": "a", "4": "b", "5": "c", "6": "b", "7": "c", "8": "c"}

# %% wrong: one answer is missing | no answer yet
def quiz():
    return {"1": "c", "2": "b", "3": "a", "4": "b", "5": "c", "6": "b", "7": "c"}

# %% right: capital letters
def quiz():
    return {"1": "C", "2": "B", "3": "A", "4": "B", "5": "C", "6": "B", "7": "C", "8": "B"}

# %% right: numbers as keys
def quiz():
    return dict(enumerate("cbabcbcb", 1))
