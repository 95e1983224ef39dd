# %% wrong: follows document A's list: question-answer pairs | erase what the support team wrote
def sort_by_target():
    return {"1": "s", "2": "p", "3": "p", "4": "s", "5": "p", "6": "p", "7": "s", "8": "p", "9": "s", "10": "n"}

# %% wrong: translation pairs, since text supervises text | erase the English side
def sort_by_target():
    return {"1": "s", "2": "p", "3": "p", "4": "p", "5": "s", "6": "p", "7": "s", "8": "p", "9": "s", "10": "n"}

# %% wrong: summaries are text, so they are raw | erase the summaries
def sort_by_target():
    return {"1": "s", "2": "p", "3": "p", "4": "p", "5": "p", "6": "s", "7": "s", "8": "p", "9": "s", "10": "n"}

# %% wrong: k-means makes its own groups | was any photo ever told
def sort_by_target():
    return {"1": "s", "2": "p", "3": "p", "4": "p", "5": "p", "6": "p", "7": "s", "8": "p", "9": "s", "10": "s"}

# %% wrong: the rotation program counts as a person | by how much the photo was turned
def sort_by_target():
    return {"1": "s", "2": "p", "3": "p", "4": "p", "5": "p", "6": "p", "7": "p", "8": "p", "9": "s", "10": "n"}

# %% wrong: self-supervised means no target | what stands behind each word
def sort_by_target():
    return {"1": "n", "2": "p", "3": "p", "4": "p", "5": "p", "6": "p", "7": "n", "8": "p", "9": "n", "10": "n"}

# %% wrong: only half of it answered | has no answer yet
def sort_by_target():
    return {"1": "s", "2": "p", "3": "p", "4": "p", "5": "p"}

# %% right: with integer keys
def sort_by_target():
    return {1: "s", 2: "p", 3: "p", 4: "p", 5: "p", 6: "p", 7: "s", 8: "p", 9: "s", 10: "n"}

# %% right: built from a string, in capitals
def sort_by_target():
    return {str(i): letter for i, letter in enumerate("SPPPPPSPSN", 1)}
