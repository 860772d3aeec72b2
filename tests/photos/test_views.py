"""Views of a garment, over which probabilities are averaged."""

import numpy as np
import pytest

from skfashion.datasets import make_garments
from skfashion.photos import GarmentSegmenter
from skfashion.photos._views import VIEWS, check_n_views, seen_in

pytest.importorskip("cv2")


@pytest.fixture
def garment(draw):
    return GarmentSegmenter("border").fit_transform([draw()])[0]


def size_of(garment):
    left, top, right, bottom = garment.box
    return right - left, bottom - top


def test_there_are_twelve_different_ones(garment):
    assert len(VIEWS) == len(set(VIEWS)) == 12
    seen = [seen_in(garment, view) for view in VIEWS]
    assert seen[0] is garment
    for one in seen:
        assert one.found
        assert one.image.shape[:2] == one.mask.shape
        left, top, right, bottom = one.box.astype(int)
        assert one.mask[top:bottom, left:right].sum() == one.mask.sum() > 0
        # The pixels still are those of the garment: it is 40, and its background 250.
        assert np.median(one.image[one.mask]) == 40


def test_mirrored(draw):
    picture = draw()
    picture[60:110, 40:80] = 250  # a shirt with one sleeve
    garment = GarmentSegmenter("border").fit_transform([picture])[0]
    mirrored = seen_in(garment, (0.0, 1.0, True))
    assert (mirrored.mask == garment.mask[:, ::-1]).all()
    assert (mirrored.image == garment.image[:, ::-1]).all()
    assert mirrored.box[0] == garment.mask.shape[1] - garment.box[2]


def test_wider(garment):
    (width, height), (before, height_before) = (
        size_of(seen_in(garment, (0.0, 1.12, False))),
        size_of(garment),
    )
    assert width == pytest.approx(1.12 * before, abs=2)
    assert height == pytest.approx(height_before, abs=2)


def test_rotated(garment):
    left, right = (seen_in(garment, (degrees, 1.0, False)) for degrees in (-8.0, 8.0))
    assert size_of(left)[0] > size_of(garment)[0]
    assert left.mask.sum() == pytest.approx(garment.mask.sum(), rel=0.02)
    assert left.mask.shape == right.mask.shape
    assert (left.mask != right.mask).any()


def test_no_garment_stays_none(draw):
    with pytest.warns(UserWarning, match="No garment"):
        (garment,) = GarmentSegmenter("border").fit_transform([draw(200, 200)])
    assert all(not seen_in(garment, view).found for view in VIEWS)


def test_images_of_the_data_set_are_only_mirrored():
    image = make_garments(1, random_state=0).images[0]
    (garment,) = GarmentSegmenter("border").fit_transform([image])
    for view in VIEWS:
        seen = seen_in(garment, view)
        wanted = garment.image[:, ::-1] if view[2] else garment.image
        assert (seen.image == wanted).all()


def test_a_thin_line():
    photo = np.full((60, 60, 3), 250, np.uint8)
    photo[5:55, 30] = 10
    (garment,) = GarmentSegmenter("border", min_area=0).fit_transform([photo])
    assert all(seen_in(garment, view).found == garment.found for view in VIEWS)


@pytest.mark.parametrize("n_views", [0, 13, 1.0, True, "12", None])
def test_impossible_numbers(n_views):
    with pytest.raises(ValueError, match=r"n_views=.* is not a whole number from 1 to 12"):
        check_n_views(n_views)
