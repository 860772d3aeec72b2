"""The background that a garment lies on."""

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.photos import _background


def lit_paper(noise=0.0, fall=0.0):
    rng = np.random.default_rng(0)
    picture = np.full((60, 50, 3), 200.0)
    picture *= np.linspace(1, 1 - fall, 50)[None, :, None]
    return (picture + noise * rng.standard_normal(picture.shape)).astype(np.float32)


def test_the_border_is_each_outer_pixel_once():
    image = np.arange(24.0).reshape(4, 6, 1)
    ring = _background.border(image)[:, 0]
    assert sorted(ring) == sorted(set(range(24)) - {7, 8, 9, 10, 13, 14, 15, 16})
    assert len(_background.border(image, 9)) == 24  # wider than the picture: all of it


@pytest.mark.parametrize("width", [1, 2])
def test_a_frame_of_another_colour(width):
    picture = np.full((100, 100, 3), 220.0)
    picture[40:60, 40:60] = 30
    assert _background.frame_width(picture, 20) == 0
    for i in range(width):
        picture[[i, -1 - i]] = picture[:, [i, -1 - i]] = 0
    assert _background.frame_width(picture, 20) == width


@pytest.mark.parametrize("fall", [0.0, 0.05, 0.1])
def test_light_that_falls_off_is_fitted(fall):
    picture = lit_paper(noise=3, fall=fall)
    wanted = lit_paper(fall=fall)
    with_garment = picture.copy()
    with_garment[15:60, 10:40] = 40  # touches the border, too
    for image in (picture, with_garment):
        surface, noise = _background.light(image)
        assert np.abs(surface - wanted).max() < 8
        assert 1 < noise < 6


def test_a_garment_is_far_from_the_background_and_the_background_is_not():
    picture = lit_paper(noise=2)
    picture[20:40, 15:35] = 60
    distance, _ = _background.distance(picture)
    assert distance[22:38, 17:33].min() > 100
    assert np.median(distance[:15]) < 10
