"""Pixels go where they should, in one resampling, and the border is filled right."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from skfashion.augmentation import (
    RandomElasticDeformation,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomWidthShift,
    RandomZoom,
    as_augmentation,
)

SCIPY_MODES = {"constant": "grid-constant", "edge": "nearest", "reflect": "mirror"}
every_fill_mode = pytest.mark.parametrize("fill_mode", SCIPY_MODES)


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


def scipy_sources(steps, shape, seed=0):
    """Return rows and columns where pixels come from, by scipy: (N, 2, H, W)."""
    n, _, height, width = shape
    centre = np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    drawn = generator(seed)
    motions = [step.draw(shape, drawn).double().numpy() for step in steps]
    sources = []
    for i in range(n):
        place = np.mgrid[:height, :width] - centre  # (2, H, W): y, x
        for motion in reversed(motions):
            if motion.ndim == 4:
                field = [
                    ndimage.map_coordinates(
                        motion[i, axis], place + centre, order=1, mode="nearest"
                    )
                    for axis in (1, 0)
                ]
                place = place + field
            else:
                x, y = motion[i] @ np.stack(
                    [place[1].ravel(), place[0].ravel(), np.ones(height * width)]
                )
                place = np.stack([y, x]).reshape(2, height, width)
        sources.append(place + centre)
    return np.stack(sources)


def by_scipy(batch, sources, fill_mode, fill_value=0.0):
    return np.stack(
        [
            [
                ndimage.map_coordinates(
                    channel, source, order=1, mode=SCIPY_MODES[fill_mode], cval=fill_value
                )
                for channel in image
            ]
            for image, source in zip(batch.double().numpy(), sources, strict=True)
        ]
    )


@pytest.mark.parametrize("dtype", [torch.uint8, torch.uint16, torch.int64, torch.float64])
def test_whole_chains_copy_pixels_exactly(dtype):
    huge = {torch.uint8: 255, torch.uint16: 65535, torch.int64: 2**62 + 1, torch.float64: 1e300}
    batch = torch.full((8, 1, 5, 5), huge[dtype], dtype=dtype)
    chain = [
        RandomWidthShift(2, fill_mode="edge"),
        RandomHorizontalFlip(),
        RandomShift(1, fill_mode="edge"),
    ]
    assert torch.equal(apply(chain, batch), batch)


def test_wide_integers_are_not_rounded():
    batch = torch.full((2, 1, 5, 5), 2**40 + 1)
    assert torch.equal(apply(RandomRotation(20, fill_mode="edge"), batch), batch)


def test_whole_chains_are_exact_under_autocast():
    batch = images(16, 40, 40)
    chain = [
        RandomShift(17, fill_mode="edge"),
        RandomHorizontalFlip(),
        RandomShift(5, fill_mode="edge"),
    ]
    expected = apply(chain, batch)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(apply(chain, batch), expected)
        turned = apply([*chain, RandomRotation(fill_mode="edge")], batch)
    expected = apply([*chain, RandomRotation(fill_mode="edge")], batch)
    torch.testing.assert_close(turned, expected, rtol=0, atol=1e-6)


@every_fill_mode
@pytest.mark.parametrize(
    "steps",
    [
        [(RandomRotation, 60)],
        [(RandomZoom, (0.4, 2.5))],
        [(RandomShear, 40)],
        [(RandomShift, 0.9)],
        [(RandomElasticDeformation, 2.0)],
        [(RandomRotation, 30), (RandomShift, 2), (RandomShear, 20), (RandomZoom, 0.3)],
        [(RandomShift, 3), (RandomElasticDeformation, 1.0), (RandomRotation, 25)],
        [(RandomElasticDeformation, 1.0), (RandomZoom, 0.3), (RandomElasticDeformation, 1.0)],
    ],
    ids=lambda steps: "-".join(cls.__name__.removeprefix("Random") for cls, _ in steps),
)
def test_chains_against_scipy(steps, fill_mode):
    batch = images(6, 9, 8, 3)
    steps = [cls(value, fill_mode=fill_mode, fill_value=0.3) for cls, value in steps]
    sources = scipy_sources(steps, batch.shape)
    expected = by_scipy(batch, sources, fill_mode, 0.3)
    np.testing.assert_allclose(apply(steps, batch).numpy(), expected, rtol=0, atol=5e-5)


def test_there_and_back_in_one_resampling_is_sharp():
    batch = garment_like()
    there, back = RandomRotation((10, 10)), RandomRotation((-10, -10))
    at_once = apply([there, back], batch)
    one_by_one = apply(back, apply(there, batch))
    torch.testing.assert_close(at_once, batch, rtol=0, atol=1e-5)
    assert (one_by_one - batch).abs().max() > 1e-2  # blurred


@pytest.mark.parametrize(
    "fills",
    [
        ({"fill_mode": "constant"}, {"fill_mode": "edge"}),
        ({"fill_mode": "constant"}, {"fill_mode": "constant", "fill_value": 0.5}),
    ],
)
def test_steps_that_fill_otherwise_are_resampled_apart(fills):
    batch = images()
    first, then = RandomRotation(40, **fills[0]), RandomZoom((0.5, 0.6), **fills[1])
    flip = RandomHorizontalFlip()
    one_by_one = generator()
    expected = as_augmentation([flip, first, flip])(batch, one_by_one)
    expected = as_augmentation([then, flip])(expected, one_by_one)
    assert torch.equal(apply([flip, first, flip, then, flip], batch), expected)


def test_constants_do_not_matter_where_none_is_filled_in():
    first = RandomRotation(40, fill_mode="edge", fill_value=1.0)
    same, other = (RandomZoom(0.3, fill_mode="edge", fill_value=v) for v in (1.0, 0.0))
    assert torch.equal(apply([first, same], images()), apply([first, other], images()))


def test_fill_value_fits_the_dtype():
    batch = torch.full((20, 1, 4, 4), 9, dtype=torch.uint8)
    for fill_value, expected in [(300, 255), (-5, 0), (6.6, 7)]:
        after = apply(RandomShift(2, fill_value=fill_value), batch)
        assert set(after.flatten().tolist()) == {9, expected}
        after = apply(RandomZoom((0.2, 0.2), fill_value=fill_value), batch)
        assert after[0, 0, 0, 0] == expected
