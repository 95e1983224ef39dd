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


def check_float(x):
    """Raise TypeError unless x is floating point: whole numbers would cut the noise off, without a word."""
    if not x.is_floating_point():
        raise TypeError(f"x is {x.dtype}: expected floating point in [0, 1]; for bytes give x / 255")


def affine(x, degrees=15.0, shift=0.1, scale=(0.9, 1.1), generator=None):
    """Rotate, shift and scale each image in its own way; what comes in from outside is zero.

    x: (B, C, H, W) float. degrees: rotation is uniform in [-degrees, degrees], counter-clockwise. shift: largest shift,
    as a share of height and width. scale: range of the size factor; above 1 the content grows. One bilinear
    resampling does all three. Returns the shape of x. Raises ValueError for a range that is none or another shape,
    TypeError for whole numbers.
    """
    if x.ndim != 4:
        raise ValueError(f"x has shape {tuple(x.shape)}: expected a batch (B, C, H, W); for one image give x[None]")
    check_float(x)
    if degrees < 0 or shift < 0 or not 0 < scale[0] <= scale[1]:
        got = f"degrees={degrees}, shift={shift}, scale={scale}"
        raise ValueError(f"{got}: degrees and shift should be 0 or more, scale (low, high) above 0")
    angle = uniform(len(x), -degrees, degrees, x, generator) * (math.pi / 180)
    # In grid_sample's coordinates an image reaches from -1 to 1: it is 2 wide and 2 high.
    right, down = (uniform(len(x), -2 * shift, 2 * shift, x, generator) for _ in range(2))
    size = uniform(len(x), *scale, x, generator)
    # It asks where each *output* pixel comes from, so this is the inverse: source = R(angle) / size @ (output - shift).
    cos, sin = angle.cos() / size, angle.sin() / size
    wide = x.shape[-1] / x.shape[-2]  # these coordinates make every image a square: the rotation must undo it
    rotate = torch.stack([cos, -sin / wide, sin * wide, cos], 1).view(-1, 2, 2)  # (B, 2, 2)
    back = -rotate @ torch.stack([right, down], 1)[..., None]  # (B, 2, 1)
    grid = F.affine_grid(torch.cat([rotate, back], 2), x.shape, align_corners=False)  # (B, H, W, 2)
    return F.grid_sample(x, grid, padding_mode="zeros", align_corners=False)


def noise(x, std=0.1, generator=None):
    """Add Gaussian noise with standard deviation `std` to every pixel. Not clamped: values may leave [0, 1].

    x: float, any shape. Returns the shape of x. Raises ValueError for a negative std, TypeError for whole numbers.
    """
    check_float(x)
    if std < 0:
        raise ValueError(f"std={std} should be 0 or more")
    device = x.device if generator is None else generator.device
    return x + std * torch.randn(x.shape, device=device, generator=generator).to(x)
