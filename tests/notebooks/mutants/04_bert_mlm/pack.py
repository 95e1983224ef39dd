# %% wrong: no room for the specials | take two of the
def pack(sentences, length):
    flat = [t for s in sentences for t in s]
    n = len(flat) // length
    body = torch.tensor(flat[: n * length], dtype=torch.long).view(n, length)
    return torch.cat([torch.full((n, 1), CLS), body, torch.full((n, 1), SEP)], 1)

# %% wrong: the last row is padded | unfilled row is padded
def pack(sentences, length):
    flat = [t for s in sentences for t in s]
    inner = length - 2
    flat += [PAD] * (-len(flat) % inner)
    body = torch.tensor(flat, dtype=torch.long).view(-1, inner)
    n = len(body)
    return torch.cat([torch.full((n, 1), CLS), body, torch.full((n, 1), SEP)], 1)

# %% wrong: each sentence by itself | every sentence by itself
def pack(sentences, length):
    inner = length - 2
    rows = [[CLS, *s[i : i + inner], SEP] for s in sentences for i in range(0, len(s) - inner + 1, inner)]
    return torch.tensor(rows) if rows else torch.zeros(0, length, dtype=torch.long)

# %% wrong: two tokens lost between rows | two tokens are lost
def pack(sentences, length):
    flat = [t for s in sentences for t in s]
    rows = [[CLS, *flat[i : i + length - 2], SEP] for i in range(0, len(flat) - length + 3, length)]
    return torch.tensor(rows) if rows else torch.zeros(0, length, dtype=torch.long)

# %% wrong: sliding windows | your rows overlap
def pack(sentences, length):
    flat = [t for s in sentences for t in s]
    rows = [[CLS, *flat[i : i + length - 2], SEP] for i in range(len(flat) - length + 3)]
    return torch.tensor(rows) if rows else torch.zeros(0, length, dtype=torch.long)

# %% wrong: SEP opens and CLS closes | other way round
def pack(sentences, length):
    flat = [t for s in sentences for t in s]
    inner = length - 2
    n = len(flat) // inner
    body = torch.tensor(flat[: n * inner], dtype=torch.long).view(n, inner)
    return torch.cat([torch.full((n, 1), SEP), body, torch.full((n, 1), CLS)], 1)

# %% wrong: the course's own pack | write yourself
def pack(sentences, length):
    from helpers import text
    return text.pack(None, sentences, length)

# %% right: a loop over rows
def pack(sentences, length):
    stream, rows = [], []
    for sentence in sentences:
        stream.extend(sentence)
    while len(stream) >= length - 2:
        rows.append([CLS] + stream[: length - 2] + [SEP])
        stream = stream[length - 2 :]
    return torch.tensor(rows, dtype=torch.long).reshape(len(rows), length)

# %% right: split and pad with constants
def pack(sentences, length):
    flat = torch.tensor(sum(sentences, []), dtype=torch.long)
    n = len(flat) // (length - 2)
    rows = F.pad(flat[: n * (length - 2)].reshape(n, length - 2), (1, 1))
    rows[:, 0], rows[:, -1] = CLS, SEP
    return rows

# %% wrong: specials around each sentence | around each sentence
def pack(sentences, length):
    flat = [t for s in sentences for t in (CLS, *s, SEP)]
    n = len(flat) // length
    return torch.tensor(flat[: n * length], dtype=torch.long).view(n, length)

# %% wrong: specials overwrite words | overwrite words
def pack(sentences, length):
    flat = [t for s in sentences for t in s]
    n = len(flat) // length
    rows = torch.tensor(flat[: n * length], dtype=torch.long).view(n, length)
    rows[:, 0], rows[:, -1] = CLS, SEP
    return rows
