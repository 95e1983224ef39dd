# %% wrong: accuracy over all positions | divide the hits by all positions
def score_masked(logits, labels):
    c = labels != IGNORE
    return {"accuracy": (logits.argmax(-1) == labels).double().mean().item(),
            "perplexity": F.cross_entropy(logits[c], labels[c]).exp().item(), "count": int(c.sum())}

# %% wrong: mean of exponentials | exponentiate first
def score_masked(logits, labels):
    c = labels != IGNORE
    z, y = logits[c], labels[c]
    return {"accuracy": (z.argmax(-1) == y).double().mean().item(),
            "perplexity": F.cross_entropy(z, y, reduction="none").exp().mean().item(), "count": len(y)}

# %% wrong: the loss, not its exponential | this is the loss
def score_masked(logits, labels):
    c = labels != IGNORE
    z, y = logits[c], labels[c]
    return {"accuracy": (z.argmax(-1) == y).double().mean().item(),
            "perplexity": F.cross_entropy(z, y).item(), "count": len(y)}

# %% wrong: base 2 | the base is 2
def score_masked(logits, labels):
    c = labels != IGNORE
    z, y = logits[c], labels[c]
    return {"accuracy": (z.argmax(-1) == y).double().mean().item(),
            "perplexity": 2 ** F.cross_entropy(z, y).item(), "count": len(y)}

# %% wrong: sentences averaged first | average each sentence first
def score_masked(logits, labels):
    c = labels != IGNORE
    z, y = logits[c], labels[c]
    rows = [(logits[i].argmax(-1) == labels[i])[c[i]].double().mean() for i in range(len(c)) if c[i].any()]
    return {"accuracy": torch.stack(rows).mean().item(),
            "perplexity": F.cross_entropy(z, y).exp().item(), "count": len(y)}

# %% wrong: counts all positions | you count all positions
def score_masked(logits, labels):
    c = labels != IGNORE
    z, y = logits[c], labels[c]
    return {"accuracy": (z.argmax(-1) == y).double().mean().item(),
            "perplexity": F.cross_entropy(z, y).exp().item(), "count": labels.numel()}

# %% wrong: the nats divided by all positions | divided by all positions before
def score_masked(logits, labels):
    c = labels != IGNORE
    z, y = logits[c], labels[c]
    nats = F.cross_entropy(z, y, reduction="sum") / labels.numel()
    return {"accuracy": (z.argmax(-1) == y).double().mean().item(), "perplexity": nats.exp().item(), "count": len(y)}

# %% wrong: percent | percent
def score_masked(logits, labels):
    c = labels != IGNORE
    z, y = logits[c], labels[c]
    return {"accuracy": 100 * (z.argmax(-1) == y).double().mean().item(),
            "perplexity": F.cross_entropy(z, y).exp().item(), "count": len(y)}

# %% right: flattened, with ignore_index
def score_masked(logits, labels):
    z, y = logits.flatten(0, 1), labels.flatten()
    n = int((y != -100).sum())
    return {"accuracy": int((z.argmax(1) == y).sum()) / n,
            "perplexity": math.exp(float(F.cross_entropy(z, y, ignore_index=-100))), "count": n}

# %% right: log_softmax by hand
def score_masked(logits, labels):
    places = (labels != IGNORE).nonzero(as_tuple=True)
    log_p = logits[places].log_softmax(-1)
    y = labels[places]
    nats = -log_p[torch.arange(len(y)), y]
    hits = log_p.max(-1).indices == y
    return dict(accuracy=hits.float().mean().item(), perplexity=nats.mean().exp().item(), count=len(y))
