"""Hide some tokens and ask for them back: the corruption of BERT (Devlin et al. 2019, section 3.1) and its variants.

Values are checked on the CPU alone: on a GPU a check would make Python wait for the device at every batch.
"""

from functools import lru_cache

import torch

IGNORE = -100  # a label that the loss skips; the default ignore_index of torch's cross-entropy


def mask_tokens(
    ids, *, vocab_size, mask_id=4, special_ids=range(5), rate=0.15, mask=0.8, swap=0.1, groups=None, generator=None
):
    """Choose `rate` of the ordinary tokens; show [MASK], a random word, or the token itself instead.

    Of the chosen tokens a share `mask` becomes [MASK], a share `swap` becomes a word drawn uniformly from the ordinary
    ids (which may be the word itself), the rest stays as it is. With the defaults 12% of all tokens are hidden, 1.5%
    replaced, 1.5% kept but asked for. The last two make every position worth a prediction, also when no [MASK] is seen.

    ids: (..., L) integer tensor on any device, not modified. A special token is never chosen and never drawn.
    groups: (..., L) int64 in 0..L-1; tokens of a row with the same number share one fate. Whole words: `word_index`;
        spans: `span_index`. None: each token has its own.
    generator: a torch.Generator; one on the CPU gives the same draw whatever the device of `ids`.
    Returns (inputs, labels), both shaped like `ids`; labels hold the original id where chosen, IGNORE elsewhere.
    If chance chooses no token at all, the batch is drawn again: a loss needs a target.
    Raises TypeError for ids that are no tensor of signed integers; ValueError for ids outside the vocabulary, shares
    outside [0, 1], rate=0, groups of another shape, and a batch without an ordinary token.

    >>> mask_tokens(torch.tensor([[2, 7, 8, 9, 0]]), vocab_size=10, rate=1.0, mask=1.0, swap=0.0)
    (tensor([[2, 4, 4, 4, 0]]), tensor([[-100,    7,    8,    9, -100]]))
    """
    check_ids(ids, vocab_size)
    check_corruption(rate, mask, swap)
    if rate == 0:
        raise ValueError("rate=0 chooses no token, so there is nothing to learn; give a rate above 0")
    if groups is not None and groups.shape != ids.shape:
        raise ValueError(f"groups {tuple(groups.shape)} should have the shape of ids, {tuple(ids.shape)}")
    is_special, ordinary = vocabulary(vocab_size, mask_id, tuple(special_ids), ids.device)
    flat = ids.flatten()
    special = is_special.index_select(0, flat.long())  # 1.0 or 0.0
    while True:
        # One uniform draw decides a token's fate: [MASK] | random word | keep | not chosen, in this order on [0, 1].
        fate = uniform(ids.shape, generator, ids.device)
        fate = fate if groups is None else fate.gather(-1, groups)
        fate = fate.flatten() + special  # beyond 1: never chosen
        chosen = (fate < rate).nonzero().squeeze(1)  # (n,) places: from here on only these are touched
        if len(chosen):
            break
        if special.all():
            raise ValueError("ids hold no ordinary token to mask: only special ones (or nothing); check the batch")
    tokens, fate = flat.index_select(0, chosen), fate.index_select(0, chosen)
    draw = whole_numbers(len(ordinary), flat.shape, generator, ids.device)
    words = ordinary.index_select(0, draw.index_select(0, chosen))
    shown = replaced(tokens, fate, words, rate * mask, rate * swap, mask_id)
    inputs = flat.index_copy(0, chosen, shown)
    labels = torch.full_like(flat, IGNORE).index_copy_(0, chosen, tokens)
    return inputs.view_as(ids), labels.view_as(ids)


def mask_exactly(ids, k, *, vocab_size, mask_id=4, special_ids=range(5), mask=0.8, swap=0.1, generator=None):
    """Choose exactly k ordinary tokens of every row: as `mask_tokens`, but nothing has a shape that depends on chance.

    So nothing waits for the device, and `torch.compile` compiles once. k = 19 of 126 ordinary tokens are 15.1%.
    ids: (B, L). Returns (inputs (B, L), positions (B, k) int64, targets (B, k)); the loss takes the hidden states at
    `positions` only. In a row with fewer than k ordinary tokens the rest of the targets is IGNORE.
    Raises what `mask_tokens` raises, and ValueError unless 1 <= k <= L.
    """
    check_ids(ids, vocab_size)
    check_corruption(1.0, mask, swap)
    if ids.dim() != 2 or not 1 <= k <= ids.shape[1]:
        raise ValueError(f"k={k} should lie in 1..L for ids of shape (B, L), got the shape {tuple(ids.shape)}")
    is_special, ordinary = vocabulary(vocab_size, mask_id, tuple(special_ids), ids.device)
    noise = uniform(ids.shape, generator, ids.device) + is_special.take(ids.long())  # specials: 1 and more
    noise, positions = noise.topk(k, dim=1, largest=False, sorted=False)  # (B, k): specials only where words run out
    tokens, extra = ids.gather(1, positions), noise >= 1
    if ids.device.type == "cpu" and extra.all():
        raise ValueError("ids hold no ordinary token to mask: only special ones (or nothing); check the batch")
    fate = uniform(tokens.shape, generator, ids.device).masked_fill_(extra, 1.0)
    words = ordinary[whole_numbers(len(ordinary), tokens.shape, generator, ids.device)]
    inputs = ids.scatter(1, positions, replaced(tokens, fate, words, mask, swap, mask_id))
    return inputs, positions, tokens.masked_fill(extra, IGNORE)


def causal_labels(ids, pad_id=0):
    """The labels of a language model: every token asks for the next one. Nothing is corrupted, nothing is random.

    ids: (B, L). Returns (inputs, labels), (B, L - 1) each; padding asks for nothing (IGNORE).
    """
    return ids[:, :-1], ids[:, 1:].masked_fill(ids[:, 1:] == pad_id, IGNORE)


def word_index(ids, is_subword):
    """Which word each piece belongs to, for `groups`: un ##believ ##able stories -> 0 0 0 1.

    ids: (B, L). is_subword: (V,) bool, True for pieces that continue a word. Returns (B, L) int64, from 0 in each row.
    A row that begins inside a word (packed text) counts that rest as a word.
    """
    start = ~is_subword.to(ids.device).index_select(0, ids.flatten().long()).view_as(ids)
    start[:, 0] = True
    return start.cumsum(1) - 1


def span_index(words, mean=3.8, generator=None):
    """Join neighboring words to spans of random length, for `groups`: mask phrases rather than words.

    After SpanBERT (Joshi et al. 2020, section 3.1), whose spans average 3.8 words: here a span ends after each word
    with probability 1 / mean, so lengths are geometric, and `mask_tokens` still chooses `rate` of all tokens.
    words: (B, L) from `word_index`, or torch.arange(L).expand(B, L) for spans of tokens. Returns (B, L) int64.
    Raises ValueError for mean < 1.
    """
    if not mean >= 1:
        raise ValueError(f"mean={mean} is the mean length of a span in words and must be at least 1")
    start = words.diff(dim=1) != 0  # (B, L-1): the first piece of each word but the first
    start &= uniform(start.shape, generator, words.device) < 1 / mean
    return torch.nn.functional.pad(start.cumsum(1), (1, 0))


def check_ids(ids, vocab_size):
    """TypeError unless `ids` is a tensor of signed integers, ValueError unless 0 <= ids < vocab_size (on the CPU)."""
    # Unsigned integers can't hold IGNORE: in uint8 the label -100 is the word 156.
    good = isinstance(ids, torch.Tensor) and ids.dtype.is_signed
    if not good or ids.is_floating_point() or ids.is_complex():
        got = str(ids.dtype) if isinstance(ids, torch.Tensor) else type(ids).__name__
        raise TypeError(f"ids must be a tensor of signed integers, got {got}; try torch.as_tensor(ids).long()")
    if ids.numel() and ids.device.type == "cpu":
        low, high = map(int, ids.aminmax())
        if not 0 <= low <= high < vocab_size:
            raise ValueError(f"ids must lie in 0..{vocab_size - 1} (vocab_size={vocab_size}), got {low}..{high}; "
                             f"a label of {IGNORE} belongs in the labels, never in the input")


def check_corruption(rate, mask, swap):
    """Raise ValueError unless the three are shares and `mask` + `swap` leave something >= 0 to be kept."""
    for name, value in {"rate": rate, "mask": mask, "swap": swap}.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is a share and must lie in [0, 1], got {value}")
    if mask + swap > 1 + 1e-9:
        raise ValueError(f"mask + swap must be at most 1 (the rest keeps its word), got {mask} + {swap}")


@lru_cache(maxsize=8)
def vocabulary(vocab_size, mask_id, special_ids, device):
    """(is_special (V,) float32, 1 or 0; the ordinary ids (n,) int64), made once: neither may be changed."""
    is_special = torch.zeros(vocab_size)
    for token in (*special_ids, mask_id):
        if not 0 <= token < vocab_size:
            raise ValueError(f"special_ids and mask_id must lie in 0..{vocab_size - 1}, got {token}")
        is_special[token] = 1
    return is_special.to(device), (is_special == 0).nonzero().squeeze(1).to(device)


def replaced(tokens, fate, words, mask, swap, mask_id):
    """What stands in the input: [MASK] where fate < mask, the random word where fate < mask + swap, else the token."""
    return torch.where(fate < mask + swap, words.to(tokens.dtype), tokens).masked_fill_(fate < mask, mask_id)


def uniform(shape, generator, device):
    """Draws from [0, 1) on `device`; a generator on the CPU draws there, so the same on any device."""
    source = device if generator is None else generator.device
    return torch.rand(shape, generator=generator, device=source).to(device)


def whole_numbers(below, shape, generator, device):
    """Draws from 0..below-1 on `device`, in the same way."""
    source = device if generator is None else generator.device
    return torch.randint(below, shape, generator=generator, device=source).to(device)
