"""Augmentation: which differences between images should not matter.

Each function changes a batch (B, C, H, W) on the device it is on, with one draw *per image*. A `generator` makes the
draw repeatable; one on the CPU gives the same picture on every device.
"""

import math

import torch
import torch.nn.functional as F


def uniform(n, low, high, like, generator):
    """n numbers, uniform in [low, high), with the dtype and device of `like`."""
    device = like.device if generator is None else generator.device
    return torch.empty(n, device=device).uniform_(low, high, generator=generator).to(like)


def affine(x, degrees=15.0, shift=0.1, scale=(0.9, 1.1), generator=None):
    """Rotate, shift and scale each image in its own way; what comes in from outside is zero.

    x: (B, C, H, W) float. degrees: rotation is uniform in [-degrees, degrees], counter-clockwise. shift: largest shift,
    as a share of height and width. scale: range of the size factor; above 1 the content grows. One bilinear
    resampling does all three. Returns the shape of x. Raises ValueError for a range that is none.
    """
    if x.ndim != 4:
        raise ValueError(f"x has shape {tuple(x.shape)}: expected a batch (B, C, H, W); for one image give x[None]")
    if degrees < 0 or shift < 0 or not 0 < scale[0] <= scale[1]:
        raise ValueError(f"degrees={degrees} and shift={shift} should be 0 or more, scale={scale} two positive numbers, low first")
    angle = uniform(len(x), -degrees, degrees, x, generator) * (math.pi / 180)
    right, down = (uniform(len(x), -2 * shift, 2 * shift, x, generator) for _ in range(2))  # the image is 2 wide, from -1 to 1
    size = uniform(len(x), *scale, x, generator)
    # grid_sample asks where each *output* pixel comes from: the inverse map, source = R(angle) / size @ (output - shift).
    cos, sin = angle.cos() / size, angle.sin() / size
    aspect = x.shape[-1] / x.shape[-2]  # in these coordinates a wide image is a square: undo it for the rotation
    rows = [cos, -sin / aspect, -(cos * right - sin / aspect * down), sin * aspect, cos, -(sin * aspect * right + cos * down)]
    grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), x.shape, align_corners=False)  # (B, H, W, 2)
    return F.grid_sample(x, grid, padding_mode="zeros", align_corners=False)


def noise(x, std=0.1, generator=None):
    """Add Gaussian noise with standard deviation `std` to every pixel. Not clamped: values may leave [0, 1]."""
    if std < 0:
        raise ValueError(f"std={std} should be 0 or more")
    device = x.device if generator is None else generator.device
    return x + std * torch.randn(x.shape, device=device, generator=generator).to(x)
