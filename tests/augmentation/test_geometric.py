"""Shifts and flips, which copy pixels, and new geometric augmentations."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skfashion.augmentation import (
    GeometricAugmentation,
    RandomHeightShift,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShift,
    RandomWidthShift,
    as_augmentation,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def images(n=4, height=9, width=7, channels=1, seed=0):
    return torch.rand((n, channels, height, width), generator=generator(seed))


def apply(augment, batch, seed=0):
    return as_augmentation(augment)(batch, generator(seed))


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 9), width=st.integers(1, 9), channels=st.sampled_from([1, 3]))
def test_flip_twice_is_the_identity(height, width, channels):
    batch = images(3, height, width, channels)
    flip = RandomHorizontalFlip(p=1.0)
    assert torch.equal(apply(flip, batch), batch.flip(3))
    assert torch.equal(apply(flip, apply(flip, batch)), batch)
    assert torch.equal(apply([flip, flip], batch), batch)


def test_flips_about_half_of_the_images():
    flipped = apply(RandomHorizontalFlip(0.25), torch.arange(2).expand(4000, 1, 1, 2))
    assert abs((flipped[:, 0, 0, 0] == 1).float().mean() - 0.25) < 0.03


@pytest.mark.parametrize("fill_mode", ["constant", "edge", "reflect"])
@pytest.mark.parametrize("channels", [1, 3])
def test_whole_shifts_against_numpy_pad(fill_mode, channels):
    batch = (images(50, 6, 5, channels) * 255).to(torch.uint8)
    constant = {"constant_values": 7} if fill_mode == "constant" else {}
    step = RandomShift(3, fill_mode=fill_mode, fill_value=7)
    moved = apply(step, batch)
    shifts = step.draw(batch.shape, generator())[:, :, 2].int()
    assert set(shifts.flatten().tolist()) == set(range(-3, 4))
    for image, after, (x, y) in zip(batch.numpy(), moved.numpy(), shifts.tolist(), strict=True):
        padded = np.pad(image, ((0, 0), (3, 3), (3, 3)), mode=fill_mode, **constant)
        np.testing.assert_array_equal(after, padded[:, 3 + y : 9 + y, 3 + x : 8 + x])


def test_shifts_beyond_the_image():
    batch = images(30, 4, 4)
    assert torch.equal(apply(RandomShift(40), torch.zeros_like(batch)), torch.zeros_like(batch))
    for fill_mode in ("constant", "edge", "reflect"):
        after = apply(RandomShift(40, fill_mode=fill_mode, fill_value=0.5), batch)
        assert ((after >= 0) & (after <= 1)).all()


def test_shift_and_flip_are_one_after_the_other():
    batch = images(64, 8, 8)
    shift, flip = RandomShift(2), RandomHorizontalFlip()
    one_by_one = generator()
    expected = flip.augment(shift.augment(batch, one_by_one), one_by_one)
    assert torch.equal(apply([shift, flip], batch), expected)


@pytest.mark.parametrize(
    ("cls", "axis"), [(RandomWidthShift, 3), (RandomHeightShift, 2)], ids=["width", "height"]
)
@pytest.mark.parametrize("max_shift", [2, 0.1], ids=["pixels", "fraction"])
def test_shift_along_one_axis(cls, axis, max_shift):
    shape = [500, 1, 40, 40]
    shape[axis] = 20  # 2 pixels are a tenth of this side
    ramp_shape = [1, 1, 1, 1]
    ramp_shape[axis] = 20
    ramp = torch.arange(20.0).view(ramp_shape).expand(shape)
    after = apply(cls(max_shift, fill_mode="edge"), ramp)
    shift = (after - ramp).narrow(axis, 4, 12)  # the same everywhere but at the border
    torch.testing.assert_close(shift, shift[:, :, :1, :1].expand_as(shift), rtol=0, atol=1e-4)
    drawn = shift[:, 0, 0, 0]
    if isinstance(max_shift, int):
        assert set(drawn.tolist()) == {-2.0, -1.0, 0.0, 1.0, 2.0}
    else:
        assert -2 <= drawn.min() < -1.9
        assert 1.9 < drawn.max() <= 2
        assert len(drawn.unique()) > 400


def test_fraction_of_each_side():
    matrix = RandomShift(0.1).draw((1000, 1, 20, 50), generator())
    most = matrix[:, :, 2].abs().amax(0)
    torch.testing.assert_close(most, torch.tensor([5.0, 2.0]), rtol=0.02, atol=0)


def test_what_moves_out_can_come_back():
    class Right(GeometricAugmentation):
        """Shift by a number of pixels."""

        whole_pixels = True

        def __init__(self, by):
            self.by = by

        def draw(self, shape, generator):
            return torch.tensor([[1.0, 0.0, -self.by], [0.0, 1.0, 0.0]]).expand(shape[0], 2, 3)

    batch = images()
    expected = torch.nn.functional.pad(batch, (2, 0))[..., :-2]
    assert torch.equal(apply([Right(2), RandomShift(0)], batch), expected)
    assert torch.equal(apply([Right(5), Right(-5)], batch), batch)
    half = apply([Right(0.5), RandomRotation(0)], batch)
    torch.testing.assert_close(half[..., 1:], (batch[..., 1:] + batch[..., :-1]) / 2)
    assert Right(2).fit_transform(np.ones((1, 2, 3))).tolist() == [[[1, 1, 1], [1, 1, 1]]]
