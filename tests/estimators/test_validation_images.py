"""Which arrays are images, and that it does not matter how they are laid out."""

import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skfashion import LeNet5Classifier

FAST = {"max_epochs": 1, "hidden_units": (8,), "random_state": 0, "precision": "float32"}


def proba(X, y, X_test=None, **parameters):
    classifier = LeNet5Classifier(**FAST | parameters).fit(X, y)
    return classifier.predict_proba(X if X_test is None else X_test)


@pytest.fixture(scope="module")
def grey(garments):
    X, y = garments
    return X[:60].reshape(60, 28, 28), y[:60]


@pytest.fixture(scope="module")
def rgb():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (30, 20, 16, 3), dtype=np.uint8), np.arange(30) % 3


@pytest.mark.usefixtures("on_cpu")
def test_grey_layouts_are_the_same(grey):
    X, y = grey
    expected = proba(X, y)
    for same in (
        X[..., None],
        X[:, None],
        X.reshape(60, 784),
        X.reshape(60, 784).tolist(),
        pd.DataFrame(X.reshape(60, 784)),
        np.asfortranarray(X),
    ):
        np.testing.assert_array_equal(proba(same, y), expected)
        np.testing.assert_array_equal(proba(X, y, X_test=same), expected)


def test_colour_layouts_are_the_same(rgb):
    X, y = rgb
    expected = proba(X, y)
    np.testing.assert_array_equal(proba(X.transpose(0, 3, 1, 2), y), expected)
    flat = X.reshape(30, -1)
    np.testing.assert_array_equal(proba(flat, y, image_shape=(20, 16, 3)), expected)
    square = proba(X[:, :16].reshape(30, -1), y)
    np.testing.assert_array_equal(square, proba(X[:, :16], y))


@pytest.mark.parametrize("channels", [2, 5])
def test_image_shape_tells_where_the_channels_are(channels):
    X = np.random.default_rng(0).integers(0, 256, (20, 14, 13, channels), dtype=np.uint8)
    y = np.arange(20) % 2
    how = {"image_shape": (14, 13, channels)}
    np.testing.assert_array_equal(
        proba(X.transpose(0, 3, 1, 2), y, X_test=X, **how), proba(X, y, **how)
    )


def test_colours_matter(rgb):
    X, y = rgb
    classifier = LeNet5Classifier(**FAST).fit(X, y)
    assert classifier.mean_.shape == classifier.std_.shape == (3,)
    assert not np.allclose(classifier.predict_proba(X), classifier.predict_proba(X[..., ::-1]))


def test_bytes_and_fractions_train_alike(grey):
    X, y = grey
    expected = proba(X, y, precision="float64")
    np.testing.assert_allclose(proba(X / 255, y, precision="float64"), expected, rtol=1e-6)
    np.testing.assert_allclose(proba(X / 127.5 - 1, y, precision="float64"), expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "float16", "float32", "float64"])
def test_dtypes_are_the_same(grey, dtype):
    X, y = grey
    np.testing.assert_allclose(proba(X.astype(dtype), y), proba(X, y), rtol=1e-4)


def test_scale_is_learned_from_the_training_images(grey):
    X, y = grey
    classifier = LeNet5Classifier(**FAST).fit(X, y)
    np.testing.assert_allclose(classifier.mean_, X.mean())
    np.testing.assert_allclose(classifier.std_, X.std())
    np.testing.assert_allclose(LeNet5Classifier(**FAST).fit(X * 0 + 7, y).std_, 1)


def test_read_only_memory_map_without_a_warning(grey, tmp_path):
    X, y = grey
    joblib.dump(X, tmp_path / "X")
    X_map = joblib.load(tmp_path / "X", mmap_mode="r")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(proba(X_map, y), proba(X, y))


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_data_stay_as_they_were(grey, dtype):
    X, y = grey
    X = X.astype(dtype)
    before = X.copy()
    proba(X, y)
    np.testing.assert_array_equal(X, before)


labels = st.one_of(
    st.lists(st.integers(-3, 3), min_size=12, max_size=12),
    st.lists(st.sampled_from(["bag", "boot", "été"]), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=12, max_size=12),
).filter(lambda y: len(set(y)) > 1)

images = st.one_of(
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3, 4])),
).flatmap(
    lambda shape: hnp.arrays(
        st.sampled_from([np.uint8, np.int32, np.float16, np.float32, np.float64, np.bool_]),
        (12, *shape),
        elements={"min_value": 0, "max_value": 1},
    )
)


@settings(max_examples=40, deadline=None)
@given(X=images, y=labels)
def test_any_images_and_labels(X, y):
    classifier = LeNet5Classifier(**FAST, batch_size=5).fit(X, y)
    assert set(classifier.classes_) == set(y)
    predicted = classifier.predict(X)
    assert predicted.shape == (12,)
    assert set(predicted) <= set(y)
    assert np.isfinite(classifier.predict_log_proba(X)).all()
    assert classifier.n_features_in_ == X[0].size


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_a_batch_of_one_grey_image(dtype):
    X = np.random.default_rng(0).integers(0, 256, (20, 28, 28)).astype(dtype)
    fitted = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, np.arange(20) % 2)
    wanted = fitted.predict_proba(X)[:1]
    for one in (X[:1], X[:1, None], X[:1, ..., None]):
        np.testing.assert_allclose(fitted.predict_proba(one), wanted, atol=1e-5)
