"""Images as they come, and as they are drawn."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from skfashion.inspection import ImageGridDisplay, MisclassifiedDisplay
from skfashion.inspection._images import as_images, check_n, classes_of, drawable, names_of

grey = np.arange(2 * 3 * 5, dtype=np.uint8).reshape(2, 3, 5)


@pytest.mark.parametrize(
    ("X", "image_shape"),
    [
        (grey, None),
        (grey[..., None], None),
        (grey[:, None], None),
        (grey.tolist(), None),
        (grey.reshape(2, 15), (3, 5)),
        (grey.reshape(2, 15), (3, 5, 1)),
    ],
)
def test_all_layouts_are_read(X, image_shape):
    np.testing.assert_array_equal(as_images(X, image_shape), grey[..., None])


@pytest.mark.parametrize(
    ("X", "image_shape", "message"),
    [
        (grey.astype(complex), None, "dtype complex128; images are real numbers"),
        (np.array([["a", "b"]]), None, "dtype <U1; images are real numbers"),
        (np.zeros((0, 28, 28)), None, r"shape \(0, 28, 28\); wanted: at least one image"),
        (np.zeros(784), None, r"shape \(784,\); wanted: at least one image"),
        (np.zeros((2, 784)), (3, 4), r"784 columns, .* \(3, 4, 1\) .* have 12 pixels"),
        (grey, (4, 3), r"images of shape \(3, 5, 1\), but image_shape is \(4, 3, 1\)"),
        (np.zeros((2, 2, 2, 2, 2)), None, "5 dimensions"),
        (grey, (3,), r"image_shape=\(3,\) is not a shape"),
    ],
)
def test_what_is_no_image(X, image_shape, message):
    with pytest.raises(ValueError, match=message):
        ImageGridDisplay.from_images(X, image_shape=image_shape)


@pytest.mark.parametrize(
    ("pixels", "white"),
    [
        (np.uint8([0, 100]), 255),
        (np.array([0.0, 0.5]), 1),
        (np.array([0.0, 100.0]), 255),
        (np.uint16([0, 9000]), 65535),
        (np.array([0.0, 200.5]), 255),
        (np.array([0.0, 16.0]), 16),  # scikit-learn's digits
        (np.uint8([0, 0]), 1),
        (np.array([False, True]), 1),
    ],
)
def test_white_is_that_of_the_scale(pixels, white):
    drawn = drawable(pixels.reshape(1, 1, 2, 1))
    np.testing.assert_allclose(drawn.ravel(), pixels.astype(float) / white)


def test_standardized_images_fill_the_scale():
    np.testing.assert_allclose(
        drawable(np.array([-1.0, 0, 3]).reshape(1, 1, 3, 1))[0, 0], [0, 0.25, 1]
    )


@pytest.mark.parametrize(("n_channels", "drawn"), [(1, ()), (2, ()), (3, (3,)), (4, (4,)), (5, ())])
def test_channels(n_channels, drawn):
    assert drawable(np.ones((2, 6, 6, n_channels))).shape == (2, 6, 6, *drawn)


def test_missing_pixels_stay_missing():
    assert np.isnan(drawable(np.array([0.0, np.nan, 1]).reshape(1, 1, 3, 1))[0, 0, 1])


@pytest.mark.parametrize("n", [0, -1, 1.5, "3", True, None])
def test_numbers_of_images(n):
    with pytest.raises(ValueError, match="n_images=.* is not a whole number of at least 1"):
        check_n("n_images", n)


@pytest.mark.parametrize(
    ("labels", "came"), [(["a"], "1 names"), ("shirts", "the string 'shirts'"), (list("abc"), "3")]
)
def test_names_are_one_for_each_class(labels, came):
    with pytest.raises(ValueError, match=f"display_labels is {came}.* sequence of 2 names"):
        MisclassifiedDisplay.from_predictions(grey, [0, 1], np.eye(2), display_labels=labels)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_pixels_that_are_not_finite(value):
    with pytest.raises(ValueError, match="X has pixels that are NaN or infinite"):
        as_images(np.full((2, 4, 4), value))


def test_sparse_images():
    with pytest.raises(TypeError, match="X is sparse; wanted: a dense array"):
        as_images(csr_matrix(np.eye(4)))


def test_images_of_different_sizes():
    with pytest.raises(ValueError, match="are its images of different sizes"):
        as_images([np.ones((4, 4)), np.ones((3, 4))])


def test_names_in_a_dict():
    with pytest.raises(
        ValueError, match=r"display_labels is the dict \{0: 'a', 1: 'b'\}; wanted: a seq.*\[0, 1\]"
    ):
        names_of(np.arange(2), {0: "a", 1: "b"})


def test_labels_that_cannot_be_sorted():
    with pytest.raises(ValueError, match="y has labels of the types NoneType, str, which cannot"):
        classes_of(np.array(["a", None], dtype=object))


def test_data_frames_of_nullable_dtypes():
    rows = np.arange(32).reshape(2, 16)
    frame = pd.DataFrame(rows).astype("UInt8")
    np.testing.assert_array_equal(as_images(frame)[..., 0], rows.reshape(2, 4, 4))
    np.testing.assert_array_equal(as_images(rows.astype(object))[..., 0], rows.reshape(2, 4, 4))
    frame.iloc[0, 0] = pd.NA
    with pytest.raises(ValueError, match=r"X has the dtype object; .* contains NaN"):
        as_images(frame)
