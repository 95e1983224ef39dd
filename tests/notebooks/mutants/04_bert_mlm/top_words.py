# %% wrong: specials are proposed | a special token
def top_words(inputs, logits, k):
    found = []
    for i in (inputs == MASK).nonzero()[:, 0]:
        best = logits[i].softmax(-1).topk(k)
        found.append(list(zip(best.indices.tolist(), best.values.tolist())))
    return found

# %% wrong: probabilities shared with the specials | share with the special tokens
def top_words(inputs, logits, k):
    found = []
    for i in (inputs == MASK).nonzero()[:, 0]:
        best = logits[i].softmax(-1)[MASK + 1 :].topk(k)
        found.append([(j + MASK + 1, p) for j, p in zip(best.indices.tolist(), best.values.tolist())])
    return found

# %% wrong: 5 is not added back | 5 too small
def top_words(inputs, logits, k):
    found = []
    for i in (inputs == MASK).nonzero()[:, 0]:
        best = logits[i, MASK + 1 :].softmax(-1).topk(k)
        found.append(list(zip(best.indices.tolist(), best.values.tolist())))
    return found

# %% wrong: only the first blank | one per [MASK], left to right
def top_words(inputs, logits, k):
    i = (inputs == MASK).int().argmax()
    best = logits[i, MASK + 1 :].softmax(-1).topk(k)
    return [[(j + MASK + 1, p) for j, p in zip(best.indices.tolist(), best.values.tolist())]]

# %% wrong: worst first | best first
def top_words(inputs, logits, k):
    found = []
    for i in (inputs == MASK).nonzero()[:, 0]:
        best = logits[i, MASK + 1 :].softmax(-1).topk(k)
        found.append([(j + MASK + 1, p) for j, p in zip(best.indices.tolist(), best.values.tolist())][::-1])
    return found

# %% wrong: logits, not probabilities | these are logits
def top_words(inputs, logits, k):
    found = []
    for i in (inputs == MASK).nonzero()[:, 0]:
        best = logits[i, MASK + 1 :].topk(k)
        found.append([(j + MASK + 1, p) for j, p in zip(best.indices.tolist(), best.values.tolist())])
    return found

# %% wrong: normalized over the k best | over the k best only
def top_words(inputs, logits, k):
    found = []
    for i in (inputs == MASK).nonzero()[:, 0]:
        best = logits[i, MASK + 1 :].topk(k)
        found.append([(j + MASK + 1, p) for j, p in zip(best.indices.tolist(), best.values.softmax(-1).tolist())])
    return found

# %% wrong: every position | not one per position
def top_words(inputs, logits, k):
    best = logits[:, MASK + 1 :].softmax(-1).topk(k)
    return [[(j + MASK + 1, p) for j, p in zip(a, b)] for a, b in zip(best.indices.tolist(), best.values.tolist())]

# %% right: specials at minus infinity
def top_words(inputs, logits, k):
    scores = logits.clone()
    scores[:, :5] = -torch.inf
    p = scores[inputs == 4].softmax(-1)
    values, indices = p.sort(-1, descending=True)
    return [list(zip(i[:k].tolist(), v[:k].tolist())) for i, v in zip(indices, values)]

# %% right: a plain sort
def top_words(inputs, logits, k):
    answer = []
    for i, token in enumerate(inputs.tolist()):
        if token == MASK:
            p = torch.softmax(logits[i, 5:], 0).tolist()
            order = sorted(range(len(p)), key=lambda j: -p[j])[:k]
            answer.append([[j + 5, p[j]] for j in order])
    return answer
