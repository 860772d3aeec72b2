"""Where garments are in images on black."""

import pytest
import torch

from skfashion.augmentation._silhouettes import boxes_of, sample_chosen, silhouette_in


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_a_box_is_around_what_is_not_black(dtype):
    batch = torch.zeros((2, 1, 10, 8), dtype=dtype)
    batch[0, :, 2:6, 1:4] = 200 if dtype == torch.uint8 else 0.8
    x, y, width, height = (value.flatten().tolist() for value in boxes_of(silhouette_in(batch)))
    assert (x[0], y[0], width[0], height[0]) == (2 - 3.5, 3.5 - 4.5, 3, 4)
    # Where there is no garment, the whole image.
    assert (x[1], y[1], width[1], height[1]) == (0, 0, 8, 10)


def test_dark_noise_is_no_garment():
    batch = torch.full((1, 1, 6, 6), 5, dtype=torch.uint8)
    batch[0, 0, 3, 3] = 255
    assert silhouette_in(batch).sum() == 1


def test_a_pixel_of_any_channel_counts():
    batch = torch.zeros((1, 3, 4, 4), dtype=torch.uint8)
    batch[0, 2, 1, 1] = 255
    assert silhouette_in(batch).shape == (1, 1, 4, 4)
    assert silhouette_in(batch)[0, 0, 1, 1]


def test_the_fraction_that_is_chosen():
    generator = torch.Generator().manual_seed(0)
    assert sample_chosen(0.3, 5000, generator).float().mean() == pytest.approx(0.3, abs=0.03)
    assert sample_chosen(1.0, 50, generator).all()
    assert not sample_chosen(0.0, 50, generator).any()
