"""Pixels are scaled by channel."""

import torch

from skfashion.inference import scaled


def test_by_channel_in_the_dtype_of_the_mean():
    images = torch.tensor([0, 255], dtype=torch.uint8).view(1, 2, 1, 1).expand(3, 2, 4, 5)
    mean, std = torch.tensor([10.0, 55.0], dtype=torch.float64), torch.tensor([5.0, 100.0])
    result = scaled(images, mean, std.double())
    assert result.dtype == torch.float64
    assert result.shape == (3, 2, 4, 5)
    assert (result[:, 0] == -2).all()
    assert (result[:, 1] == 2).all()


def test_images_are_not_changed():
    images = torch.ones(1, 1, 2, 2)
    scaled(images, torch.ones(1), torch.ones(1))
    assert (images == 1).all()
