"""Evaluation: what a model has learned, measured the same way for every method.

Everything here runs in eval mode without gradients, moves data to the model's device, and leaves the mode as it was.
"""

import contextlib
import math

import numpy as np
import torch
from torch import nn

from helpers import bert, encoder
from helpers.masking import IGNORE


@contextlib.contextmanager
def evaluating(model):
    """Inside: eval mode, no gradients. Yields the model's device (cpu if it has no parameters)."""
    if not isinstance(model, nn.Module):
        with torch.no_grad():
            yield torch.device("cpu")
        return
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield next((p.device for p in model.parameters()), torch.device("cpu"))
    finally:
        model.train(training)


def to(batch, device):
    return tuple(part.to(device) for part in batch) if isinstance(batch, (tuple, list)) else batch.to(device)


def mean_loss(model, objective, data, *, batch_size=256, seed=0):
    """The loss per target, in nats, over all of `data`: what `fit` minimizes, on data of your choice.

    data: a tensor or TensorDataset. The objective's random draws come from `seed`, so that two models meet the same
    masks, and the caller's generator is left alone. Raises ValueError if data is empty or holds no target.
    """
    if len(data) == 0:
        raise ValueError("data is empty: there is nothing to evaluate on")
    losses, count = [], 0
    with evaluating(model) as device, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        for rows in torch.arange(len(data)).split(batch_size):
            loss_sum, targets = objective(model, to(data[rows], device))
            losses.append(loss_sum)
            count += targets
    if count == 0:
        raise ValueError("the objective found no target in data: the mean over nothing does not exist")
    return sum(torch.stack(losses).tolist()) / int(count)  # summed in float64, which not every device has


def perplexity(nats):
    """exp(loss): the number of equally likely words that would be as hard to guess. nats: mean loss per word."""
    try:
        return math.exp(nats)
    except OverflowError:  # a model that diverged
        return math.inf


def guesses(model, inputs, labels, batch_size=256):
    """Whether the model's best guess is right at each masked position, row by row: (n,) bool, on the CPU."""
    if inputs.shape != labels.shape:
        raise ValueError(f"labels {tuple(labels.shape)} should have the shape of inputs, {tuple(inputs.shape)}")
    right = []
    with evaluating(model) as device:
        for x, y in zip(inputs.split(batch_size), labels.split(batch_size), strict=True):
            x, y = x.to(device), y.to(device)
            chosen = y != IGNORE  # (B, L)
            best = bert.logits(model, bert.hidden_states(model, x)[chosen]).argmax(-1)  # (n,)
            right.append((best == y[chosen]).cpu())
    if not sum(map(len, right)):
        raise ValueError("labels holds no masked position (all are -100): there is nothing to score")
    return torch.cat(right)


def masked_accuracy(model, inputs, labels, *, batch_size=256):
    """Share of the masked words that the model's best guess gets right, in [0, 1].

    inputs, labels: (N, L) int64 as `mask_tokens` returns them (-100 where not masked). ValueError if nothing is masked
    or the shapes differ.
    """
    return guesses(model, inputs, labels, batch_size).double().mean().item()


def masked_accuracy_by(model, inputs, labels, groups, *, batch_size=256):
    """The same, apart for each group of words: {name: accuracy in [0, 1]}, for the groups with a masked word.

    groups: (N, L) array of names (or numbers), e.g. `grammar.word_class(states)`: the group of each position.
    """
    groups = np.asarray(groups)
    if groups.shape != tuple(labels.shape):
        raise ValueError(f"groups has the shape {groups.shape}, labels {tuple(labels.shape)}: one name per position")
    right = guesses(model, inputs, labels, batch_size).numpy()
    asked = groups[(labels != IGNORE).cpu().numpy()]  # (n,)
    return {name: float(right[asked == name].mean()) for name in np.unique(asked).tolist()}


def top_k(model, ids, k=5, *, mask_id=4):
    """Fill in the blanks: the k likeliest words at each [MASK], each blank by itself.

    ids: (B, L) int64. Returns (words (n, k) int64, probabilities (n, k) float32), one row per [MASK] in reading
    order, the likeliest first, on the CPU. Raises ValueError if ids hold no [MASK], or for a k outside 1..V.
    """
    blank = ids == mask_id  # (B, L)
    if not blank.any():
        raise ValueError(f"ids hold no [MASK] (mask_id={mask_id}): there is nothing to fill in")
    with evaluating(model) as device:
        hidden = bert.hidden_states(model, ids.to(device))[blank.to(device)]
        scores = bert.logits(model, hidden)  # (n, V)
        if not 1 <= k <= scores.shape[-1]:
            raise ValueError(f"k={k} should lie in 1..{scores.shape[-1]}, the number of words; try k=5")
        best = scores.float().softmax(-1).topk(k)
    return best.indices.cpu(), best.values.cpu()


def pseudo_log_likelihood(model, ids, *, mask_id=4, special_ids=range(5), batch_size=256):
    """How well a masked model fills in each word, given all the others: (N,) float64, a sum of nats (<= 0) per row.

    Every ordinary word is masked once, alone, which takes as many forward passes as there are words (Salazar et al.
    2020, arXiv 1910.14659, eq. 3). It is no log-probability of the sentence: nothing makes these guesses one
    distribution. ids: (N, L) int64; special tokens are never asked for.
    """
    row, place = (~torch.isin(ids, torch.tensor([*special_ids, mask_id], device=ids.device))).nonzero(as_tuple=True)
    if len(row) == 0:
        raise ValueError("ids hold no ordinary word: there is nothing to predict")
    total = torch.zeros(len(ids), dtype=torch.float64)
    with evaluating(model) as device:
        for r, i in zip(row.split(batch_size), place.split(batch_size), strict=True):
            x, n = ids[r].to(device), torch.arange(len(r), device=device)
            words = x[n, i.to(device)]  # (B,)
            x[n, i.to(device)] = mask_id
            scores = bert.logits(model, bert.hidden_states(model, x)[n, i.to(device)])  # (B, V)
            found = scores.float().log_softmax(-1).gather(1, words[:, None])[:, 0]
            total.index_add_(0, r.cpu(), found.cpu().double())
    return total


def pseudo_perplexity(model, ids, *, mask_id=4, special_ids=range(5), batch_size=256):
    """exp of the mean loss per word, each masked alone: about V for a blind guess (Salazar et al. 2020, section 2.3).

    Lower is better, but compare it with other pseudo-perplexities only: a causal model's perplexity sees less.
    """
    words = (~torch.isin(ids, torch.tensor([*special_ids, mask_id], device=ids.device))).sum()
    total = pseudo_log_likelihood(model, ids, mask_id=mask_id, special_ids=special_ids, batch_size=batch_size).sum()
    return perplexity(-float(total) / max(1, int(words)))


def accuracy(model, x, y, *, batch_size=256):
    """Share of the examples whose highest logit is their label, in [0, 1]. x (N, ...), y (N,) int64.

    Raises ValueError if there is no example.
    """
    if len(x) == 0:
        raise ValueError("x is empty: there is nothing to evaluate on")
    with evaluating(model) as device:
        batches = zip(x.split(batch_size), y.split(batch_size), strict=True)
        right = sum((model(a.to(device)).argmax(-1) == b.to(device)).sum() for a, b in batches)
    return int(right) / len(y)


def features(model, x, *, batch_size=256, pool="mean"):
    """What a frozen model says about each example: (N, D) float32 on the CPU.

    x: (N, ...). A sequence model's (B, L, D) is pooled over the positions that are not padding, see encoder.pool.
    """
    found = []
    with evaluating(model) as device:
        for part in x.split(batch_size):
            part = part.to(device)
            out = bert.hidden_states(model, part)
            if out.ndim == 3:
                pad_id = bert.pad_id(model)
                out = encoder.pool(out, None if pad_id is None else part != pad_id, pool)
            found.append(out.float().cpu())
    return torch.cat(found)


def few_labels(y, per_class, generator=None):
    """Row numbers of a random set with `per_class` examples of each class, (classes * per_class,) int64."""
    chosen = []
    for label in y.unique():
        rows = (y == label).nonzero().squeeze(1)
        if len(rows) < per_class:
            raise ValueError(f"per_class={per_class}, but class {int(label)} has only {len(rows)} examples")
        chosen.append(rows[torch.randperm(len(rows), generator=generator)[:per_class]])
    return torch.cat(chosen)


def linear_probe(train_x, train_y, test_x, test_y):
    """Accuracy, in [0, 1], of a linear classifier on frozen features: what they make easy to read off.

    train_x (N, D), test_x (M, D) float; labels int. Features are standardized with the mean and deviation of the
    training split only (the test split must stay unseen), then scikit-learn's LogisticRegression.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    return float(probe.fit(train_x.numpy(), train_y.numpy()).score(test_x.numpy(), test_y.numpy()))
