"""Every way of keeping a classifier, for every classifier: it comes back to the bit."""

import copy
import os
import pickle
import warnings

import joblib
import numpy as np
import pytest

from skfashion import load

NARROW = {
    "width": 2, "bottleneck_width": 2, "hidden_units": (8,), "hidden_dropout": 0.1,
    "image_size": 32, "max_epochs": 1, "random_state": 0,
}  # fmt: skip
SMALL = 12_000  # bytes beside the weights: of parameters, history, names of layers


def saved(classifier, path):
    classifier.save(path)
    return load(path)


def pickled(classifier, path):
    path.write_bytes(pickle.dumps(classifier))
    return pickle.loads(path.read_bytes())


def dumped(classifier, path, **how):
    joblib.dump(classifier, path)
    return joblib.load(path, **how)


def mapped(classifier, path):
    return dumped(classifier, path, mmap_mode="r")


def copied(classifier, path):
    return copy.deepcopy(classifier)


@pytest.fixture(scope="module")
def fitted(request):
    """A function that fits a classifier, once for all ways of keeping it."""
    known = {}

    def fit(cls):
        if cls not in known:
            rng, y = np.random.default_rng(0), np.arange(40) % 3
            X = rng.integers(0, 200, (40, 12, 14), dtype=np.uint8)
            X += (20 * y).astype(np.uint8)[:, None, None]
            parameters = {n: v for n, v in NARROW.items() if n in cls().get_params()}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # VGG-19 without weights
                known[cls] = cls(**parameters).fit(X, y), X
        return known[cls]

    return fit


@pytest.mark.usefixtures("narrow_vgg19")
@pytest.mark.parametrize("keep", [saved, pickled, dumped, mapped, copied])
def test_every_estimator_comes_back(estimator_class, fitted, keep, tmp_path):
    classifier, X = fitted(estimator_class)
    path = tmp_path / "model"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = keep(classifier, path)
        for method in ("predict", "predict_proba", "decision_function", "transform"):
            expected = getattr(classifier, method)(X)
            np.testing.assert_array_equal(getattr(again, method)(X), expected)
    assert again.get_params() == classifier.get_params()
    assert again.history_ == classifier.history_
    if keep is not copied:
        weights = again.module_.state_dict().values()
        n_bytes = sum(weight.numel() * weight.element_size() for weight in weights)
        # A pickle has the structure of the network as well: about a kilobyte for each layer.
        most = SMALL if keep is saved else SMALL + 3000 * len(list(again.module_.modules()))
        assert n_bytes < os.path.getsize(path) < 1.02 * n_bytes + most
