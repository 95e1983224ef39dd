# %% wrong: A taken for a small rate | too long to land
def diagnose():
    return {"A1": "a", "A2": "b", "B1": "c", "B2": "c", "C1": "d", "C2": "d", "D1": "a", "D2": "a"}

# %% wrong: A trained on | More steps of the same length
def diagnose():
    return {"A1": "b", "A2": "e", "B1": "c", "B2": "c", "C1": "d", "C2": "d", "D1": "a", "D2": "a"}

# %% wrong: B taken for the wrong size | part ways
def diagnose():
    return {"A1": "b", "A2": "b", "B1": "e", "B2": "c", "C1": "d", "C2": "d", "D1": "a", "D2": "a"}

# %% wrong: B with more layers | harder, or end it
def diagnose():
    return {"A1": "b", "A2": "b", "B1": "c", "B2": "f", "C1": "d", "C2": "d", "D1": "a", "D2": "a"}

# %% wrong: C taken for a wrong floor | below the floor on NEW
def diagnose():
    return {"A1": "b", "A2": "b", "B1": "c", "B2": "c", "C1": "f", "C2": "d", "D1": "a", "D2": "a"}

# %% wrong: C regularized | not a result
def diagnose():
    return {"A1": "b", "A2": "b", "B1": "c", "B2": "c", "C1": "d", "C2": "c", "D1": "a", "D2": "a"}

# %% wrong: D taken for a large rate | short of per step
def diagnose():
    return {"A1": "b", "A2": "b", "B1": "c", "B2": "c", "C1": "d", "C2": "d", "D1": "b", "D2": "a"}

# %% wrong: D with more layers | single number
def diagnose():
    return {"A1": "b", "A2": "b", "B1": "c", "B2": "c", "C1": "d", "C2": "d", "D1": "a", "D2": "f"}

# %% wrong: one answer is missing | no answer yet
def diagnose():
    return {"A1": "b", "A2": "b", "B1": "c", "B2": "c", "C1": "d", "C2": "d", "D1": "a"}

# %% right: capital letters
def diagnose():
    return {"A1": "B", "A2": "B", "B1": "C", "B2": "C", "C1": "D", "C2": "D", "D1": "A", "D2": "A"}

# %% right: built from pairs
def diagnose():
    return {run + number: letter for run, letter in zip("ABCD", "bcda") for number in "12"}
