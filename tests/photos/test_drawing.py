"""The picture of what was made of a photo."""

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.photos import (
    GarmentSegmenter,
    draw_box,
    draw_result,
    read_image,
    to_picture,
    write_image,
)
from skfashion.photos._drawing import BAR, COLOUR, PANEL


def shown(photo, image=None):
    [garment] = GarmentSegmenter("border").fit_transform([photo])
    image = np.zeros((28, 28, 1), np.uint8) if image is None else image
    return garment, draw_result(garment, image, "Shirt 99 %")


def towel(height, width):
    photo = np.full((height, width, 3), 250, np.uint8)
    photo[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = (20, 30, 60)
    return photo


@pytest.mark.parametrize("size", [(100, 80), (600, 300), (40, 1200)])
def test_the_box_is_around_the_garment(size):
    garment, picture = shown(towel(*size))
    assert garment.found
    assert picture.shape == (PANEL + BAR, 3 * PANEL, 3)
    rows, columns = (picture == COLOUR).all(axis=2).nonzero()
    scale = min(1, PANEL / max(size))
    height, width = (side * scale for side in size)
    assert np.ptp(rows) + 1 == pytest.approx(height / 2, abs=4)
    assert np.ptp(columns) + 1 == pytest.approx(width / 2, abs=4)


def test_no_box_where_nothing_was_found():
    with pytest.warns(UserWarning, match="No garment"):
        _, picture = shown(np.full((90, 90, 3), 128, np.uint8))
    assert not (picture == COLOUR).all(axis=2).any()


@pytest.mark.parametrize("high", [1.0, 255])
def test_what_the_classifier_sees_is_seen(high):
    image = np.zeros((28, 28, 1), np.float32 if high == 1 else np.uint8)
    image[7:21, 7:21] = high
    _, picture = shown(towel(80, 80), image)
    panel = picture[:PANEL, 2 * PANEL :]
    assert (panel[PANEL // 2, PANEL // 2] == 255).all()
    assert (panel[2, 2] == 0).all()


def test_what_is_written_can_be_read(tmp_path):
    _, picture = shown(towel(80, 80))
    write_image(tmp_path / "shown.png", picture)
    np.testing.assert_array_equal(read_image(tmp_path / "shown.png"), picture)
    with pytest.raises(OSError, match="nowhere"):
        write_image(tmp_path / "nowhere" / "shown.png", picture)


@pytest.mark.parametrize("size", [(480, 640), (1080, 1920), (100, 80)])
def test_a_text_lies_above_its_box(size):
    height, width = size
    picture = np.full((height, width, 3), 250, np.uint8)
    draw_box(picture, (width / 4, height / 2, width / 2, 0.9 * height), "Shirt")
    red = (picture == COLOUR).all(axis=2)
    assert red[: height // 2].any()
    assert not red[: height // 4].any()
    assert (picture[: height // 2] == 255).all(axis=2).any()  # the text
    assert not red[
        int(0.6 * height) : int(0.8 * height), int(0.3 * width) : int(0.45 * width)
    ].any()


@pytest.mark.parametrize("box", [(0, 0, 80, 60), (70, 1, 80, 60), (-5, -5, 90, 70), (0, 58, 3, 60)])
@pytest.mark.parametrize("text", ["Shirt 97 %", "Ankle boot " * 9, "two\nlines", "日本语"])
def test_texts_stay_in_the_picture(box, text):
    picture = np.full((60, 80, 3), 250, np.uint8)
    draw_box(picture, box, text)
    assert (picture == COLOUR).all(axis=2).any()


def test_texts_that_are_larger_than_the_picture():
    picture = np.full((4, 6, 3), 250, np.uint8)
    draw_box(picture, (1, 1, 5, 3), "Shirt")
    assert (picture == COLOUR).all(axis=2).any()


@pytest.mark.parametrize("n_channels", [1, 3])
def test_images_of_any_range_become_pictures(n_channels):
    image = np.zeros((2, 3, n_channels), np.uint8)
    image[0, 0] = 200
    picture = to_picture(image)
    assert (picture.shape, picture.dtype) == ((2, 3, 3), np.uint8)
    assert picture[0, 0].tolist() == [200, 200, 200]
    for low, high in ((0, 1), (-1, 1), (-3.5, 900)):
        stretched = to_picture(low + (high - low) * (image / np.float32(200)))
        assert stretched[0, 0].tolist() == [255, 255, 255]
        assert stretched[1, 1].tolist() == [0, 0, 0]
    assert not to_picture(np.zeros((2, 3, n_channels))).any()
