"""From a garment that was cut out to an image in the style of a data set."""

import numpy as np
import pytest

from skfashion.datasets import make_garments
from skfashion.photos import FashionMNISTConverter, Garment, GarmentSegmenter

pytest.importorskip("cv2")


@pytest.fixture
def converted(draw):
    """Return a function that draws, cuts out and converts a shirt."""

    def converted(*what, **how):
        garments = GarmentSegmenter("border").fit_transform([draw(*what)])
        return FashionMNISTConverter(**how).fit_transform(garments)

    return converted


def test_a_shirt(converted):
    images = converted(250, 60)
    assert images.shape == (1, 28, 28, 1)
    assert images.dtype == np.uint8
    image = images[0, :, :, 0]
    assert (image[:, [0, -1]] == 0).all()
    rows, columns = (image > 60).nonzero()
    assert rows.min() == 0  # the longest edge
    assert rows.max() >= 26
    assert abs(columns.min() - (27 - columns.max())) <= 1  # in the centre
    assert image[20, 14] > 100
    assert image[20, 4] == 0


@pytest.mark.parametrize("pair", [(200, 250), (160, 240), (120, 20), (60, 15), (250, 40)])
def test_brightness_is_that_of_the_data_set(converted, pair):
    image = converted(*pair)[0, :, :, 0]
    assert 100 < image[image > 0].mean() < 220
    assert image[20, 14] > 100


def test_brightness_as_it_is(converted):
    assert converted(250, 60, match_tone=False)[0, 20, 14, 0] == 195
    assert converted(250, 60, match_tone=False, negate=False)[0, 20, 14, 0] == 60


def test_backgrounds(converted):
    for background, corner in (("black", 0), ("white", 255), ("photo", 240)):
        image = converted(240, 60, background=background, negate=False, match_tone=False)[
            0, :, :, 0
        ]
        assert image[0, 0] == image[27, 27] == corner
        assert abs(int(image[20, 14]) - 60) <= 1


def test_a_garment_at_the_edge_of_its_photo():
    photo = np.full((200, 200, 3), 250, np.uint8)
    photo[:150, 70:130] = 40
    garments = GarmentSegmenter("border").fit_transform([photo])
    style = {"background": "photo", "negate": False, "margin": 0.1}
    image = FashionMNISTConverter((40, 40, 3), **style).fit_transform(garments)[0]
    assert image.shape == (40, 40, 3)
    assert image[20, 2].min() > 200
    assert image[20, 20].max() < 60


def test_sizes_and_colours(converted):
    assert converted(image_shape=(20, 32))[0].shape == (20, 32, 1)
    image = converted(image_shape=(64, 48, 3), negate=False, match_tone=False)[0]
    assert image.shape == (64, 48, 3)
    assert image[32, 24].tolist() == [40, 40, 40]


def test_margin(converted):
    image = converted(margin=0.25)[0, :, :, 0]
    rows = (image > 60).any(axis=1).nonzero()[0]
    assert (rows[0], rows[-1]) == (7, 20)


def test_ranges(converted):
    whole = converted()
    fractions = converted(pixel_range=(0, 1))
    assert fractions.dtype == np.float32
    np.testing.assert_allclose(fractions, whole / 255, atol=1e-6)
    both = converted(pixel_range=(-1, 1))
    np.testing.assert_allclose(both, whole / 127.5 - 1, atol=1e-6)


def test_flat_rows(converted):
    np.testing.assert_array_equal(converted(flat=True), converted().reshape(1, 784))


def test_sharpen_changes_something():
    photo = np.full((200, 200, 3), 250, np.uint8)
    photo[20:180, 20:180] = 120
    photo[80:120, 20:180] = 60
    garments = GarmentSegmenter("border").fit_transform([photo])
    soft, sharp = (
        FashionMNISTConverter(sharpen=s, match_tone=False).fit_transform(garments)[0].astype(int)
        for s in (False, True)
    )
    assert np.ptp(sharp[:, 14]) > np.ptp(soft[:, 14]) + 10


@pytest.mark.parametrize("shape", [(28, 28, 1), (1, 1, 1), (5, 300, 3)])
@pytest.mark.parametrize("background", ["black", "white", "photo"])
@pytest.mark.parametrize("size", [(1, 1), (3, 400), (30, 20)])
def test_every_size(shape, background, size):
    mask = np.ones(size, bool)
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    garment = Garment(image, mask, np.array([0, 0, *size[::-1]], float), 1.0, "photo 0")
    images = FashionMNISTConverter(shape, background=background).fit_transform([garment])
    assert images.shape == (1, *shape)


@pytest.mark.parametrize("pixel_range", [(0, 255), (-1, 1)])
def test_no_garment_is_black(draw, pixel_range):
    with pytest.warns(UserWarning, match="No garment"):
        garments = GarmentSegmenter("border").fit_transform([draw(200, 200)])
    images = FashionMNISTConverter(pixel_range=pixel_range).fit_transform(garments)
    assert (images == pixel_range[0]).all()


def test_it_wants_garments(draw):
    with pytest.raises(TypeError, match=r"a ndarray, and garments are wanted.*GarmentSegmenter"):
        FashionMNISTConverter().fit_transform([draw()])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"image_shape": (28, 28, 4)}, "has 4 channels; give 1 or 3"),
        ({"image_shape": 28}, "is not a shape"),
        ({"background": "blac"}, "background='blac' is not known.* Did you mean 'black'"),
        ({"margin": 0.5}, "margin=0.5 is not a fraction"),
        ({"pixel_range": (1, 0)}, "is not .black, white."),
        ({"margin": "x"}, "margin='x' is not a fraction"),
        ({"pixel_range": 3}, "is not .black, white."),
        ({"pixel_range": (1,)}, "is not .black, white."),
        ({"pixel_range": ("a", "b")}, "is not .black, white."),
        ({"pixel_range": (0, np.inf)}, "is not .black, white."),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        FashionMNISTConverter(**parameters).fit()


def test_images_of_the_data_set_stay_as_they_are():
    images = make_garments(50, random_state=0).images
    garments = GarmentSegmenter("border").fit_transform(images)
    converted = FashionMNISTConverter().fit_transform(garments)
    np.testing.assert_array_equal(converted[..., 0], images)
    assert all(garment.found for garment in garments)


def test_a_speck_in_an_image_of_the_data_set_is_no_garment():
    image = np.zeros((28, 28), np.uint8)
    image[3, 3] = 255
    with pytest.warns(UserWarning, match="No garment"):
        garments = GarmentSegmenter("border").fit_transform([image])
    assert (FashionMNISTConverter().fit_transform(garments) == 0).all()


def test_a_single_garment(draw):
    (garment,) = GarmentSegmenter("border").fit_transform([draw()])
    with pytest.raises(TypeError, match="X is a Garment, and a list of garments is wanted"):
        FashionMNISTConverter().fit_transform(garment)


@pytest.mark.parametrize("name", ["negate", "match_tone", "sharpen", "flat"])
def test_what_is_neither_true_nor_false(name):
    """ "auto" is a choice of make_photo_pipeline alone."""
    with pytest.raises(ValueError, match=f"{name}='auto' is neither True nor False"):
        FashionMNISTConverter(**{name: "auto"}).fit()
    FashionMNISTConverter(**{name: np.bool_(False)}).fit()
