"""Rotations, zooms, shears and elastic deformations."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skfashion.augmentation import (
    RandomElasticDeformation,
    RandomRotation,
    RandomShear,
    RandomZoom,
    as_augmentation,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def images(n=4, height=9, width=7, channels=1, seed=0):
    return torch.rand((n, channels, height, width), generator=generator(seed))


def apply(augment, batch, seed=0):
    return as_augmentation(augment)(batch, generator(seed))


def garment_like(n=1, side=28):
    """Return smooth images whose border is black."""
    rows, columns = np.mgrid[:side, :side] / (side - 1) * 2 - 1
    image = np.exp(-6 * (rows**2 + 0.5 * columns**2)) * (1 + 0.5 * np.sin(6 * rows + 4 * columns))
    return torch.from_numpy(image.astype(np.float32)).expand(n, 1, side, side)


@settings(max_examples=20, deadline=None)
@given(side=st.integers(1, 9), turns=st.integers(-2, 2), channels=st.sampled_from([1, 3]))
def test_quarter_turns(side, turns, channels):
    batch = images(2, side, side, channels)
    rotation = RandomRotation((90 * turns, 90 * turns))
    expected = torch.rot90(batch, turns, (2, 3))
    torch.testing.assert_close(apply(rotation, batch), expected, rtol=0, atol=1e-5)
    as_bytes = (batch * 255).to(torch.uint8)
    assert torch.equal(apply(rotation, as_bytes), torch.rot90(as_bytes, turns, (2, 3)))


def test_rotation_stays_within_its_limits():
    matrix = RandomRotation(10).draw((2000, 1, 8, 8), generator())
    angle = torch.atan2(matrix[:, 1, 0], matrix[:, 0, 0]).rad2deg()
    assert -10 <= angle.min() < -9.9
    assert 9.9 < angle.max() <= 10
    angle = RandomRotation((5, 10)).draw((2000, 1, 8, 8), generator())[:, 1, 0].asin().rad2deg()
    assert 5 - 1e-4 < angle.min() < 5.1
    assert 9.9 < angle.max() < 10 + 1e-4


def test_zoom_is_about_the_centre():
    rows = torch.arange(9.0)[:, None].expand(2, 1, 9, 9) - 4
    torch.testing.assert_close(apply(RandomZoom((2, 2)), rows), rows / 2)
    smaller = apply(RandomZoom((0.5, 0.5), fill_value=-9), torch.ones(1, 1, 8, 8))
    assert (smaller[0, 0, 2:6, 2:6] == 1).all()
    assert (smaller[0, 0, 0] == -9).all()


def test_zoom_of_both_axes():
    shape = (1000, 1, 9, 9)
    alike = RandomZoom(0.2).draw(shape, generator())
    assert torch.equal(alike[:, 0, 0], alike[:, 1, 1])
    own = RandomZoom(0.2, keep_aspect=False).draw(shape, generator())
    factors = 1 / torch.stack([own[:, 0, 0], own[:, 1, 1]])
    assert abs(torch.corrcoef(factors)[0, 1]) < 0.1
    assert 0.8 - 1e-6 <= factors.min() < 0.81
    assert 1.19 < factors.max() <= 1.2 + 1e-6


def test_shear_leans_to_the_right():
    upright = torch.zeros(1, 1, 9, 9)
    upright[..., 4] = 1
    leaning = apply(RandomShear((45, 45)), upright)[0, 0]
    torch.testing.assert_close(leaning, torch.eye(9).flip(1), rtol=0, atol=1e-5)
    slight = apply(RandomShear((10, 10)), upright)[0, 0]
    place = (slight * torch.arange(9.0)).sum(1)
    torch.testing.assert_close(place, 4 + np.tan(np.pi / 18) * (4 - torch.arange(9.0)))


def test_elastic_fields_have_their_displacement_everywhere():
    shape = (4000, 1, 10, 14)
    field = RandomElasticDeformation(2.0, sigma=3.0).draw(shape, generator())
    deviation = field.std(0)  # (2, H, W)
    torch.testing.assert_close(deviation, torch.full_like(deviation, 2.0), rtol=0.08, atol=0)
    steps = {
        sigma: RandomElasticDeformation(2.0, sigma).draw(shape, generator()) for sigma in (1.0, 4.0)
    }
    rough, smooth = (steps[sigma].diff(dim=3).std() for sigma in (1.0, 4.0))
    assert rough > 3 * smooth


def test_the_same_elastic_field_whatever_follows():
    """A turn after bending turns the bent image, up to what a second resampling blurs."""
    batch = garment_like()
    bend, turn = RandomElasticDeformation(1.5), RandomRotation((90, 90))
    at_once = apply([bend, turn], batch, seed=5)
    expected = torch.rot90(apply(bend, batch, seed=5), 1, (2, 3))
    torch.testing.assert_close(at_once, expected, rtol=0, atol=1e-4)
