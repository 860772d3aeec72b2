"""The pencils of make_garments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils import check_random_state

from skfashion.datasets import _drawing
from skfashion.datasets._drawing import Dice, X, Y

numbers = st.floats(-30, 30, width=32)


@pytest.fixture
def dice():
    return Dice(check_random_state(0), 4000)


def test_one_number_an_image(dice):
    low = np.linspace(0, 1, 4000).reshape(-1, 1, 1)
    drawn = dice.uniform(low, low + 0.5)
    assert drawn.shape == (4000, 1, 1)
    assert (drawn >= low - 1e-6).all()
    assert (drawn <= low + 0.5 + 1e-6).all()


def test_normal_numbers_are_cut(dice):
    drawn = dice.normal(3.0, 0.1)
    assert abs(drawn.mean() - 3) < 0.01
    assert abs(drawn.std() - 0.1) < 0.01
    assert np.abs(drawn - 3).max() < 0.2501


def test_chances_and_kinds(dice):
    assert abs(dice.chance(0.3).mean() - 0.3) < 0.03
    counts = np.bincount(dice.kind(1, 2, 5).ravel(), minlength=3)
    np.testing.assert_allclose(counts / 4000, [1 / 8, 2 / 8, 5 / 8], atol=0.03)


def test_quantiles_come_back(dice):
    values = (0.0, 1.0, 2.0, 5.0, 7.0, 8.0, 9.0)
    drawn = dice.quantiles(*values)
    found = np.quantile(drawn, (0.05, 0.25, 0.5, 0.75, 0.95))
    np.testing.assert_allclose(found, values[1:-1], atol=0.3)
    assert drawn.min() >= 0
    assert drawn.max() <= 9


def test_fields_are_smooth(dice):
    few = Dice(dice.rng, 50)
    field, grain = few.field(3, 3), few.grain()
    assert field.shape == grain.shape == (50, 28, 28)
    steps = [np.abs(np.diff(image, axis=2)).mean() / image.std() for image in (field, grain)]
    assert steps[0] < 0.3 < 1 < steps[1]


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6, unique_by=lambda k: k[0]))
def test_a_profile_is_piecewise_linear(knots):
    knots = sorted(knots)
    if min(np.diff([place for place, _ in knots]), default=1) < 0.01:
        return
    t = np.linspace(-40, 40, 101)
    expected = np.interp(t, *zip(*knots, strict=True))
    np.testing.assert_allclose(_drawing.profile(t, *knots), expected, atol=1e-3)


def test_pixels_are_covered_by_their_part_inside():
    depth = _drawing.between(X, 4.0, 10.25)
    covered = _drawing.cover(depth)
    assert covered.sum() == pytest.approx(6.25)
    assert covered[0, 0, 3] == 0
    assert covered[0, 0, 4] == 1
    assert covered[0, 0, 10] == pytest.approx(0.25)


def test_a_stroke_has_its_width_and_round_ends():
    inside = _drawing.stroke(X, Y, (8.0, 14.0), (20.0, 14.0), 3.0) > 0
    assert inside[0, 14].sum() == 18  # 12 long, and 3 at either end
    assert inside[0, :, 14].sum() == 6
    assert inside.sum() == pytest.approx(12 * 6 + np.pi * 9, rel=0.05)


def test_a_ring_is_hollow():
    inside = _drawing.ring(X, Y, (14.0, 14.0), (10.0, 10.0), 2.0) > 0
    assert not inside[0, 14, 14]
    assert inside[0, 14, 4]
    assert inside.sum() == pytest.approx(np.pi * (11**2 - 9**2), rel=0.1)


def test_blur_keeps_what_is_inside():
    image = np.zeros((2, 28, 28), dtype=np.float32)
    image[0, 10, 10] = 16
    image[1] = 1
    blurred = _drawing.blur(image)
    np.testing.assert_array_equal(blurred[0, 9:12, 9:12], [[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    np.testing.assert_allclose(blurred[1, 1:-1, 1:-1], 1)


def test_paint_lies_over_what_was_there():
    np.testing.assert_allclose(_drawing.paint(np.array([0.2, 0.2]), 0.8, [0, 0.5]), [0.2, 0.5])


@pytest.mark.parametrize("pattern", ["plain", "stripes", "checks", "flowers"])
def test_fabric_is_about_1(dice, pattern):
    few = Dice(dice.rng, 60)
    cloth = _drawing.fabric(few, **{"plain": 0.0, pattern: 1.0})
    assert np.broadcast_shapes(cloth.shape, (60, 28, 28)) == (60, 28, 28)
    assert abs(cloth.mean() - 1) < 0.15
    assert cloth.min() > -0.5
