"""What a user of make_garments notices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils import check_random_state

from skfashion.datasets import _garments, make_garments


def test_bunch():
    garments = make_garments(50, random_state=0)
    assert garments.data.shape == (50, 784)
    assert garments.data.dtype == np.uint8
    assert garments.data.flags.c_contiguous
    assert garments.data.flags.writeable
    assert garments.images.shape == (50, 28, 28)
    assert np.shares_memory(garments.images, garments.data)
    assert garments.target.dtype == np.int64
    assert garments.target_names.tolist() == [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]
    assert len(garments.feature_names) == 784
    assert "drawn by a program" in garments.DESCR


def test_default_size():
    X, y = make_garments(random_state=0, return_X_y=True)
    assert X.shape == (1000, 784)
    assert np.bincount(y).tolist() == [100] * 10


def test_the_tuple_is_the_same():
    garments = make_garments(30, random_state=3)
    X, y = make_garments(30, random_state=3, return_X_y=True)
    np.testing.assert_array_equal(X, garments.data)
    np.testing.assert_array_equal(y, garments.target)


@settings(max_examples=15, deadline=None)
@given(n_samples=st.integers(1, 60), seed=st.integers(0, 2**32 - 1))
def test_any_size_and_seed(n_samples, seed):
    X, y = make_garments(n_samples, random_state=seed, return_X_y=True)
    assert X.shape == (n_samples, 784)
    assert y.shape == (n_samples,)
    counts = np.bincount(y, minlength=10)
    assert counts.max() - counts.min() <= 1
    assert len(counts) == 10
    # something is drawn in each image, and something is left out
    assert (X.max(axis=1) > 30).all()
    assert ((X == 0).mean(axis=1) > 0.02).all()
    # the same numbers give the same images, however they are passed
    X_again, y_again = make_garments(
        n_samples, random_state=np.random.RandomState(seed), return_X_y=True
    )
    np.testing.assert_array_equal(X_again, X)
    np.testing.assert_array_equal(y_again, y)


def test_seeds_differ():
    X0, y0 = make_garments(20, random_state=0, return_X_y=True)
    X1, y1 = make_garments(20, random_state=1, return_X_y=True)
    assert (X0 != X1).any()
    assert (y0 != y1).any()


def test_no_two_images_are_equal():
    X, _ = make_garments(500, random_state=0, return_X_y=True)
    assert len(np.unique(X, axis=0)) == 500


def test_global_random_state_is_left_alone():
    numpys_own = check_random_state(None)
    numpys_own.seed(0)
    before = numpys_own.get_state()[1].copy()
    make_garments(20, random_state=0)
    make_garments(20, random_state=np.random.RandomState(0))
    np.testing.assert_array_equal(numpys_own.get_state()[1], before)


def test_none_draws_from_the_global_random_state():
    numpys_own = check_random_state(None)
    numpys_own.seed(0)
    first = make_garments(10).data
    assert (make_garments(10).data != first).any()
    numpys_own.seed(0)
    np.testing.assert_array_equal(make_garments(10).data, first)


def test_classes_are_shuffled():
    _, y = make_garments(1000, random_state=0, return_X_y=True)
    # in 1,000 shuffled labels some 100 equal their neighbour
    assert 60 < (y[1:] == y[:-1]).sum() < 150
    assert np.abs(np.corrcoef(np.arange(1000), y)[0, 1]) < 0.15


def test_small_sets_do_not_favour_a_class():
    single = {int(make_garments(1, random_state=seed).target[0]) for seed in range(40)}
    assert len(single) >= 7


@pytest.mark.parametrize("chunk", [1, 7])
def test_chunks_cover_all(monkeypatch, chunk):
    monkeypatch.setattr(_garments, "_CHUNK", chunk)
    X, _ = make_garments(83, random_state=0, return_X_y=True)
    assert (X.max(axis=1) > 30).all()


@pytest.fixture(scope="module")
def train_and_test():
    train = make_garments(1000, random_state=0, return_X_y=True)
    return (*train, *make_garments(500, random_state=1, return_X_y=True))


@pytest.mark.parametrize(
    "classifier",
    [
        RandomForestClassifier(50, random_state=0),
        make_pipeline(MinMaxScaler(), LogisticRegression(C=0.01, tol=0.05)),
    ],
)
def test_classes_can_be_learned(train_and_test, classifier):
    X, y, X_test, y_test = train_and_test
    assert classifier.fit(X, y).score(X_test, y_test) > 0.6


def test_articles_look_like_their_class(train_and_test):
    X, y, _, _ = train_and_test
    images = X.reshape(-1, 28, 28) > 30
    heights = images.any(axis=2).sum(axis=1)
    widths = images.any(axis=1).sum(axis=1)
    names = make_garments(10, random_state=0).target_names.tolist()

    def typical(values, name):
        return np.median(values[y == names.index(name)])

    assert typical(heights, "Trouser") > 1.8 * typical(widths, "Trouser")
    assert typical(widths, "Sneaker") > 1.7 * typical(heights, "Sneaker")
    assert typical(widths, "Pullover") > typical(widths, "Dress") + 4
    assert typical(heights, "Ankle boot") > typical(heights, "Sneaker") + 4
    # shoes point to the left: their left half is lower than their right
    for name in ("Sneaker", "Ankle boot", "Sandal"):
        mean = images[y == names.index(name)].mean(axis=0)
        assert mean[:14, :10].sum() < mean[:14, 18:].sum()


@pytest.mark.parametrize("n_samples", [0, -1, 2.5, "10", None, True])
def test_bad_n_samples(n_samples):
    with pytest.raises(ValueError, match="n_samples must be an integer of at least 1"):
        make_garments(n_samples)
