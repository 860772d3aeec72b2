"""Masks of garments."""

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.photos import _masks


def test_a_box_is_around_a_mask():
    mask = np.zeros((9, 7), bool)
    assert np.isnan(_masks.box_of(mask)).all()
    mask[2:5, 1:6] = True
    assert _masks.box_of(mask).tolist() == [1, 2, 6, 5]


def test_specks_go_and_parts_stay():
    mask = np.zeros((60, 60), bool)
    mask[5:30, 5:30] = mask[35:55, 35:55] = True
    with_speck = mask.copy()
    with_speck[2, 50] = True
    np.testing.assert_array_equal(_masks.without_specks(with_speck), mask)
    assert not _masks.without_specks(np.zeros((5, 5), bool)).any()


def test_gaps_and_small_holes_are_filled():
    mask = np.zeros((100, 100), bool)
    mask[20:80, 20:80] = True
    torn = mask.copy()
    torn[50, 20:80] = False
    torn[30:33, 30:33] = False
    assert (_masks.cleaned(torn, torn.shape) == mask).mean() > 0.995


@pytest.mark.parametrize("shape", [(40, 30), (20, 15), (81, 64)])
def test_a_mask_of_another_size(shape):
    mask = np.zeros((40, 30), bool)
    mask[10:30, 5:25] = True
    enlarged = _masks.enlarged(mask, (*shape, 3))
    assert enlarged.shape == shape
    assert enlarged.dtype == bool
    assert enlarged.mean() == pytest.approx(mask.mean(), abs=0.04)


def test_a_score_tells_good_masks_from_bad_ones():
    image = np.full((50, 50, 3), 230, np.uint8)
    image[10:40, 10:40] = 20
    good, shifted = np.zeros((2, 50, 50), bool)
    good[10:40, 10:40] = True
    shifted[0:30, 0:30] = True
    assert _masks.score_of(good, image) > 0.95
    assert _masks.score_of(shifted, image) < 0.7
    assert _masks.score_of(~np.zeros_like(good), image) == 0
    assert _masks.score_of(np.zeros_like(good), image) == 0


def test_only_small_grey_pictures_on_black_are_drawn_ones():
    drawn = np.zeros((28, 28, 3), np.uint8)
    drawn[8:20, 8:20] = 120
    assert (_masks.drawn_mask(drawn) == (drawn[:, :, 0] > 0)).all()
    assert _masks.drawn_mask(255 - drawn) is None
    assert _masks.drawn_mask(drawn * np.uint8([1, 1, 0])) is None
    assert _masks.drawn_mask(drawn.repeat(40, axis=0).repeat(40, axis=1)) is None
