"""Images are compared with the training images: their scale, their shape, their batch axis."""

import warnings

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    StandardScaler,
)

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments

X, Y = make_garments(200, random_state=0, return_X_y=True)
SCALES = {
    "bytes": lambda X: X,
    "floats to 255": lambda X: X.astype(float),
    "to 1": lambda X: X / 255,
    "from -1 to 1": lambda X: X / 127.5 - 1,
    "standardized": lambda X: (X - 72.0) / 90.0,
    "16 bits": lambda X: X * 257.0,
}
SAME = [{"bytes", "floats to 255"}]


def lenet(**parameters):
    return LeNet5Classifier(**{"max_epochs": 1, "random_state": 0} | parameters)


@pytest.mark.parametrize("seen", SCALES)
@pytest.mark.parametrize("new", SCALES)
@pytest.mark.parametrize("method", ["predict", "X_val", "partial_fit", "warm start"])
def test_another_scale_is_told(seen, new, method):
    known, asked = SCALES[seen](X), SCALES[new](X[:50])
    alike = seen == new or {seen, new} in SAME
    # Standardized pixels are no known scale, and reach beyond [-1, 1] by little.
    if new == "to 1" and seen in ("from -1 to 1", "standardized"):
        pytest.skip("cannot be told")
    if {seen, new} == {"from -1 to 1", "standardized"}:
        pytest.skip("cannot be told")
    classifier = lenet(warm_start=method == "warm start")
    if method != "X_val":
        classifier.fit(known, Y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if method == "predict":
            classifier.predict(asked)
        elif method == "X_val":
            classifier.fit(known, Y, X_val=asked, y_val=Y[:50])
        elif method == "partial_fit":
            classifier.partial_fit(asked, Y[:50])
        else:
            classifier.fit(asked, Y[:50])
    told = [str(w.message) for w in caught if "cannot be the same scale" in str(w.message)]
    assert bool(told) == (not alike)
    if told:
        assert f"from {asked.min():g} to {asked.max():g}" in told[0]
        assert f"{known.min():g} to {known.max():g}" in told[0]
        assert ("X_val has pixels" in told[0]) == (method == "X_val")


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_single_and_dark_images_are_not_told(scale):
    classifier = lenet().fit(scale(X), Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for images in (X[:1], X // 3, np.zeros_like(X[:2]), np.full_like(X[:1], 255)):
            classifier.predict(scale(images))


def test_a_validation_set_that_a_pipeline_does_not_scale():
    pipeline = make_pipeline(StandardScaler(), lenet())
    with pytest.warns(UserWarning, match="X_val has pixels"):
        pipeline.fit(X, Y, lenet5classifier__X_val=X[:50] * 4.0, lenet5classifier__y_val=Y[:50])
    pipeline = make_pipeline(FunctionTransformer(lambda X: X / 255), lenet())
    with pytest.warns(UserWarning, match="X_val has pixels from 0 to 255.*from 0 to 1"):
        pipeline.fit(X, Y, lenet5classifier__X_val=X[:50], lenet5classifier__y_val=Y[:50])


def test_the_range_of_pieces_grows():
    classifier = lenet().partial_fit(X // 100, Y).partial_fit(X, Y)
    assert classifier.pixel_range_ == (0, 255, True)
    with pytest.warns(UserWarning, match="cannot be the same scale"):
        classifier.predict(X / 255)


@pytest.mark.parametrize(
    "images",
    [X[0].reshape(28, 28), X[0].reshape(28, 28, 1), X[0].reshape(1, 28, 28)[0], X[0]],
    ids=["grey", "one channel", "from a stack", "row"],
)
def test_one_image_without_its_batch_axis(images):
    classifier = lenet().fit(X.reshape(-1, 28, 28), Y)
    for method in (classifier.predict, classifier.transform):
        with pytest.raises(ValueError, match=r"X\[None\]"):
            method(images)
    assert classifier.predict(images[None]).shape == (1,)


def test_one_colour_image_without_its_batch_axis():
    colour = np.repeat(X.reshape(-1, 28, 28, 1), 3, axis=3)
    classifier = lenet().fit(colour, Y)
    for images in (colour[0], colour[0].transpose(2, 0, 1), colour[0].ravel()):
        with pytest.raises(ValueError, match=r"X\[None\]"):
            classifier.predict(images)


@pytest.mark.parametrize("n_columns", [785, 2353, 3073, 794, 1034, 3082])
def test_labels_left_in(n_columns):
    images = np.random.default_rng(0).random((20, n_columns))
    with pytest.raises(ValueError, match=f"{n_columns} columns.*label.*image_shape"):
        lenet().fit(images, Y[:20])
    classifier = lenet(image_shape=(1, n_columns)).fit(images, Y[:20])
    assert classifier.image_shape_ == (1, n_columns, 1)


@pytest.mark.parametrize(
    "scaler", [MinMaxScaler(), MaxAbsScaler(), StandardScaler(), MinMaxScaler((-1, 1))]
)
def test_scalers_of_single_pixels(scaler, fashion_mnist):
    """A pixel that was black in all training images has no known scale."""
    X, y, photos, _ = fashion_mnist
    pipeline = make_pipeline(scaler, lenet()).fit(X[:300], y[:300])
    photos = photos[:2000]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        pipeline.predict(photos)
    assert pipeline[0].transform(photos).max() > 10 * pipeline[0].transform(X[:300]).max()
    with pytest.warns(UserWarning, match="cannot be the same scale"):
        pipeline[-1].predict(photos)


def test_one_image_of_another_scale_among_many():
    fitted = lenet().fit(X / 255, Y)
    mixed = X / 255
    mixed[7] = X[7]
    with pytest.warns(UserWarning, match="cannot be the same scale"):
        fitted.predict(mixed)
