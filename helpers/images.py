"""Where images come from: (N, C, H, W) float32 in [0, 1], with labels kept apart."""

import torch


def digits(split="train"):
    """Real handwritten digits, 8x8, that come with scikit-learn (Alpaydin & Kaynak 1998): no download.

    split: "train" (1000 images) or "test" (the other 797), always the same shuffle.
    Returns (x (N, 1, 8, 8) float32 in [0, 1], y (N,) int64). Raises ValueError for another split.
    """
    if split not in ("train", "test"):
        raise ValueError(f'split={split!r} is unknown: choose "train" or "test"')
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x = torch.tensor(x, dtype=torch.float32).view(-1, 1, 8, 8) / 16  # 17 gray levels, 0..16
    y = torch.tensor(y, dtype=torch.long)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    rows = order[:1000] if split == "train" else order[1000:]
    return x[rows], y[rows]
