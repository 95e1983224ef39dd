# %% wrong: the target is read after it was overwritten | had been overwritten
def blank_out(words, position):
    words[position] = "[MASK]"
    return words, words[position]

# %% wrong: counts from one | positions count from 0
def blank_out(words, position):
    inputs = list(words)
    inputs[position - 1] = "[MASK]"
    return inputs, words[position]

# %% wrong: the position is the target | return the word that stood there
def blank_out(words, position):
    inputs = list(words)
    inputs[position] = "[MASK]"
    return inputs, position

# %% wrong: drops the word instead of hiding it | keep its length
def blank_out(words, position):
    return words[:position] + words[position + 1:], words[position]

# %% wrong: hides every occurrence and everything else | more than one word is hidden
def blank_out(words, position):
    return ["[MASK]"] * len(words), words[position]

# %% wrong: forgets to put the mask in | no word is hidden
def blank_out(words, position):
    return list(words), words[position]

# %% wrong: returns the inputs only | return two things
def blank_out(words, position):
    inputs = list(words)
    inputs[position] = "[MASK]"
    return inputs

# %% wrong: another marker | something other than the text
def blank_out(words, position):
    inputs = list(words)
    inputs[position] = "MASK"
    return inputs, words[position]

# %% wrong: loses the left half at the end | end of a sentence
def blank_out(words, position):
    return words[:position] + ["[MASK]"] + (words[position + 1:] or ["."]), words[position]

# %% right: with slices
def blank_out(words, position):
    return words[:position] + ["[MASK]"] + words[position + 1:], words[position]

# %% right: in place, target first
def blank_out(words, position):
    target, words[position] = words[position], "[MASK]"
    return words, target

# %% right: a comprehension
def blank_out(words, position):
    return ["[MASK]" if i == position else word for i, word in enumerate(words)], words[position]
