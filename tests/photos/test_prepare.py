"""From photographs to images in the style of Fashion-MNIST."""

import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from skfashion.datasets import make_garments
from skfashion.photos import read_image, to_fashion_mnist

cv2 = pytest.importorskip("cv2")

PHOTOS = Path(__file__).parents[2] / ".." / "shared" / "clothing-photos"


def paper(height=300, width=200, colour=(250, 250, 250)):
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    return picture


def with_shape(picture, rows, columns, colour=(20, 30, 60)):
    picture[slice(*rows), slice(*columns)] = colour
    return picture


# Reading; more of it is in test_read.py.


def test_reads_red_green_blue(tmp_path):
    picture = with_shape(paper(), (50, 250), (50, 150), (200, 40, 10))
    cv2.imwrite(str(tmp_path / "a.png"), picture[:, :, ::-1])
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), picture)
    np.testing.assert_array_equal(read_image(str(tmp_path / "a.png")), picture)


def test_reads_grey_as_three_channels(tmp_path):
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    cv2.imwrite(str(tmp_path / "a.png"), grey)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), grey[:, :, None].repeat(3, 2))


def test_reads_sixteen_bits(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((4, 5), 65535, np.uint16))
    image = read_image(tmp_path / "a.png")
    assert image.dtype == np.uint8
    assert (image == 255).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_transparent_becomes_white(tmp_path, dtype):
    picture = np.zeros((4, 6, 4), dtype)
    picture[:, 3:] = np.array([0, 0, 255, 255]) * (np.iinfo(dtype).max // 255)  # red
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    image = read_image(tmp_path / "a.png")
    assert image.dtype == np.uint8
    assert (image[:, :3] == 255).all()
    assert (image[:, 3:] == (255, 0, 0)).all()


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"shoe\.jpg"):
        read_image(tmp_path / "shoe.jpg")


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xd8\xff\xe0 no more"])
def test_not_an_image(tmp_path, content):
    (tmp_path / "shoe.jpg").write_bytes(content)
    with pytest.raises(ValueError, match=r"shoe\.jpg is not an image"):
        read_image(tmp_path / "shoe.jpg")


@pytest.mark.parametrize("function", [lambda: read_image("x"), lambda: to_fashion_mnist(paper())])
def test_without_opencv(function, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(ImportError, match=r'Photographs need cv2: pip .* "skfashion\[photos\]"'):
        function()


# Preparing.


def test_dark_shape_on_white_paper():
    image = to_fashion_mnist(with_shape(paper(), (40, 250), (60, 130)))[:, :, 0]
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    columns = (image > 128).all(axis=0).nonzero()[0]  # from top to bottom: the longest edge
    assert 9 <= len(columns) <= 10  # 28 * 70 / 210
    assert abs(columns[0] - (27 - columns[-1])) <= 1  # in the centre
    assert (image[:, : columns[0] - 1] == 0).all()
    assert (image[:, columns[-1] + 2 :] == 0).all()


def test_wide_shape_is_extended_above_and_below():
    image = to_fashion_mnist(with_shape(paper(), (200, 240), (20, 180)))[:, :, 0]
    rows = (image > 128).all(axis=1).nonzero()[0]
    assert len(rows) == 7
    assert rows[0] in (10, 11)


def test_place_and_size_do_not_matter():
    near = with_shape(paper(400, 400), (0, 280), (120, 260))
    far = with_shape(paper(400, 400), (300, 384), (10, 52))
    np.testing.assert_allclose(
        to_fashion_mnist(near).astype(int), to_fashion_mnist(far).astype(int), atol=1
    )


def test_tolerance_is_five_percent():
    for difference, is_paper in ((12, True), (13, False)):
        picture = with_shape(paper(), (50, 150), (50, 150))
        picture[200:220, 50:150] = 250 - difference
        rows = (to_fashion_mnist(picture)[:, :, 0] > 128).any(axis=1).sum()
        assert (rows == 28) == is_paper


def test_dark_border_is_not_negated():
    light = with_shape(paper(), (40, 250), (60, 130))
    np.testing.assert_array_equal(to_fashion_mnist(255 - light), to_fashion_mnist(light))


def test_sharpens_outlines():
    picture = with_shape(paper(280, 280), (0, 280), (0, 280), (200, 200, 200))
    picture[:, 145:] = 100  # the edge of a garment across the 15th column
    picture[[0, -1]] = 250
    row = to_fashion_mnist(picture)[14, :, 0].astype(int)
    assert np.ptp(row[:13]) <= 1
    assert row[13] < row[5]
    assert row[15] > row[25]


def test_images_of_the_data_set_stay_as_they_are():
    images = make_garments(100, random_state=0).images
    for image in images:
        np.testing.assert_array_equal(to_fashion_mnist(image)[:, :, 0], image)
        np.testing.assert_array_equal(to_fashion_mnist(image[:, :, None])[:, :, 0], image)


def test_enlarged_images_of_the_data_set_are_nearly_the_same():
    image = make_garments(1, random_state=0).images[0]
    large = image.repeat(5, axis=0).repeat(5, axis=1)
    again = to_fashion_mnist(large)[:, :, 0]
    assert np.corrcoef(again.ravel(), image.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("colour", [(140, 150, 160), (90, 100, 30), (255, 250, 0)])
def test_the_background_becomes_black(colour):
    brighter = sum(colour) < 3 * 128
    garment = (230, 230, 230) if brighter else (20, 30, 40)
    picture = with_shape(paper(colour=colour), (40, 250), (60, 130), garment)
    image = to_fashion_mnist(picture)[:, :, 0]
    assert (image[:, [0, -1]] == 0).all()
    assert image[:, 13].min() > 120


@pytest.mark.parametrize("shape", [(28, 28, 1), (28, 28, 3), (32, 20, 1), (64, 64, 3), (1, 1, 1)])
@pytest.mark.parametrize("size", [(300, 200), (28, 28), (1, 1), (5, 300), (7, 3)])
def test_every_size(shape, size):
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    image = to_fashion_mnist(picture, shape)
    assert image.shape == shape
    assert image.dtype == np.uint8


def test_colours_are_kept():
    picture = with_shape(paper(), (50, 250), (50, 250), (200, 40, 10))
    image = to_fashion_mnist(picture, (28, 28, 3))
    # Negated 55, 215 and 245, over a paper of 5.
    np.testing.assert_allclose(image[14, 14].astype(int), (51, 214, 245), atol=1)


@pytest.mark.parametrize("colour", [0, 100, 200, 255])
def test_nothing_but_paper(colour):
    image = to_fashion_mnist(np.full((50, 40), colour, np.uint8))
    assert (image == 0).all()


def test_the_picture_is_not_changed():
    picture = with_shape(paper(), (40, 250), (60, 130))
    before = picture.copy()
    picture.flags.writeable = False
    to_fashion_mnist(picture)
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((4, 4, 2), np.uint8), r"came as \(4, 4, 2\)"),
        (np.zeros(4, np.uint8), r"came as \(4,\)"),
        (np.zeros((0, 4), np.uint8), r"came as \(0, 4\)"),
        (np.zeros((4, 4)), "came as float64"),
    ],
)
def test_wrong_pictures(picture, message):
    with pytest.raises(ValueError, match=message):
        to_fashion_mnist(picture)


def test_wrong_number_of_channels():
    with pytest.raises(ValueError, match="has 4 channels"):
        to_fashion_mnist(paper(), (28, 28, 4))


# Ordinary photos.


def looks_like_a_shirt(image):
    image = image[:, :, 0] > 60
    rows, columns = image.any(axis=1).nonzero()[0], image.any(axis=0).nonzero()[0]
    sleeves, body = image[4].sum(), image[20].sum()
    whole = rows[0] <= 1 and rows[-1] >= 26 and 22 <= len(columns) <= 25
    return whole and sleeves >= 22 and 10 <= body <= 14 and image[20, 10:18].all()


PAIRS = [(200, 250), (160, 240), (120, 20), (60, 15), (250, 40), (10, 200)]


@pytest.mark.parametrize(("background", "garment"), PAIRS)
def test_garments_on_either_side_of_the_background(draw, background, garment):
    assert looks_like_a_shirt(to_fashion_mnist(draw(background, garment)))


@pytest.mark.parametrize(("background", "garment"), [(250, 40), (200, 90), (60, 200)])
@pytest.mark.parametrize("light", ["side", "below", "corners"])
def test_uneven_light(draw, background, garment, light):
    assert looks_like_a_shirt(to_fashion_mnist(draw(background, garment, light=light)))
    assert looks_like_a_shirt(to_fashion_mnist(draw(background, garment, noise=5, light=light)))


@pytest.mark.parametrize(("background", "garment"), [(250, 40), (128, 30), (60, 200)])
def test_noise(draw, background, garment):
    image = to_fashion_mnist(draw(background, garment, noise=5))
    assert looks_like_a_shirt(image)
    assert (image[:, 0] == 0).all()


@pytest.mark.parametrize("place", [(5, 5), (290, 120), (150, 20)])
def test_one_speck(draw, place):
    photo = draw()
    row, column = place
    photo[row : row + 3, column : column + 3] = 0
    assert looks_like_a_shirt(to_fashion_mnist(photo))


@pytest.mark.parametrize("ground_and_frame", [(250, 0), (250, 120), (40, 255)])
@pytest.mark.parametrize("width", [1, 3])
def test_a_frame(draw, ground_and_frame, width):
    background, frame = ground_and_frame
    photo = draw(background, 140)
    photo[:width] = photo[-width:] = photo[:, :width] = photo[:, -width:] = frame
    assert looks_like_a_shirt(to_fashion_mnist(photo))


@pytest.mark.parametrize("garment", [0, 120, 255])
@pytest.mark.parametrize("hidden", [0, 255])
def test_a_cut_out_on_transparency(draw, shirt, garment, hidden):
    photo = np.dstack([draw(hidden, garment), np.where(shirt, 255, 0)]).astype(np.uint8)
    assert looks_like_a_shirt(to_fashion_mnist(photo))


def test_small_pictures_that_are_not_of_the_data_set():
    picture = np.full((28, 28), 60, np.uint8)
    picture[4:24, 8:20] = 15
    image = to_fashion_mnist(picture)[:, :, 0]
    assert (image[:, 0] == 0).all()
    assert image[14, 14] > 100


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photographs of clothing are not here")
def test_photographs():
    folders = sorted((PHOTOS / "validation").iterdir())
    files = chain.from_iterable(sorted(folder.glob("*.jpg"))[:5] for folder in folders)
    images = [to_fashion_mnist(read_image(file)) for file in files]
    assert len(images) >= 40
    assert {(image.shape, image.dtype.name) for image in images} == {((28, 28, 1), "uint8")}
    assert min(np.ptp(image) for image in images) > 50


def test_shapes_of_the_result(draw):
    assert to_fashion_mnist(draw(), (28, 20)).shape == (28, 20, 1)
    with pytest.raises(ValueError, match="image_shape=28 is not a shape"):
        to_fashion_mnist(draw(), 28)
