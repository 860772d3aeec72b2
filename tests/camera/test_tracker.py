"""The garment in each frame of a video."""

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.camera import GarmentTracker
from skfashion.datasets import make_garments
from skfashion.photos import GarmentSegmenter


class Counted(GarmentSegmenter):
    """A segmenter that counts the garments it has cut out."""

    n_cut_out = 0

    def find(self, photo, name="photo"):
        self.n_cut_out += 1
        return super().find(photo, name)


@pytest.fixture
def segmenter():
    return Counted("border", max_size=200).fit()


@pytest.fixture(scope="module")
def shirts(draw_frames, plain):
    return draw_frames(make_garments(1, random_state=3).images[0], plain)


def test_a_box_follows_its_garment(segmenter, shirts, overlap):
    frames, boxes = shirts
    tracker = GarmentTracker(segmenter, refresh=10)
    found = [tracker.find(frame) for frame in frames]
    assert segmenter.n_cut_out == 3  # in 25 frames
    assert {garment.image.shape for garment in found} == {(150, 200, 3)}
    for garment, box in zip(found, boxes, strict=True):
        assert overlap(garment.box * 320 / 200, box) > 0.9


def test_a_garment_is_the_same_until_a_cut(segmenter, shirts, towel):
    tracker = GarmentTracker(segmenter)
    same = [(tracker.find(frame), tracker.is_same)[1] for frame in shirts[0][:12]]
    assert same == [False] + 11 * [True]
    n_cut_out = segmenter.n_cut_out
    garment = tracker.find(towel)
    assert segmenter.n_cut_out == n_cut_out + 1  # at once
    assert not tracker.is_same
    np.testing.assert_allclose(garment.box * 320 / 200, (110, 50, 210, 190), atol=4)


def test_no_garment(segmenter, plain, towel):
    tracker = GarmentTracker(segmenter, refresh=5)
    for _ in range(10):
        garment = tracker.find(plain)
        assert not garment.found
        assert np.isnan(garment.box).all()
    assert segmenter.n_cut_out == 2  # nor is one looked for in each frame
    found = [tracker.find(towel).found for _ in range(5)]
    assert found[-1]  # it has come


def test_a_garment_that_goes(segmenter, shirts, plain):
    tracker = GarmentTracker(segmenter)
    assert tracker.find(shirts[0][0]).found
    assert not tracker.find(plain).found


def test_frames_of_another_size(segmenter, towel):
    tracker = GarmentTracker(segmenter)
    for frame in (towel, towel[:, :250], towel[:30, :30], towel):
        garment = tracker.find(frame)
        assert not tracker.is_same
        assert garment.mask.shape == garment.image.shape[:2]
    assert segmenter.n_cut_out == 4


@pytest.mark.parametrize("refresh", [0, -1, 2.5, None, "10"])
def test_refresh_is_a_number_of_frames(segmenter, refresh):
    with pytest.raises(ValueError, match="refresh=.* is not a number of frames of at least 1"):
        GarmentTracker(segmenter, refresh)


def test_each_frame_can_be_cut_out(segmenter, towel):
    tracker = GarmentTracker(segmenter, refresh=1)
    for _ in range(3):
        tracker.find(towel)
    assert segmenter.n_cut_out == 3
