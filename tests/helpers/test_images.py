"""Where images come from."""

import pytest
import torch

from helpers import images


def test_digits_are_real_images_in_a_fixed_split():
    (x, y), (tx, ty) = images.digits(), images.digits("test")
    assert x.shape == (1000, 1, 8, 8) and tx.shape == (797, 1, 8, 8)
    assert x.dtype == torch.float32 and y.dtype == torch.long
    assert (float(x.min()), float(x.max())) == (0.0, 1.0)
    assert torch.equal(images.digits()[0], x)
    assert y.bincount().min() > 80 and ty.bincount().min() > 60


def test_no_image_is_in_both_splits():
    a, b = (set(map(bytes, images.digits(split)[0].flatten(1).numpy())) for split in ("train", "test"))
    assert not a & b


def test_another_split_is_refused():
    with pytest.raises(ValueError, match="split='valid'"):
        images.digits("valid")
