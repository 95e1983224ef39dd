"""Evaluation: what a model has learned, measured the same way for every method.

Everything here runs in eval mode without gradients, moves data to the model's device, and leaves the mode as it was.
"""

import contextlib
import math

import torch
from torch import nn

from helpers import encoder
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
    total, count = 0.0, 0
    with evaluating(model) as device, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        for rows in torch.arange(len(data)).split(batch_size):
            loss_sum, targets = objective(model, to(data[rows], device))
            total, count = total + loss_sum.double(), count + targets
    if count == 0:
        raise ValueError("the objective found no target in data: the mean over nothing does not exist")
    return float(total) / int(count)


def perplexity(nats):
    """exp(loss): the number of equally likely words that would be as hard to guess. nats: mean loss per word."""
    return math.exp(nats)


def masked_accuracy(model, inputs, labels, *, batch_size=256):
    """Share of the masked words that the model's best guess gets right, in [0, 1].

    inputs, labels: (N, L) int64 as `mask_tokens` returns them (-100 where not masked). ValueError if nothing is masked.
    """
    right = count = 0
    with evaluating(model) as device:
        for x, y in zip(inputs.split(batch_size), labels.split(batch_size), strict=True):
            x, y = x.to(device), y.to(device)
            chosen = y != IGNORE  # (B, L)
            guess = model.logits(model(x)[chosen]).argmax(-1)  # (n,)
            right, count = right + (guess == y[chosen]).sum(), count + chosen.sum()
    if count == 0:
        raise ValueError("labels holds no masked position (all are -100): there is nothing to score")
    return int(right) / int(count)


def accuracy(model, x, y, *, batch_size=256):
    """Share of the examples whose highest logit is their label, in [0, 1]. x (N, ...), y (N,) int64."""
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
            out = model(part)
            if out.ndim == 3:
                pad_id = getattr(model, "pad_id", None)
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
