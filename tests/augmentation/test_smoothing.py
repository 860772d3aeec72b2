"""Gaussian filters and smooth noise."""

import pytest
import torch
from scipy.ndimage import gaussian_filter1d

from skfashion.augmentation._smoothing import blurred, smooth_noise


@pytest.mark.parametrize("sigma", [0.5, 2.0])
def test_as_scipys_in_the_middle(sigma):
    x = torch.rand((2, 1, 40, 40), dtype=torch.float64)
    wanted = gaussian_filter1d(gaussian_filter1d(x.numpy(), sigma, axis=2), sigma, axis=3)
    middle = (..., slice(15, 25), slice(15, 25))
    torch.testing.assert_close(
        blurred(x, sigma)[middle], torch.from_numpy(wanted)[middle], rtol=1e-3, atol=1e-3
    )


def test_an_even_image_stays():
    x = torch.full((1, 1, 9, 7), 0.4)
    torch.testing.assert_close(blurred(x, 3.0), x)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 4.0])
def test_noise_is_as_strong_everywhere(sigma):
    noise = smooth_noise((4000, 1, 8, 8), sigma, torch.Generator().manual_seed(0))
    torch.testing.assert_close(noise.std(0)[0], torch.ones(8, 8), rtol=0.1, atol=0)


def test_a_wider_filter_makes_neighbours_more_alike():
    def difference(sigma):
        noise = smooth_noise((200, 1, 16, 16), sigma, torch.Generator().manual_seed(0))
        return noise.diff(dim=3).square().mean()

    assert difference(3.0) < difference(1.0) < difference(0.3)
