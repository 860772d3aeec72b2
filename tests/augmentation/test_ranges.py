"""Parameters that are numbers and ranges: what is taken, and what is refused how."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from skfashion.augmentation import (
    RandomBrightness,
    RandomContrast,
    RandomElasticDeformation,
    RandomErasing,
    RandomHorizontalFlip,
    RandomNoise,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomWidthShift,
    RandomZoom,
    as_augmentation,
)


@pytest.mark.parametrize(
    ("augmentation", "message"),
    [
        (RandomShift(fill_mode="reflekt"), r"fill_mode='reflekt' is not known.*mean 'reflect'\?"),
        (RandomZoom(fill_mode="nearest"), "it can be 'constant', 'edge', 'reflect'"),
        (RandomShift(fill_value="black"), "fill_value='black' is not a number"),
        (RandomShift(fill_value=float("inf")), "fill_value=inf is out of range"),
        (RandomShift(-1), "max_shift=-1 is out of range: give an int of at least 0 for pixels"),
        (RandomShift(1.5), "max_shift=1.5 .* float from 0.0 to below 1.0 for a fraction"),
        (RandomWidthShift(True), "max_shift=True is neither a whole number of pixels nor"),
        (RandomErasing("4"), "size='4' is neither a whole number"),
        (RandomErasing(p=2), "p=2 is out of range: it has to be from 0 to 1"),
        (RandomHorizontalFlip(-0.1), "p=-0.1 is out of range"),
        (
            RandomRotation(-5),
            r"degrees=-5 is negative: .* distance from 0.0 in both .* pair \(low, high\)",
        ),
        (RandomRotation(200), "degrees=200 stands for the range from -200.0 to 200.0"),
        (RandomRotation((10, 5)), r"degrees=\(10, 5\) .* has to be in increasing order"),
        (RandomRotation("10"), "degrees='10' is neither a number nor a pair"),
        (RandomRotation((1, 2, 3)), "neither a number nor a pair"),
        (RandomShear(85), "within -80.0 to 80.0"),
        (RandomZoom(1.0), "the range from 0.0 to 2.0"),
        (RandomZoom(keep_aspect="yes"), "keep_aspect='yes' is neither True nor False"),
        (RandomBrightness((-1, 1)), r"amount=\(-1, 1\)"),
        (RandomContrast(float("nan")), "amount=nan"),
        (RandomNoise(-0.1), "std=-0.1 is out of range: it has to be at least 0"),
        (RandomElasticDeformation(sigma=0), "sigma=0 is out of range: it has to be at least 0.5"),
        (RandomElasticDeformation(-1), "displacement=-1 is out of range"),
    ],
    ids=str,
)
def test_messages(augmentation, message):
    with pytest.raises((ValueError, TypeError), match=message):
        augmentation.fit()
    with pytest.raises((ValueError, TypeError), match=message):
        as_augmentation([RandomShift(1), augmentation])


INTEGERS = [np.int8, np.uint8, np.int16, np.int64, np.uint64, np.array]
FLOATS = [np.float16, np.float32, np.float64, np.longdouble, Fraction, np.array]
PAIRS = [list, np.array, lambda pair: tuple(np.float32(pair)), lambda pair: list(np.array(pair))]

# Numbers are sums of powers of two, which each type holds exactly.
small_integers = st.integers(0, 5)
fractions = st.integers(0, 63).map(lambda n: n / 64)
pairs = st.tuples(fractions, fractions).map(lambda pair: tuple(1 / 8 + s for s in sorted(pair)))

PARAMETERS = [
    (RandomShift, "max_shift", small_integers, INTEGERS),
    (RandomShift, "max_shift", fractions, FLOATS),
    (RandomShift, "fill_value", small_integers, INTEGERS),
    (RandomRotation, "fill_value", fractions, FLOATS),
    (RandomErasing, "size", small_integers, INTEGERS),
    (RandomErasing, "size", fractions, FLOATS),
    (RandomErasing, "p", fractions, FLOATS),
    (RandomErasing, "fill_value", fractions, FLOATS),
    (RandomHorizontalFlip, "p", fractions, FLOATS),
    (RandomHorizontalFlip, "p", st.integers(0, 1), INTEGERS),
    (RandomNoise, "std", fractions, FLOATS),
    (RandomElasticDeformation, "displacement", fractions, FLOATS),
    (RandomElasticDeformation, "sigma", fractions.map(lambda n: n + 0.5), FLOATS),
    (RandomRotation, "degrees", small_integers, INTEGERS),
    (RandomRotation, "degrees", fractions, FLOATS),
    (RandomRotation, "degrees", pairs, PAIRS),
    (RandomShear, "degrees", pairs, PAIRS),
    (RandomZoom, "zoom", fractions.map(lambda n: n / 2), FLOATS),
    (RandomZoom, "zoom", pairs, PAIRS),
    (RandomZoom, "keep_aspect", st.booleans(), [np.bool_, np.array]),
    (RandomBrightness, "amount", fractions, FLOATS),
    (RandomBrightness, "amount", pairs, PAIRS),
    (RandomContrast, "amount", pairs, PAIRS),
]


@settings(max_examples=150, deadline=None)
@given(data=st.data(), parameter=st.sampled_from(PARAMETERS))
def test_types_of_numbers_do_not_matter(data, parameter):
    cls, name, values, types = parameter
    value = data.draw(values)
    converted = data.draw(st.sampled_from(types))(value)
    X = np.random.default_rng(0).random((6, 9, 9))
    expected = cls(random_state=0).set_params(**{name: value}).fit_transform(X)
    augmentation = cls(random_state=0).set_params(**{name: converted})
    np.testing.assert_array_equal(augmentation.fit_transform(X), expected)
    again = clone(augmentation)
    assert repr(again) == repr(augmentation)
    np.testing.assert_array_equal(again.fit_transform(X), expected)
    assert as_augmentation([augmentation, RandomShift(np.int64(1))]) is not None


@pytest.mark.parametrize(
    "parameter", [p[:2] for p in PARAMETERS if p[1] != "keep_aspect"], ids=lambda p: p[1]
)
@pytest.mark.parametrize(
    "value", [True, np.True_, np.array(True), (True, False), np.array([True, True]), [0.5, True]]
)
def test_booleans_are_no_numbers(parameter, value):
    cls, name = parameter
    with pytest.raises(TypeError, match=f"{name}="):
        cls().set_params(**{name: value}).fit()


@pytest.mark.parametrize("value", [np.array(["a", "b"]), np.zeros((1, 2)), np.array([]), 1j])
def test_arrays_that_are_no_pair(value):
    with pytest.raises(TypeError, match="neither a number nor a pair of numbers"):
        RandomBrightness(value).fit()


def test_parameters_of_a_grid_of_arrays():
    grid = {"max_shift": np.arange(3), "fill_value": np.linspace(0, 1, 2)}
    X = np.random.default_rng(0).random((4, 6, 6))
    for parameters in ParameterGrid(grid):
        augmentation = RandomShift(random_state=0).set_params(**parameters)
        assert augmentation.whole_pixels
        assert augmentation.fit_transform(X).shape == X.shape


def test_arrays_of_augmentations():
    steps = [RandomShift(1), RandomRotation()]
    batch = torch.rand(3, 1, 8, 8)
    results = [
        as_augmentation(augment)(batch, torch.Generator().manual_seed(0))
        for augment in (steps, np.array(steps, dtype=object))
    ]
    assert torch.equal(*results)


def test_large_integers_stay_exact():
    """As floats they would be rounded."""
    X = np.zeros((4, 3, 3), dtype=np.int64)
    value = 2**62 + 1
    for fill_value in (value, np.int64(value), np.array(value)):
        erase_all = RandomErasing(9, p=1.0, fill_value=fill_value)
        assert (erase_all.fit_transform(X) == value).all()
