"""A fit that fails leaves the classifier as it was; what was built is what is kept."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier, MiniVGGClassifier, load

rng = np.random.default_rng(0)
Y = np.arange(60) % 3
X = rng.integers(0, 200, (60, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]
OTHER = rng.integers(0, 200, (60, 32, 32), dtype=np.uint8)


def lenet(**parameters):
    usual = {"activation": "relu", "pooling": "max", "max_epochs": 2, "random_state": 0}
    return LeNet5Classifier(**usual | parameters)


class Failure(Callback):
    def on_epoch_end(self, net, **kwargs):
        raise RuntimeError("of a user's callback")


def nan_after_half(X):
    X = X.astype(np.float32)
    X[30:] = np.nan
    return X


DIVERGES = {"optimizer": "sgd", "lr": 1e20, "lr_schedule": None}
# What is set, and the data that are given: each of these fits fails.
FAILURES = {
    "diverges": (DIVERGES, X, Y),
    "another shape, diverges": (DIVERGES, OTHER, Y % 2),
    "optimizer": ({"optimizer": "adamm"}, X, Y),
    "schedule": ({"lr_schedule": "circle"}, OTHER, Y),
    "device": ({"device": "cuda:99"}, X, Y),
    "network": ({"activation": "rely"}, X, Y),
    "parameter": ({"lr": -1}, X, Y),
    "augmentation": ({"augment": "flip"}, OTHER, Y),
    "NaN": ({}, nan_after_half(X), Y),
    "one class": ({}, OTHER, np.zeros(60)),
    "labels": ({}, OTHER, Y[:50]),
    "hold-out": ({"early_stopping": True, "validation_fraction": 0.01}, OTHER, Y),
    "callback": ({"callbacks": [Failure()]}, OTHER, Y),
    "weights": ({"class_weight": {0: -1}}, OTHER, Y),
}


def state_of(classifier):
    return {
        name: value
        for name, value in vars(classifier).items()
        if name not in classifier.get_params(deep=False)
    }


@pytest.mark.parametrize(("parameters", "images", "labels"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("method", ["fit", "warm start", "partial_fit"])
def test_a_failed_fit_leaves_the_old_model(parameters, images, labels, method):
    classifier = lenet().fit(X, Y)
    before, state = classifier.predict_proba(X), state_of(classifier)
    weights = copy.deepcopy(classifier.module_.state_dict())
    classifier.set_params(**parameters, warm_start=method == "warm start")
    fit = classifier.partial_fit if method == "partial_fit" else classifier.fit
    if method == "partial_fit" and len(np.unique(labels)) == 1:
        pytest.skip("a piece may have one class only")
    with pytest.raises((ValueError, TypeError, RuntimeError)):
        fit(images, labels)
    assert state_of(classifier).keys() == state.keys()
    assert all(state_of(classifier)[name] is value for name, value in state.items())
    assert all((weights[n] == w).all() for n, w in classifier.module_.state_dict().items())
    np.testing.assert_array_equal(classifier.predict_proba(X), before)


@pytest.mark.parametrize(("parameters", "images", "labels"), FAILURES.values(), ids=FAILURES)
def test_a_failed_first_fit_leaves_nothing(parameters, images, labels):
    classifier = lenet(**parameters)
    with pytest.raises((ValueError, TypeError, RuntimeError)):
        classifier.fit(images, labels)
    assert not state_of(classifier)
    with pytest.raises(NotFittedError):
        classifier.predict(X)


def test_a_fit_after_a_failed_one_is_as_if_it_were_the_first():
    expected = lenet().fit(X, Y).predict_proba(X)
    for start in ("fit", "partial_fit"):
        classifier = lenet(warm_start=True).set_params(**DIVERGES)
        with pytest.raises(ValueError, match="diverged"):
            getattr(classifier, start)(OTHER, Y)
        usual = {name: lenet().get_params()[name] for name in DIVERGES}
        classifier.set_params(**usual).fit(X, Y)
        np.testing.assert_array_equal(classifier.predict_proba(X), expected)


def test_the_old_model_predicts_while_the_new_one_trains():
    classifier = lenet().fit(X, Y)
    before = classifier.predict_proba(X)
    seen = []

    class Ask(Callback):
        def on_batch_end(self, net, **kwargs):
            seen.append(classifier.predict_proba(X))

    classifier.set_params(callbacks=[Ask()], warm_start=True).fit(X, Y)
    assert len(seen) == 2
    for proba in seen:
        np.testing.assert_array_equal(proba, before)


def through_file(classifier, tmp_path):
    classifier.save(tmp_path / "model")
    return load(tmp_path / "model")


KEEPERS = {
    "file": through_file,
    "pickle": lambda classifier, tmp_path: pickle.loads(pickle.dumps(classifier)),
    "deepcopy": lambda classifier, tmp_path: copy.deepcopy(classifier),
}
CHANGES = [
    {"activation": "tanh"},
    {"hidden_units": (128,)},
    {"batch_norm": True, "dropout": 0.5},
    {"precision": "float64"},
    {"image_shape": (14, 56)},
    {"class_weight": {7: 1.0}},
    {"activation": "no such activation"},
]


@pytest.mark.usefixtures("on_cpu")
@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.parametrize("keep", KEEPERS.values(), ids=KEEPERS)
def test_what_was_built_is_what_is_kept(change, keep, tmp_path):
    classifier = lenet().fit(X, Y)
    before = classifier.predict_proba(X), classifier.transform(X)
    precision = classifier.precision_
    classifier.set_params(**change)
    kept = keep(classifier, tmp_path)
    for model in (classifier, kept):
        np.testing.assert_array_equal(model.predict_proba(X), before[0])
        np.testing.assert_array_equal(model.transform(X), before[1])
        assert model.precision_ == precision
    assert repr(kept.get_params()) == repr(classifier.get_params())
    again = keep(kept, tmp_path)
    np.testing.assert_array_equal(again.predict_proba(X), before[0])


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
class TestGoingOnAfterAChange:
    def go_on(self, classifier, method):
        return getattr(classifier.set_params(warm_start=True), method)(X, Y)

    def test_takes_what_fits(self, method):
        classifier = lenet().fit(X, Y)
        usual = self.go_on(copy.deepcopy(classifier), method)
        changed = self.go_on(copy.deepcopy(classifier).set_params(activation="tanh"), method)
        assert isinstance(changed.module_.convolutions[1], type(lenet(
            activation="tanh").fit(X, Y).module_.convolutions[1]))  # fmt: skip
        assert changed.n_iter_ == usual.n_iter_
        assert not np.array_equal(changed.predict_proba(X), usual.predict_proba(X))

    def test_refuses_what_does_not_fit(self, method):
        classifier = lenet().fit(X, Y).set_params(hidden_units=(128,))
        message = r"built with hidden_units=\(120, 84\).*not fit one with hidden_units=\(128,\)"
        with pytest.raises(ValueError, match=message):
            self.go_on(classifier, method)

    def test_takes_another_precision(self, method):
        classifier = lenet(precision="float32").fit(X, Y).set_params(precision="float64")
        assert classifier.predict_proba(X).shape == (60, 3)
        assert classifier.precision_ == "float32"
        assert self.go_on(classifier, method).precision_ == "float64"
        assert classifier.transform(X).dtype == np.float64


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_another_image_shape_is_refused(method):
    classifier = lenet().fit(X, Y).set_params(image_shape=(14, 56), warm_start=True)
    with pytest.raises(ValueError, match=r"image_shape=\(14, 56\).*built for .*\(28, 28, 1\)"):
        getattr(classifier, method)(X, Y)
    getattr(classifier.set_params(image_shape=(28, 28)), method)(X, Y)


@pytest.mark.parametrize("name", ["module_", "net_", "mean_", "image_shape_", "pixel_range_"])
def test_attributes_before_fit(name):
    assert not hasattr(lenet(), name)
    with pytest.raises(AttributeError, match=f"LeNet5Classifier is not fitted yet; {name} is"):
        getattr(lenet(), name)


def test_a_net_that_is_trained_by_itself_leaves_the_history():
    classifier = lenet().fit(X, Y)
    classifier.net_.partial_fit(X, Y, epochs=1)
    classifier.net_.initialize()
    assert len(classifier.history_) == classifier.n_iter_ == 2


def test_another_class_of_the_same_parameters(tmp_path):
    """`tta` says how to predict, and is not of the network."""
    classifier = MiniVGGClassifier(width=4, max_epochs=1, random_state=0).fit(X, Y)
    plain = classifier.predict_proba(X)
    flipped = classifier.set_params(tta="flip").predict_proba(X)
    assert not np.allclose(plain, flipped)
    np.testing.assert_array_equal(through_file(classifier, tmp_path).predict_proba(X), flipped)
