# %% wrong: the least frequent word | not the least
from collections import Counter
def guess_word(sentences, left, right):
    found = Counter(w[i] for w in sentences for i in range(1, len(w) - 1) if w[i - 1] == left and w[i + 1] == right)
    return min(found, key=lambda word: (found[word], word)) if found else ""

# %% wrong: ignores the right neighbor | test both neighbors
def guess_word(sentences, left, right):
    found = sorted(w[i] for w in sentences for i in range(1, len(w) - 1) if w[i - 1] == left)
    return max(found, key=found.count) if found else ""

# %% wrong: returns the left neighbor | left of the blank
def guess_word(sentences, left, right):
    found = sorted(w[i - 1] for w in sentences for i in range(1, len(w) - 1) if w[i - 1] == left and w[i + 1] == right)
    return max(found, key=found.count) if found else ""

# %% wrong: the first found wins a tie | comes first in the alphabet
from collections import Counter
def guess_word(sentences, left, right):
    found = Counter(w[i] for w in sentences for i in range(1, len(w) - 1) if w[i - 1] == left and w[i + 1] == right)
    return found.most_common(1)[0][0] if found else ""

# %% wrong: crashes when nothing is found | max() 
def guess_word(sentences, left, right):
    found = sorted(w[i] for w in sentences for i in range(1, len(w) - 1) if w[i - 1] == left and w[i + 1] == right)
    return max(found, key=found.count)

# %% wrong: a made-up word when nothing is found | no word stands between
def guess_word(sentences, left, right):
    found = sorted(w[i] for w in sentences for i in range(1, len(w) - 1) if w[i - 1] == left and w[i + 1] == right)
    return max(found, key=found.count) if found else "the"

# %% wrong: only the first place in a sentence counts | more than once
def guess_word(sentences, left, right):
    found = []
    for w in sentences:
        for i in range(1, len(w) - 1):
            if w[i - 1] == left and w[i + 1] == right:
                found.append(w[i])
                break
    found.sort()
    return max(found, key=found.count) if found else ""

# %% right: a list and max
def guess_word(sentences, left, right):
    found = sorted(w[i] for w in sentences for i in range(1, len(w) - 1) if w[i - 1] == left and w[i + 1] == right)
    return max(found, key=found.count) if found else ""

# %% right: zip over triples, a plain dict
def guess_word(sentences, left, right):
    counts = {}
    for words in sentences:
        for before, word, after in zip(words, words[1:], words[2:]):
            if (before, after) == (left, right):
                counts[word] = counts.get(word, 0) + 1
    best = ""
    for word in sorted(counts):
        if not best or counts[word] > counts[best]:
            best = word
    return best
