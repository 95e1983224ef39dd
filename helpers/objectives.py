"""Objectives: what a model is trained for. None of them knows the loop that calls it.

An objective is any callable `objective(model, batch) -> (loss_sum, count)`: the loss summed over its targets, in nats,
and the number of targets. Sum and count stay apart because the mean of batches' means is not the mean: batches hold
different numbers of targets, and `fit` divides the whole sum by the whole count. A pretext task and a loss compose:

    def masked_words(model, ids):
        return objectives.mlm(model, *mask_tokens(ids, vocab_size=V))

An objective with state of its own (a projection head, a momentum encoder, a queue) is an nn.Module with that forward.
"""

import torch
import torch.nn.functional as F

from helpers import bert
from helpers.masking import IGNORE


def causal(model, ids):
    """Predict each word from those before it (the chain rule of probability; Bengio et al. 2003).

    model: a causal TextModel, or bert.model(..., is_decoder=True, use_cache=False). ids: (B, L) int64. Padding is
    never a target.
    Returns (loss_sum in nats, number of predicted words).
    """
    targets = ids[:, 1:]
    pad = bert.pad_id(model)
    chosen = targets != (IGNORE if pad is None else pad)  # (B, L-1)
    hidden = bert.hidden_states(model, ids[:, :-1])[chosen]  # (n, D): padding leaves before the head
    return F.cross_entropy(bert.logits(model, hidden), targets[chosen], reduction="sum"), len(hidden)


def mlm(model, inputs, labels):
    """Predict the hidden words: masked language modeling (Devlin et al. 2019, arXiv 1810.04805, section 3.1).

    model: a TextModel, a transformers BertForMaskedLM (see bert.py), or a baseline.
    inputs: (B, L) int64, corrupted. labels: (B, L) int64, the original word where it is to be predicted, else -100.
    The masked positions are selected *before* the vocabulary projection, the most expensive layer: same loss and same
    gradient as projecting every position and ignoring 85% of the result. Returns (loss_sum in nats, masked words).
    """
    chosen = labels != IGNORE  # (B, L)
    hidden = bert.hidden_states(model, inputs)[chosen]  # (n, D)
    return F.cross_entropy(bert.logits(model, hidden), labels[chosen], reduction="sum"), len(hidden)


def mlm_at(model, inputs, positions, targets):
    """The same, for exactly k masked positions in each row, as `mask_exactly` draws them.

    inputs: (B, L); positions, targets: (B, k) int64, -100 where a row ran out of words. No shape depends on chance, so
    a GPU is never waited for and `torch.compile` compiles once. Returns (loss_sum in nats, masked words as a tensor).
    """
    hidden = bert.hidden_states(model, inputs)  # (B, L, D)
    hidden = hidden.gather(1, positions[..., None].expand(-1, -1, hidden.shape[-1])).flatten(0, 1)  # (B k, D)
    targets = targets.flatten()
    return F.cross_entropy(bert.logits(model, hidden), targets, reduction="sum"), (targets != IGNORE).sum()


def classify(model, batch):
    """Supervised classification. batch: (x, y) with y (B,) int64; model(x): (B, classes). Returns (loss_sum, B)."""
    x, y = batch
    return F.cross_entropy(model(x), y, reduction="sum"), len(y)


def nt_xent(a, b, temperature=0.5):
    """Find your partner among all others: NT-Xent, the loss of SimCLR (Chen et al. 2020, arXiv 2002.05709, eq. 1).

    a, b: (N, D) float, projections of two views; a[i] and b[i] come from the same example. Rows are normalized here.
    Each of the 2N views picks its partner out of the 2N - 1 others by cosine similarity / temperature; its
    similarity with itself leaves the denominator (-inf). Returns (loss_sum in nats, 2N). Chance: log(2N - 1) each.
    Raises ValueError for fewer than two pairs (no negatives: the loss is always zero) or temperature <= 0.
    """
    if a.ndim != 2 or a.shape != b.shape:
        raise ValueError(f"a {tuple(a.shape)} and b {tuple(b.shape)} should both be (N, D), one row per view")
    if len(a) < 2:
        raise ValueError(f"a and b hold {len(a)} pair: without a second there is no negative; use a larger batch")
    if temperature <= 0:
        raise ValueError(f"temperature={temperature} should be positive: it divides the similarities; try 0.5")
    z = F.normalize(torch.cat([a, b]), dim=1)  # (2N, D)
    similarity = (z @ z.T / temperature).fill_diagonal_(float("-inf"))  # (2N, 2N)
    partner = torch.arange(len(z), device=z.device).roll(len(a))  # row i of a belongs to row N + i, and back
    return F.cross_entropy(similarity, partner, reduction="sum"), len(z)
