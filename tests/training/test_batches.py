"""Batches are all of the data, gathered, augmented and scaled."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skfashion import RandomShift
from skfashion.training import DeviceBatches, ImageData

CPU = torch.device("cpu")


def data(n, channels=1, dtype=np.uint8, weights=None):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, 6, 5, channels)).astype(dtype)
    return ImageData.from_numpy(images, np.arange(n), weights, device=CPU)


def scale(channels, mean=0.0, std=1.0):
    return torch.full((channels,), mean), torch.full((channels,), std)


@settings(deadline=None, max_examples=30)
@given(n=st.integers(1, 40), batch_size=st.integers(1, 50), shuffle=st.booleans())
def test_each_image_comes_once(n, batch_size, shuffle):
    images = data(n)
    batches = DeviceBatches(images, *scale(1), batch_size, shuffle=shuffle)
    seen = list(batches)
    assert len(seen) == len(batches) == -(-n // batch_size)
    codes = torch.cat([targets for _, targets in seen])
    assert sorted(codes.tolist()) == list(range(n))
    pixels = torch.cat([x for x, _ in seen])
    torch.testing.assert_close(pixels.byte(), images.images[codes].permute(0, 3, 1, 2))


def test_each_epoch_has_another_order_and_the_seed_decides_it():
    first, second = (DeviceBatches(data(50), *scale(1), 8, shuffle=True, seed=3) for _ in range(2))
    orders = [[t for _, ts in batches for t in ts.tolist()] for batches in (first, first, second)]
    assert orders[0] != orders[1]
    assert orders[0] == orders[2]


def test_scaled_by_channel_in_the_fast_layout():
    x, _ = next(iter(DeviceBatches(data(4, 3), torch.tensor([1.0, 2, 3]), torch.ones(3) * 2, 4)))
    expected = (data(4, 3).images.permute(0, 3, 1, 2) - torch.tensor([1, 2, 3]).view(3, 1, 1)) / 2
    torch.testing.assert_close(x, expected)
    assert x.is_contiguous(memory_format=torch.channels_last)


def test_float_images_are_not_changed_in_place():
    images = data(10, dtype=np.float32)
    before = images.images.clone()
    for shuffle in (False, True):
        list(DeviceBatches(images, *scale(1, 5.0, 3.0), 4, shuffle=shuffle, augment=RandomShift(1)))
    torch.testing.assert_close(images.images, before)


def test_weights_travel_with_their_images():
    weights = np.arange(20, dtype=float)
    for inputs, targets in DeviceBatches(data(20, weights=weights), *scale(1), 6, shuffle=True):
        torch.testing.assert_close(inputs["sample_weight"], targets.float())


def test_pixel_statistics():
    weights = np.random.default_rng(1).random(3000)
    images = data(3000, 3, weights=weights)
    mean, std = images.pixel_statistics()
    pixels = images.images.numpy().reshape(3000, 30, 3).astype(float)
    expected = np.average(pixels.mean(1), axis=0, weights=weights)
    np.testing.assert_allclose(mean, expected)
    variance = np.average(((pixels - expected) ** 2).mean(1), axis=0, weights=weights)
    np.testing.assert_allclose(std, np.sqrt(variance))
