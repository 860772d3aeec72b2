"""Geometry: pixels go where they should, in one resampling, and the border is filled right."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from skfashion.augmentation import (
    GeometricAugmentation,
    RandomElasticDeformation,
    RandomHeightShift,
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
    for fill_mode in SCIPY_MODES:
        after = apply(RandomShift(40, fill_mode=fill_mode, fill_value=0.5), batch)
        assert ((after >= 0) & (after <= 1)).all()


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


def test_shift_and_flip_are_one_after_the_other():
    batch = images(64, 8, 8)
    shift, flip = RandomShift(2), RandomHorizontalFlip()
    one_by_one = generator()
    expected = flip.augment(shift.augment(batch, one_by_one), one_by_one)
    assert torch.equal(apply([shift, flip], batch), expected)


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
