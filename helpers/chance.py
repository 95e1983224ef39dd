"""All that is random in a run: the seeds, and the order in which the rows of the data come."""

import functools
import random

import numpy as np
import torch


def seed_everything(seed):
    """Seed Python's, NumPy's and torch's global generators: same seed, same machine, same numbers."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  scikit-learn and others draw from this one
    torch.manual_seed(seed)


def seed_device(seed, device):
    """torch.manual_seed for the CPU and one device; torch's own also formats a stack trace per absent device type."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def shuffled_rows(n, seed):
    """rows(start, count): places start, start + 1, ... of an endless row of shuffled epochs over n examples.

    The order follows from the seed and the place alone: to go on, a resumed run needs to know its step, nothing else.
    """

    @functools.lru_cache(maxsize=2)
    def order(epoch):
        return torch.randperm(n, generator=torch.Generator().manual_seed(key(seed, epoch)))

    def rows(start, count):
        pieces = []
        while count > 0:
            epoch, place = divmod(start, n)
            pieces.append(order(epoch)[place : place + count])
            start, count = start + len(pieces[-1]), count - len(pieces[-1])
        return torch.cat(pieces)

    return rows


def key(*numbers):
    """One seed out of several whole numbers, the same in every process: Python does not salt the hash of numbers."""
    return hash(numbers) % 2**63
