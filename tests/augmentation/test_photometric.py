"""Brightness, contrast, noise and erasing."""

import numpy as np
import pytest
import torch

from skfashion.augmentation import (
    RandomBrightness,
    RandomContrast,
    RandomErasing,
    RandomNoise,
    as_augmentation,
)


def apply(augment, batch, seed=0):
    return as_augmentation(augment)(batch, torch.Generator().manual_seed(seed))


def grey_ramp(n=1):
    return torch.linspace(0, 1, 16).view(1, 1, 4, 4).expand(n, -1, -1, -1)


def test_brightness_multiplies_and_clips():
    torch.testing.assert_close(apply(RandomBrightness((0.5, 0.5)), grey_ramp()), grey_ramp() / 2)
    lighter = apply(RandomBrightness((2, 2)), grey_ramp())
    torch.testing.assert_close(lighter, (2 * grey_ramp()).clamp(max=1))
    as_bytes = (grey_ramp() * 255).round().to(torch.uint8)
    doubled = apply(RandomBrightness((2, 2)), as_bytes)
    assert torch.equal(doubled, (as_bytes.int() * 2).clamp(max=255).to(torch.uint8))


def test_brightness_stays_within_its_limits():
    after = apply(RandomBrightness(0.2), torch.full((2000, 1, 2, 2), 0.5))
    factor = after[:, 0, 0, 0] / 0.5
    assert 0.8 - 1e-6 <= factor.min() < 0.81
    assert 1.19 < factor.max() <= 1.2 + 1e-6


def test_contrast_keeps_the_mean():
    weaker = apply(RandomContrast((0.5, 0.5)), grey_ramp())
    torch.testing.assert_close(weaker, 0.5 + (grey_ramp() - 0.5) / 2)
    flat = apply(RandomContrast((0, 0)), grey_ramp())
    torch.testing.assert_close(flat, torch.full_like(flat, 0.5))
    stronger = apply(RandomContrast((3, 3)), grey_ramp())
    assert stronger.min() == 0
    assert stronger.max() == 1


def test_contrast_keeps_grey_grey():
    grey = grey_ramp().expand(-1, 3, -1, -1)
    after = apply(RandomContrast((1.5, 1.5)), grey)
    assert torch.equal(after[:, 0], after[:, 2])


def test_contrast_has_one_mean_for_all_channels():
    colour = torch.tensor([0.25, 0.5, 0.75]).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    after = apply(RandomContrast((0, 0)), colour)
    torch.testing.assert_close(after, torch.full_like(after, 0.5))


def test_without_brightness_all_is_black():
    for scale, black in [(1, 0), (255, 0), (5, -2)]:
        after = apply(RandomBrightness((0, 0)), grey_ramp() * scale + black)
        assert (after == black).all()


@pytest.mark.parametrize("white", [1.0, 255.0])
def test_noise_is_a_fraction_of_white(white):
    grey = torch.full((20, 1, 28, 28), white / 2)
    grey[:, :, 0, 0] = white
    noise = (apply(RandomNoise(0.1), grey) - grey)[:, :, 1:]
    assert noise.std() == pytest.approx(0.1 * white, rel=0.03)
    assert abs(noise.mean()) < 0.01 * white


def test_noise_on_bytes():
    grey = torch.full((20, 1, 28, 28), 128, dtype=torch.uint8)
    noise = apply(RandomNoise(0.1), grey).float() - 128
    assert noise.std() == pytest.approx(25.5, rel=0.03)


@pytest.mark.parametrize("cls", [RandomBrightness, RandomContrast, RandomNoise])
def test_values_beyond_black_and_white_are_not_spoilt(cls):
    standardised = grey_ramp(8) * 5 - 2
    after = apply(cls(0.1), standardised)
    assert after.min() >= -2
    assert after.max() <= 3
    assert len(after[0].unique()) > 12
    changed = (after - standardised).abs().amax((1, 2, 3))
    assert (changed < 2.5).all()
    assert (changed > 1e-3).any()


@pytest.mark.parametrize("cls", [RandomBrightness, RandomContrast, RandomNoise])
def test_floats_up_to_255_change_as_bytes_do(cls):
    as_bytes = (grey_ramp(8) * 255).round().to(torch.uint8)  # each image has a white pixel
    after = apply(cls(), as_bytes.float())
    torch.testing.assert_close(after, apply(cls(), as_bytes).float(), rtol=0, atol=0.501)


@pytest.mark.parametrize(("size", "height", "width"), [(4, 4, 4), (5, 5, 5), (0.25, 3, 5)])
def test_erased_rectangle(size, height, width):
    batch = torch.ones(3000, 2, 12, 20)
    covered = apply(RandomErasing(size, p=1.0), batch) == 0
    assert torch.equal(covered[:, 0], covered[:, 1])
    covered = covered[:, 0]
    rows, columns = covered.any(2).sum(1), covered.any(1).sum(1)
    assert torch.equal(covered.sum((1, 2)), rows * columns), "no rectangle"
    assert rows.max() == height
    assert columns.max() == width
    assert rows.min() == (height + 1) // 2, "its centre is a pixel of the image"
    assert (rows == height).float().mean() == pytest.approx(1 - (height - 1) / 12, abs=0.04)
    centres = covered.float().mean(0)
    assert centres.min() > 0, "each pixel can be covered"


def test_erasing_in_small_images():
    """A fraction is at least one pixel, in images of any size."""
    assert apply(RandomErasing(0.25, p=1.0), torch.ones(4, 1, 1, 8)).sum() == 4 * 6
    assert apply(RandomErasing(0.25, p=1.0), torch.ones(4, 1, 1, 1)).sum() == 0


def test_erases_some_of_the_images():
    after = apply(RandomErasing(3, p=0.3), torch.ones(4000, 1, 6, 6))
    changed = (after == 0).flatten(1).any(1).float().mean()
    assert changed == pytest.approx(0.3, abs=0.03)


def test_erasing_fills():
    after = apply(
        RandomErasing(2, p=1.0, fill_value=300), torch.zeros(9, 1, 6, 6, dtype=torch.uint8)
    )
    assert set(after.flatten().tolist()) == {0, 255}
    array = RandomErasing(20, p=1.0, fill_value=-1, random_state=0).fit_transform(
        np.ones((2, 4, 4))
    )
    assert (array == -1).all()


def test_bytes_with_a_sign():
    images = torch.tensor([0, 60, 100, 120], dtype=torch.int8).reshape(1, 1, 2, 2)
    assert apply(RandomBrightness((2, 2)), images).flatten().tolist() == [0, 120, 127, 127]
