"""Whatever `fit` and `predict` are given: a result, or an error that says what is wrong."""

import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments

X, Y = make_garments(20, random_state=0, return_X_y=True)

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(),
    hnp.unsigned_integer_dtypes(),
    hnp.floating_dtypes(),
    hnp.complex_number_dtypes(),
    hnp.unicode_string_dtypes(max_len=3),
    hnp.datetime64_dtypes(),
)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=6))
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
NESTED = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
# Images that are right but for what is in them, or how many there are.
IMAGES = hnp.arrays(
    st.sampled_from([np.uint8, np.float16, np.float32, np.float64]),
    st.tuples(st.integers(0, 5), st.just(28), st.just(28)),
    fill=st.sampled_from([0, 1]),
)
LABELS = hnp.arrays(st.sampled_from([np.int8, np.float64, bool, np.dtype("U2")]), st.integers(0, 6))
ANYTHING = ARRAYS | NESTED | IMAGES | LABELS
quick = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def fitted():
    return LeNet5Classifier(max_epochs=1, hidden_units=(8,), random_state=0).fit(X, Y)


def attempt(method, *data):
    """Return what a method returns, or None after an error that says what is wrong."""
    said = "what is wrong"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return method(*data)
        except (ValueError, TypeError) as error:
            said = str(error)
    assert len(said) > 10
    return None


@quick
@given(ANYTHING, ANYTHING)
@example(np.full((4, 28, 28), 1e308), [0, 1, 0, 1])
@example(np.full((4, 28, 28), -1e308), [0, 1, 0, 1])
@example(np.zeros((4, 28, 28)), np.array([0, 1, None, "a"], object))
@example([[1, 2], [3]], [0, 1])
def test_fit(images, labels):
    classifier = LeNet5Classifier(max_epochs=1, hidden_units=(8,), random_state=0)
    if attempt(classifier.fit, images, labels) is None:
        assert not hasattr(classifier, "classes_")
        return
    probabilities = classifier.predict_proba(images)
    assert probabilities.shape == (len(images), len(classifier.classes_))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


@quick
@given(images=ANYTHING)
@example(images=np.full((2, 28, 28), 1e308))
@example(images=np.full((2, 28, 28), np.inf, np.float16))
@example(images=X.astype("U3"))
def test_predict(fitted, images):
    predicted = attempt(fitted.predict, images)
    if predicted is not None:
        assert set(predicted) <= set(fitted.classes_)
        assert np.isfinite(attempt(fitted.predict_proba, images)).all()


@quick
@given(images=ANYTHING, labels=ANYTHING, weights=ANYTHING)
def test_partial_fit(fitted, images, labels, weights):
    before = fitted.fitted_network_
    if attempt(fitted.partial_fit, images, labels, None, weights) is None:
        assert fitted.fitted_network_ is before
    assert np.isfinite(fitted.predict_proba(X)).all()
