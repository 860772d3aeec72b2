"""Layouts of images, labels left among the pixels, and the scale of pixels."""

import warnings
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.preprocessing import StandardScaler

from skfashion._images import (
    PixelRange,
    check_image_shape,
    few_are_outside,
    merged,
    pixel_range,
    scale_mismatch,
    shape_of_images,
    shape_of_rows,
    suggestion_for_single_image,
)
from skfashion.datasets import make_garments

# Flat rows.


@pytest.mark.parametrize(
    ("n_columns", "shape"),
    [(1, (1, 1, 1)), (784, (28, 28, 1)), (2352, (28, 28, 3)), (3072, (32, 32, 3)), (3, (1, 1, 3))],
)
def test_squares(n_columns, shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert shape_of_rows(n_columns) == shape


@pytest.mark.parametrize("n_columns", [2, 10, 50, 58, 500, 783, 786, 2354])
def test_other_rows_are_one_row_images(n_columns):
    with pytest.warns(UserWarning, match=rf"X has {n_columns} columns.* one-row images.*Give"):
        assert shape_of_rows(n_columns) == (1, n_columns, 1)


@pytest.mark.parametrize("side", [8, 28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("n_labels", "number", "labels"), [(1, "one", "the label column"), (10, "ten", "the one-hot")]
)
def test_labels_left_in(side, channels, n_labels, number, labels):
    n_pixels = side * side * channels
    n_columns = n_pixels + n_labels
    message = (
        rf"X has {n_columns} columns, {number} more than the {n_pixels} pixels of "
        rf"{side} x {side}( x 3)? images: (is|are) {labels}.* still in X\?"
    )
    with pytest.raises(ValueError, match=message) as raised:
        shape_of_rows(n_columns)
    assert (" x 3 " in str(raised.value)) == (channels == 3)
    assert f"image_shape=(H, W), (H, W, C), or (1, {n_columns})" in str(raised.value)
    with pytest.raises(ValueError, match=message) as raised:
        shape_of_rows(n_columns, has_image_shape=False)
    assert "image_shape" not in str(raised.value)
    assert f"reshape X to (n, H, W), (n, H, W, C), or (n, 1, {n_columns})" in str(raised.value)


@given(n_columns=st.integers(1, 5000))
def test_every_width_is_read_or_refused(n_columns):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            height, width, channels = shape_of_rows(n_columns)
        except ValueError:
            pixels = {n_columns - 1, n_columns - 10}
            assert pixels & {c * k * k for c in (1, 3) for k in range(8, 72)}
            return
    assert height * width * channels == n_columns
    assert bool(caught) == (height != width)


@pytest.mark.parametrize("n_columns", [17, 26, 49, 50, 59, 13, 148])
def test_few_pixels_and_labels_are_no_suspicion(n_columns):
    """Of less than 8 pixels a side, such rows can be anything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.prod(shape_of_rows(n_columns)) == n_columns


# Shapes.


@pytest.mark.parametrize(
    ("given_shape", "shape"),
    [
        ((28, 28), (28, 28, 1)),
        ([28, 20], (28, 20, 1)),
        ((32, 32, 3), (32, 32, 3)),
        (np.array([8, 9]), (8, 9, 1)),
        ((np.int64(8), 9.0, 3), (8, 9, 3)),
    ],
)
def test_image_shapes(given_shape, shape):
    checked = check_image_shape(given_shape)
    assert checked == shape
    assert all(type(size) is int for size in checked)


@pytest.mark.parametrize("shape", [28, "28", (28,), (28, 28, 1, 1), (0, 28), (28, 2.5), None])
def test_what_is_no_image_shape(shape):
    with pytest.raises(ValueError, match=r"is not a shape: give \(H, W\) for grey images"):
        check_image_shape(shape)


@pytest.mark.parametrize(
    ("shape", "expected", "result"),
    [
        ((5, 28, 20), None, ((28, 20, 1), False)),
        ((5, 28, 20, 3), None, ((28, 20, 3), False)),
        ((5, 3, 28, 20), None, ((28, 20, 3), True)),
        ((5, 3, 28, 3), None, ((3, 28, 3), False)),
        ((5, 3, 28, 3), (28, 3, 3), ((28, 3, 3), True)),
        ((5, 7, 28, 20), (28, 20, 7), ((28, 20, 7), True)),
    ],
)
def test_axes_of_images(shape, expected, result):
    assert shape_of_images(shape, expected) == result


@pytest.mark.parametrize("shape", [(5,), (5, 1, 28, 28, 3), ()])
def test_axes_that_are_no_images(shape):
    with pytest.raises(ValueError, match=r"X has \d dimensions.* Images are \(n, H, W\)"):
        shape_of_images(shape)


# One image.


@pytest.mark.parametrize(
    ("shape", "image_shape"),
    [
        ((28, 20), (28, 20, 1)),
        ((28, 20, 1), (28, 20, 1)),
        ((560,), (28, 20, 1)),
        ((32, 32, 3), (32, 32, 3)),
        ((3, 32, 32), (32, 32, 3)),
        ((3072,), (32, 32, 3)),
    ],
)
def test_one_image_without_its_batch_axis(shape, image_shape):
    hint = suggestion_for_single_image(shape, image_shape)
    assert hint.startswith(f" X has the shape {shape}: is that one image without its batch axis?")
    assert hint.endswith(f"Give X[None], of shape {(1, *shape)}.")
    one = np.zeros(shape)[None]
    if one.ndim > 2:
        assert shape_of_images(one.shape, image_shape)[0] == image_shape


@pytest.mark.parametrize(
    ("shape", "image_shape"),
    [
        ((28, 28, 28), (28, 28, 1)),
        ((1, 28, 20), (28, 20, 1)),  # a batch of one
        ((20, 28), (28, 20, 1)),
        ((32, 32), (32, 32, 3)),
        ((5, 784), (28, 28, 1)),
        ((783,), (28, 28, 1)),
        ((1, 784), (28, 28, 1)),
        ((), (28, 28, 1)),
    ],
)
def test_what_is_not_one_image(shape, image_shape):
    assert suggestion_for_single_image(shape, image_shape) == ""


# The range of pixels.

any_pixels = hnp.arrays(
    st.sampled_from([np.uint8, np.int16, np.int64, np.bool_, np.float16, np.float32, np.float64]),
    hnp.array_shapes(min_dims=0, max_dims=4, max_side=6, min_side=0),
    elements={"min_value": 0, "max_value": 9},
)


@given(X=any_pixels)
def test_pixel_range_is_that_of_numpy(X):
    expected = (inf, -inf, True)
    if X.size:
        whole = bool((X.astype(np.float64) % 1 == 0).all())
        expected = (float(X.min()), float(X.max()), whole)
    for layout in (X, X.T, X[..., ::-1] if X.ndim else X, np.asfortranarray(X)):
        assert pixel_range(layout) == expected
    assert all(type(value) in (float, bool) for value in pixel_range(X))


@given(pieces=st.lists(any_pixels.map(np.ravel), min_size=1, max_size=4))
def test_ranges_of_pieces(pieces):
    together = pixel_range(pieces[0])
    for piece in pieces[1:]:
        together = merged(together, pixel_range(piece))
    flat = np.concatenate([piece.astype(np.float64) for piece in pieces])
    assert together == pixel_range(flat)


def test_large_arrays_are_looked_at_to_the_end(monkeypatch):
    monkeypatch.setattr("skfashion._images.CHUNK", 16)
    X = np.ones((10, 7, 7), dtype=np.float32)
    X[3, 3, 3], X[-1, -1, -1] = -3, 4.5
    X.setflags(write=False)
    assert pixel_range(X) == (-3, 4.5, False)
    assert pixel_range(X[..., ::2, ::2]) == (1, 4.5, False)


# Scales.

garments = make_garments(300, random_state=0).images.reshape(300, -1)  # bytes
mean, std = garments.mean(), garments.std()

SCALES = {
    "bytes": garments,
    "bytes as floats": garments.astype(np.float32),
    "interpolated bytes": (garments[:, 1:] + garments[:, :-1].astype(float)) / 2,
    "fractions": garments / 255,
    "from -1 to 1": garments / 127.5 - 1,
    "standardized": (garments - mean) / std,
    "standardized pixels": StandardScaler().fit_transform(garments.astype(float)),
    "scaled pixels": StandardScaler(with_mean=False).fit_transform(garments.astype(float)),
    "16 bits": garments.astype(np.uint16) * 257,
    "signed": garments.astype(np.int64) * 4 - 500,
    "noisy": garments / 255 + np.random.default_rng(0).normal(0, 0.05, garments.shape),
    "binary": garments > 127,
}
RANGES = {name: pixel_range(images) for name, images in SCALES.items()}

BYTES = ["bytes", "bytes as floats", "interpolated bytes"]
SMALL = ["fractions", "from -1 to 1", "standardized"]

MISMATCHES = (
    [(seen, new) for seen in BYTES for new in SMALL]
    + [(seen, new) for seen in [*SMALL, "noisy", "binary"] for new in BYTES]
    + [
        ("fractions", "from -1 to 1"),
        ("fractions", "standardized"),
        ("from -1 to 1", "standardized"),
        ("16 bits", "bytes"),
        ("16 bits", "bytes as floats"),
        ("16 bits", "fractions"),
        ("bytes", "16 bits"),
        ("fractions", "16 bits"),
        ("signed", "fractions"),
        ("bytes", "noisy"),
    ]
)


@pytest.mark.parametrize(("seen", "new"), MISMATCHES)
def test_other_scales(seen, new):
    assert scale_mismatch(RANGES[seen], RANGES[new])
    images = SCALES[new]
    assert scale_mismatch(RANGES[seen], pixel_range(images[:50]))


@pytest.mark.parametrize("scale", [20.0, 45.0, 90.0])
def test_standardized_with_other_moments(scale):
    """A sparse data set has a small deviation, so that its white is far from 0."""
    standardized = pixel_range((garments - scale / 3) / scale)
    for seen in BYTES:
        assert scale_mismatch(RANGES[seen], standardized)


@pytest.mark.parametrize("name", SCALES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_images_of_the_same_scale(name, data):
    images = SCALES[name]
    chosen = data.draw(st.lists(st.integers(0, len(images) - 1), min_size=1, max_size=20))
    part = images[chosen]
    assert not scale_mismatch(RANGES[name], pixel_range(part))
    brightness = data.draw(st.floats(0.1, 1.0))
    darker = part * brightness
    assert not scale_mismatch(RANGES[name], pixel_range(darker))
    if part.dtype.kind in "iu":
        assert not scale_mismatch(RANGES[name], pixel_range(darker.astype(part.dtype)))
    assert not scale_mismatch(RANGES[name], pixel_range(part[:, :1] * 0 + part.max()))


@pytest.mark.parametrize("name", [*BYTES, *SMALL, "noisy", "16 bits", "signed"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_pixels_that_were_divided_or_multiplied(name, data):
    images = SCALES[name]
    chosen = data.draw(st.lists(st.integers(0, len(images) - 1), min_size=1, max_size=20))
    part = images[chosen].astype(float)
    assert scale_mismatch(RANGES[name], pixel_range(part / 255))
    assert scale_mismatch(RANGES[name], pixel_range(part * 255))
    for other in (part / 255, part * 255):
        assert not few_are_outside(RANGES[name], other.reshape(len(part), -1, 1, 1))


@pytest.mark.parametrize(
    ("seen", "new"),
    [
        ((0, 255, True), (0, 0, True)),  # black
        ((0, 255, True), (255, 255, True)),  # white
        ((0, 255, True), (0, 1, True)),  # nearly black
        ((0, 255, True), (100, 102, True)),  # low contrast
        ((0, 255, True), (100.2, 102.7, False)),
        ((0, 255, True), (-7.5, 262.1, False)),  # what bicubic interpolation adds
        ((0, 255, True), (-1e-6, 9.5, False)),  # rounding
        ((0, 200, True), (0, 255, True)),  # brighter
        ((0, 20, True), (0, 255, True)),
        ((0.0, 25.5, False), (0, 255, True)),
        ((0.0, 1.0, False), (0, 1, True)),  # black and white
        ((0.0, 1.0, False), (0.5, 0.51, False)),
        ((0.0, 1.0, False), (0.0, 0.01, False)),
        ((0.0, 1.0, False), (-0.05, 1.05, False)),
        ((0.0, 0.3, False), (0.0, 1.0, False)),
        ((-1.0, 1.0, False), (-1.0, -1.0, True)),
        ((-1.0, 1.0, False), (-0.01, 0.02, False)),
        ((-0.8, 2.0, False), (-0.8, -0.8, False)),
        ((-0.8, 2.0, False), (-3.0, 5.0, False)),
        ((0, 65535, True), (0, 700, True)),
        ((0, 4095, True), (0, 200, True)),  # 12 bits
        ((-1000, 3000, True), (-5, 9, True)),
        ((7, 7, True), (0, 255, True)),  # a single value has no scale
        ((0, 0, True), (0, 255, True)),
    ],
)
def test_dark_bright_and_flat_images_are_no_mismatch(seen, new):
    assert not scale_mismatch(PixelRange(*seen), PixelRange(*new))


@pytest.mark.parametrize(
    ("seen", "new"),
    [
        ((0.0, 1.0000001, False), (0, 255, True)),  # rounding above 1
        ((0.0, 1.2, False), (0, 255, True)),
        ((0.0, 1.0, False), (0, 2, True)),
        ((0, 1, True), (0, 255, True)),
        ((0, 255, True), (0, 4095, True)),
        ((0, 255, True), (-128, 127, True)),  # signed bytes
        ((0, 65535, True), (0, 255, True)),
        ((-1.0, 1.0, False), (0.0, 0.0039, False)),
        ((-0.8, 2.0, False), (-0.8 / 255, 2.0 / 255, False)),
        ((1000, 1255, True), (3.9, 4.9, False)),
    ],
)
def test_ranges_that_cannot_be_on_the_scale(seen, new):
    assert scale_mismatch(PixelRange(*seen), PixelRange(*new))


def test_no_images_have_no_scale():
    nothing = pixel_range(np.zeros((0, 28, 28)))
    assert not scale_mismatch(nothing, RANGES["bytes"])
    assert not scale_mismatch(RANGES["bytes"], nothing)
    assert merged(nothing, RANGES["bytes"]) == RANGES["bytes"]
