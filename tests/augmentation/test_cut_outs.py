"""Outline, tone, texture and light of garments on black."""

import pytest
import torch

from skfashion.augmentation import (
    RandomLight,
    RandomMissingParts,
    RandomRaggedOutline,
    RandomSharpness,
    RandomTexture,
    RandomTone,
    as_augmentation,
)


def apply(augment, batch, seed=0):
    return as_augmentation(augment)(batch, torch.Generator().manual_seed(seed))


def garments(n=200, seed=1):
    images = torch.zeros(n, 1, 28, 28)
    noise = torch.rand((n, 1, 20, 12), generator=torch.Generator().manual_seed(seed))
    images[:, :, 4:24, 8:20] = 0.3 + 0.3 * noise
    return images


@pytest.mark.parametrize("cls", [RandomLight, RandomMissingParts, RandomTexture, RandomTone])
def test_ground_stays_black(cls):
    batch = garments()
    assert (apply(cls(1.0 if cls is not RandomMissingParts else 0.5), batch)[batch == 0] == 0).all()


def test_outline_moves_both_ways_and_the_middle_stays():
    batch = garments()
    after = apply(RandomRaggedOutline(0.8), batch)
    inside = batch > 0
    assert (after[inside] < 0.1).any()
    assert (after[~inside] > 0.3).any()
    assert after[~inside].max() < 0.6, "in the garment's grey"
    middle = (..., slice(13, 15), slice(13, 15))
    torch.testing.assert_close(after[middle], batch[middle])


def test_fraction_of_missing_parts():
    batch = torch.full((300, 1, 28, 28), 0.5)
    missing = (apply(RandomMissingParts(0.4), batch) == 0).float().mean((1, 2, 3))
    assert missing.mean() == pytest.approx(0.2, abs=0.03)
    assert (apply(RandomMissingParts(0.0), batch) == batch).all()


def test_tone_is_that_of_the_converter():
    """The mean and the standard deviation of skfashion.photos."""
    from skfashion.photos import _converter

    default = RandomTone()
    assert default.mean == pytest.approx(_converter.MEAN / 255, abs=1e-3)
    assert default.std == pytest.approx(_converter.STD / 255, abs=1e-3)
    batch = garments()
    tone = apply(RandomTone(1.0, std=0.1), batch)[batch > 0].reshape(len(batch), -1)
    torch.testing.assert_close(tone.mean(1), torch.full((len(batch),), 0.647), atol=2e-3, rtol=0)
    torch.testing.assert_close(tone.std(1), torch.full((len(batch),), 0.1), atol=3e-3, rtol=0)


def test_texture_has_its_standard_deviation():
    flat = torch.full((400, 1, 28, 28), 0.5)
    std = apply(RandomTexture(0.1), flat).std((1, 2, 3))
    assert std.max() < 0.13
    assert std.mean() == pytest.approx(0.05, abs=0.01)


def test_light_rises_from_one_end_to_the_other():
    flat = torch.full((300, 1, 28, 28), 0.5)
    after = apply(RandomLight(0.4), flat)
    assert after.min() >= 0.3 - 1e-6
    assert after.max() <= 0.7 + 1e-6
    torch.testing.assert_close(after.mean((1, 2, 3)), torch.full((300,), 0.5), atol=1e-3, rtol=0)
    brighter_on_the_right = after[:, 0, :, 27].mean(1) > after[:, 0, :, 0].mean(1)
    assert brighter_on_the_right.float().mean() == pytest.approx(0.5, abs=0.1)


def test_sharpness_blurs_and_sharpens():
    batch = garments()

    def edges(images):
        return images[:, :, 8:20, 10:18].diff(dim=3).abs().mean()

    assert edges(apply(RandomSharpness((-1, -1)), batch)) < 0.6 * edges(batch)
    assert edges(apply(RandomSharpness((1, 1)), batch)) > 1.2 * edges(batch)
