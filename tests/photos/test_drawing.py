"""The picture of what was made of a photo."""

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.photos import GarmentSegmenter, draw_result, read_image, write_image
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
