"""Images side by side."""

import numpy as np
import pytest

from skfashion.inspection import ImageGridDisplay


def test_each_image_is_shown_with_its_title(data):
    X, y, names = data
    display = ImageGridDisplay.from_images(X, titles=names[y], n_images=7, n_columns=4)
    assert [ax.get_title() for ax in display.axes_] == names[y[:7]].tolist()
    for image, drawn in zip(X[:7], display.images_, strict=True):
        np.testing.assert_allclose(drawn.get_array(), image / 255)


def test_a_row_for_each_class(data):
    X, y, names = data
    display = ImageGridDisplay.from_images(X, y, display_labels=names, n_columns=3)
    assert [ax.get_ylabel() for ax in display.axes_] == names.tolist()
    for label, drawn in enumerate(display.images_):
        row = drawn.get_array()
        for i, image in enumerate(X[y == label][:3]):
            np.testing.assert_allclose(row[:, i * 30 : i * 30 + 28], image / 255)


def test_classes_with_few_images_leave_places_empty():
    display = ImageGridDisplay.from_images(np.ones((3, 4, 4)), list("aab"), n_columns=2)
    rows = [drawn.get_array() for drawn in display.images_]
    assert rows[0].shape == rows[1].shape
    assert np.ma.is_masked(rows[1][:, 6:])


def test_colour_images():
    red = np.zeros((1, 3, 3, 3))
    red[..., 0] = 1
    drawn = ImageGridDisplay.from_images(red).images_[0].get_array()
    np.testing.assert_array_equal(drawn, red[0])


def test_colour_images_in_rows():
    display = ImageGridDisplay.from_images(np.ones((3, 4, 4, 3)), list("aab"))
    assert display.images_[0].get_array().shape[2] == 3
    display.figure_.draw_without_rendering()


def test_by_default_fifty_are_shown(data):
    assert len(ImageGridDisplay.from_images(data[0]).axes_) == 50


def test_colours():
    display = ImageGridDisplay.from_images(np.eye(4)[None], cmap="gray_r")
    assert display.images_[0].get_cmap().name == "gray_r"


def test_errors(data):
    X, y, names = data
    with pytest.raises(ValueError, match="2 titles for 3 images"):
        ImageGridDisplay.from_images(X[:3], titles=["a", "b"])
    for how in ({"titles": names}, {"n_images": 3}):
        with pytest.raises(ValueError, match="With y there is a row for each class"):
            ImageGridDisplay.from_images(X, y, **how)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        ImageGridDisplay.from_images(X, y[:-1])
    with pytest.raises(ValueError, match="n_columns=0"):
        ImageGridDisplay.from_images(X, n_columns=0)


def test_rows_are_no_wider_than_the_largest_class(data):
    X, y, _ = data
    display = ImageGridDisplay.from_images(X, y, n_columns=1000)
    assert display.figure_.get_size_inches()[0] < 20


def test_labels_in_a_column(data):
    X, y, _ = data
    assert len(ImageGridDisplay.from_images(X, y[:, None]).axes_) == 10
