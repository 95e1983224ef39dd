"""Hide some tokens and ask for them back: the corruption of BERT (Devlin et al. 2019, section 3.1)."""

import torch

IGNORE = -100  # a label that the loss skips; the default ignore_index of torch's cross-entropy


def check_ids(ids, vocab_size):
    """Raise TypeError unless `ids` is an integer tensor, ValueError unless 0 <= ids < vocab_size."""
    if not isinstance(ids, torch.Tensor) or ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
        got = str(ids.dtype) if isinstance(ids, torch.Tensor) else type(ids).__name__
        raise TypeError(f"ids must be a tensor of integers, got {got}; try torch.tensor(ids, dtype=torch.long)")
    if ids.numel() and not 0 <= int(ids.min()) <= int(ids.max()) < vocab_size:
        raise ValueError(f"ids must lie in 0..{vocab_size - 1} (vocab_size={vocab_size}), got {int(ids.min())}.."
                         f"{int(ids.max())}; a label of {IGNORE} belongs in the labels, never in the input")


def check_corruption(rate, mask, swap):
    """Raise ValueError unless the three are shares and `mask` + `swap` leave something >= 0 to be kept."""
    for name, value in {"rate": rate, "mask": mask, "swap": swap}.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is a share and must lie in [0, 1], got {value}")
    if mask + swap > 1 + 1e-9:
        raise ValueError(f"mask + swap must be at most 1 (the rest keeps its word), got {mask} + {swap}")


def mask_tokens(ids, *, vocab_size, mask_id=4, special_ids=range(5), rate=0.15, mask=0.8, swap=0.1, generator=None):
    """Choose `rate` of the ordinary tokens; show [MASK], a random word, or the token itself instead.

    Of the chosen tokens a share `mask` becomes [MASK], a share `swap` becomes a word drawn uniformly from the ordinary
    ids (which may be the word itself), the rest stays as it is. With the defaults 12% of all tokens are hidden, 1.5%
    replaced, 1.5% kept but asked for. The last two make every position worth a prediction, also when no [MASK] is seen.

    ids: (..., L) integer tensor on any device, not modified. A special token is never chosen and never drawn.
    generator: a torch.Generator; one on the CPU gives the same draw whatever the device of `ids`.
    Returns (inputs, labels), both shaped like `ids`; labels hold the original id where chosen, IGNORE elsewhere.
    If chance chooses no token at all, the batch is drawn again: a loss needs a target.
    Raises TypeError for ids that are no integer tensor; ValueError for ids outside the vocabulary, shares outside
    [0, 1], rate=0, and a batch without an ordinary token.

    >>> mask_tokens(torch.tensor([[2, 7, 8, 9, 0]]), vocab_size=10, rate=1.0, mask=1.0, swap=0.0)
    (tensor([[2, 4, 4, 4, 0]]), tensor([[-100,    7,    8,    9, -100]]))
    """
    check_ids(ids, vocab_size)
    check_corruption(rate, mask, swap)
    if rate == 0:
        raise ValueError("rate=0 chooses no token, so there is nothing to learn; give a rate above 0")
    is_special = torch.zeros(vocab_size, dtype=torch.bool)
    for token in (*special_ids, mask_id):
        if not 0 <= token < vocab_size:
            raise ValueError(f"special_ids and mask_id must lie in 0..{vocab_size - 1}, got {token}")
        is_special[token] = True
    ordinary = (~is_special).nonzero().squeeze(1).to(ids.device)
    special = is_special.to(ids.device)[ids.long()]
    if special.all():
        raise ValueError("ids hold no ordinary token to mask: only special ones (or nothing); check the batch")

    device = ids.device if generator is None else generator.device
    while True:
        # One uniform draw decides a token's fate: [MASK] | random word | keep | not chosen, in this order on [0, 1].
        fate = torch.rand(ids.shape, generator=generator, device=device).to(ids.device).masked_fill(special, 1.0)
        chosen = fate < rate
        if chosen.any():
            break
    random = torch.randint(len(ordinary), ids.shape, generator=generator, device=device).to(ids.device)
    random = ordinary[random].to(ids.dtype)
    inputs = torch.where(chosen & (fate < (mask + swap) * rate), random, ids)
    inputs = inputs.masked_fill(chosen & (fate < mask * rate), mask_id)
    return inputs, ids.masked_fill(~chosen, IGNORE)
