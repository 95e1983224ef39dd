"""Batched augmentation against one image at a time, pixel by pixel."""

import math

import pytest
import torch

from helpers import augment


def pictures(n=5, height=9, width=7, channels=2):
    return torch.rand(n, channels, height, width, generator=torch.Generator().manual_seed(0)).double()


def seeded(n=0):
    return torch.Generator().manual_seed(n)


def slow_affine(image, angle, right, down, size):
    """Each output pixel asks where it came from: undo the shift, the rotation (counter-clockwise, y down), the size."""
    channels, height, width = image.shape
    out = torch.zeros_like(image)
    for i in range(height):
        for j in range(width):
            x, y = j - (width - 1) / 2 - right * width, i - (height - 1) / 2 - down * height
            u = (math.cos(angle) * x - math.sin(angle) * y) / size + (width - 1) / 2
            v = (math.sin(angle) * x + math.cos(angle) * y) / size + (height - 1) / 2
            for row in (math.floor(v), math.floor(v) + 1):
                for column in (math.floor(u), math.floor(u) + 1):
                    if 0 <= row < height and 0 <= column < width:
                        out[:, i, j] += (1 - abs(v - row)) * (1 - abs(u - column)) * image[:, row, column]
    return out


@pytest.mark.parametrize(
    "settings", [{}, {"degrees": 90, "shift": 0.3, "scale": (0.5, 2)}, {"degrees": 0, "scale": (1, 1)}], ids=str
)
def test_affine_equals_one_image_at_a_time(settings):
    x = pictures()
    out = augment.affine(x, **settings, generator=seeded())
    degrees, shift, scale = ({"degrees": 15.0, "shift": 0.1, "scale": (0.9, 1.1)} | settings).values()
    generator = seeded()
    draws = [
        augment.uniform(5, -degrees, degrees, x, generator) * (math.pi / 180),
        augment.uniform(5, -2 * shift, 2 * shift, x, generator) / 2,
        augment.uniform(5, -2 * shift, 2 * shift, x, generator) / 2,
        augment.uniform(5, *scale, x, generator),
    ]
    for n in range(5):
        expected = slow_affine(x[n], *(float(draw[n]) for draw in draws))
        torch.testing.assert_close(out[n], expected, rtol=0, atol=1e-6)


def test_a_quarter_turn_is_counter_clockwise(monkeypatch):
    monkeypatch.setattr(augment, "uniform", lambda n, low, high, like, generator: like.new_full((n,), high))
    x = pictures(height=6, width=6)
    turned = augment.affine(x, degrees=90, shift=0, scale=(1, 1))
    torch.testing.assert_close(turned, x.rot90(1, (2, 3)), rtol=0, atol=1e-6)


def test_nothing_asked_nothing_changed():
    x = pictures()
    torch.testing.assert_close(augment.affine(x, degrees=0, shift=0, scale=(1, 1)), x, rtol=0, atol=1e-6)
    assert torch.equal(augment.noise(x, std=0), x)


@pytest.mark.parametrize("change", [augment.affine, augment.noise])
def test_every_image_has_a_draw_of_its_own(change):
    x = pictures(1).expand(6, -1, -1, -1)
    out = change(x, generator=seeded())
    for a in range(6):
        for b in range(a):
            assert (out[a] - out[b]).abs().max() > 1e-3


@pytest.mark.parametrize("change", [augment.affine, augment.noise])
def test_a_generator_makes_the_draw_repeatable_and_the_input_stays(change):
    x = pictures()
    before, state = x.clone(), torch.get_rng_state()
    assert torch.equal(change(x, generator=seeded(1)), change(x, generator=seeded(1)))
    assert not torch.equal(change(x, generator=seeded(1)), change(x, generator=seeded(2)))
    assert torch.equal(x, before)
    assert torch.equal(torch.get_rng_state(), state)
    assert change(x).dtype == x.dtype and change(x.float()).shape == x.shape


def test_noise_has_the_deviation_asked_for():
    change = augment.noise(torch.zeros(100, 1, 20, 20), std=0.3, generator=seeded())
    assert float(change.std()) == pytest.approx(0.3, abs=0.01)
    assert float(change.mean()) == pytest.approx(0, abs=0.01)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("change", [augment.affine, augment.noise])
def test_a_cpu_generator_gives_the_same_picture_on_a_gpu(change):
    x = pictures()
    there, here = change(x.cuda(), generator=seeded()).cpu(), change(x, generator=seeded())
    torch.testing.assert_close(there, here, rtol=0, atol=1e-6)


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match=r"shape \(1, 8, 8\).*x\[None\]"):
        augment.affine(torch.zeros(1, 8, 8))
    for wrong in [{"degrees": -1}, {"shift": -0.1}, {"scale": (0, 1)}, {"scale": (1.2, 0.8)}]:
        with pytest.raises(ValueError, match="should be"):
            augment.affine(pictures(), **wrong)
    for change in (augment.affine, augment.noise):
        with pytest.raises(TypeError, match="x is torch.uint8: .*x / 255"):
            change(torch.zeros(1, 1, 8, 8, dtype=torch.uint8))
    with pytest.raises(ValueError, match="std=-1"):
        augment.noise(pictures(), std=-1)
