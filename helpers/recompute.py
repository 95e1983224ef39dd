"""Activation checkpointing (Chen et al. 2016, arXiv 1604.06174): memory for time.

Going back needs what every layer computed going forward. Keep only what enters each block, and compute the rest again
when its turn comes: about a third more arithmetic, and far fewer numbers kept. The gradient is the same.
"""

import contextlib
import functools

from torch import nn
from torch.utils.checkpoint import checkpoint


@contextlib.contextmanager
def recomputed(model):
    """Inside, the blocks of `model` (the members of its nn.ModuleLists, as in TextModel and transformers) recompute.

    Random draws such as dropout are repeated too. Raises ValueError if the model has no nn.ModuleList.
    """
    lists = [layer for layer in model.modules() if isinstance(layer, nn.ModuleList)]
    blocks = [block for layers in lists for block in layers]
    if not blocks:
        raise ValueError(f"recompute=True, but {type(model).__name__} has no nn.ModuleList of blocks to compute again")
    for block in blocks:
        block.forward = functools.partial(checkpoint, block.forward, use_reentrant=False)
    try:
        yield
    finally:
        for block in blocks:
            del block.forward  # the class's own shows again
