"""Classifiers on modules of one's own, and subclasses of the package's."""

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator
from torch import nn
from torch.nn import functional

from skfashion import LeNet5Classifier, ModuleClassifier, RandomShift, load
from skfashion.estimators import ImageClassifier

rng = np.random.default_rng(0)
Y = np.arange(90) % 3
X = rng.integers(0, 200, (90, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]


class Net(nn.Module):
    """A module in the manner of torch's tutorials, with everything that draws at random."""

    def __init__(self, image_shape, n_classes, width=8):
        super().__init__()
        self.conv = nn.Conv2d(image_shape[2], width, 3, padding=1)
        self.bn = nn.BatchNorm2d(width)
        self.drop = nn.Dropout2d(0.2)
        self.fc1 = nn.Linear(width * 16, 32)
        self.fc2 = nn.Linear(32, n_classes)

    def forward(self, x):
        x = functional.relu(self.bn(self.conv(x)))
        x = self.drop(functional.adaptive_max_pool2d(x, 4))
        if self.training:
            x = x + 0.01 * torch.randn_like(x)
        x = functional.dropout(x.flatten(1), 0.5, training=self.training)
        return self.fc2(functional.relu(self.fc1(x)))


def make(**parameters):
    usual = {"module": Net, "max_epochs": 3, "batch_size": 32, "random_state": 0}
    return ModuleClassifier(**usual | parameters)


class TestHasAllThatOthersHave:
    @pytest.mark.parametrize("precision", ["float32", "bfloat16", "float64"])
    def test_precision(self, precision):
        classifier = make(precision=precision).fit(X, Y)
        assert classifier.transform(X).shape == (90, 32)
        proba = classifier.predict_proba(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1)
        again = pickle.loads(pickle.dumps(classifier))
        np.testing.assert_array_equal(again.predict_proba(X), proba)

    def test_training(self):
        classifier = make(
            early_stopping=True, augment=RandomShift(1), class_weight="balanced", tta="flip"
        ).fit(X, Y)
        assert "valid_loss" in classifier.history_[0]
        assert np.isfinite(classifier.predict_proba(X)).all()
        classifier.set_params(early_stopping=False, class_weight=None).partial_fit(X, Y)
        assert classifier.n_iter_ == 4

    @pytest.mark.usefixtures("on_cpu")
    def test_features_lead_to_the_logits(self):
        classifier = make(precision="float64").fit(X, Y)
        output = classifier.module_.module.fc2
        weight, bias = (p.detach().numpy() for p in (output.weight, output.bias))
        logits = classifier.transform(X) @ weight.T + bias
        np.testing.assert_allclose(logits, classifier.decision_function(X), atol=1e-9)

    def test_search(self):
        search = GridSearchCV(make(max_epochs=1), {"module": [Net, partial(Net, width=4)]}, cv=2)
        assert search.fit(X, Y).best_score_ > 0

    def test_files(self, tmp_path):
        classifier = make().fit(X, Y)
        with pytest.warns(UserWarning, match="module of ModuleClassifier cannot be stored"):
            classifier.save(tmp_path / "model")
        loaded = load(tmp_path / "model", module=Net)
        np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
        assert loaded.partial_fit(X, Y).n_iter_ == 4
        with pytest.raises(ValueError, match=r"holds a ModuleClassifier: give .*module="):
            load(tmp_path / "model")
        with pytest.raises(ValueError, match="damaged"):
            load(tmp_path / "model", module=partial(Net, width=4))
        LeNet5Classifier(max_epochs=1).fit(X, Y).save(tmp_path / "lenet")
        with pytest.raises(ValueError, match="holds a LeNet5Classifier: leave `module` out"):
            load(tmp_path / "lenet", module=Net)

    @pytest.mark.slow
    def test_onnx(self, tmp_path):
        onnxruntime = pytest.importorskip("onnxruntime")
        classifier = make(precision="float32").fit(X, Y)
        classifier.to_onnx(tmp_path / "model.onnx")
        session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
        (proba,) = session.run(["probabilities"], {"images": X[..., None].astype(np.float32)})
        np.testing.assert_allclose(proba, classifier.predict_proba(X), atol=1e-5)


class TestRandomNumbers:
    def test_same_seed_same_bits(self):
        before = torch.get_rng_state()
        first = make().fit(X, Y).predict_proba(X)
        torch.rand(3)
        np.testing.assert_array_equal(make().fit(X, Y).predict_proba(X), first)
        assert not np.array_equal(make(random_state=1).fit(X, Y).predict_proba(X), first)
        torch.set_rng_state(before)

    def test_global_generator_is_as_it_was(self):
        before = torch.get_rng_state()
        make().fit(X, Y)
        assert torch.equal(torch.get_rng_state(), before)

    def test_in_threads_as_alone(self):
        alone = make().fit(X, Y).predict_proba(X)
        with ThreadPoolExecutor(3) as pool:
            for proba in pool.map(lambda _: make().fit(X, Y).predict_proba(X), range(6)):
                np.testing.assert_allclose(proba, alone, atol=1e-5)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (None, "module=None makes no network"),
        (Net((28, 28, 1), 3), "makes no network"),
        (lambda image_shape, n_classes: None, "of type NoneType; wanted"),
        (lambda image_shape, n_classes: nn.Flatten(), "784|logits"),
        (lambda image_shape, n_classes: nn.Linear(3, 3), "blank|shape"),
        (lambda image_shape, n_classes: Net, "the class Net"),
    ],
)
def test_what_is_no_factory(module, message):
    with pytest.raises(ValueError, match=message):
        make(module=module).fit(X, Y)


def small_cnn(image_shape, n_classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(image_shape)), n_classes))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_check_estimator():
    expected = {"check_sample_weight_equivalence_on_dense_data": "mini-batches in float32"}
    check_estimator(
        # A linear model learns scikit-learn's few images in more steps than the defaults have.
        ModuleClassifier(module=small_cnn, lr=0.05, max_epochs=40, random_state=0),
        expected_failed_checks=expected,
    )


# Subclasses.


class NoDocstring(LeNet5Classifier):
    pass


class OfASubclass(NoDocstring):
    "Mine."


class Mixin:
    """What others share."""

    def twice(self, X):
        return self.predict(X), self.predict(X)


class MixinFirst(Mixin, LeNet5Classifier):
    """Mine, too."""


class MixinOnly(Mixin, OfASubclass):
    pass


class OtherDefaults(LeNet5Classifier):
    """With defaults of its own, stated plainly."""

    max_epochs = 1
    activation: str = "relu"


@dataclass(kw_only=True, repr=False, eq=False)
class AsDataclass(OtherDefaults):
    hidden_units: tuple = (16,)


class OwnConstructor(LeNet5Classifier):
    def __init__(self, *, random_state=None):
        super().__init__(random_state=random_state, max_epochs=1, hidden_units=(8,))


class OwnNetwork(ImageClassifier):
    """With a network of its own."""

    width: int = 4

    def build_network(self, image_shape, n_classes, generator=None):
        return Net(image_shape, n_classes, width=self.width)


class OfOwnConstructor(OwnConstructor):
    pass


class Extra:
    extra: int = 3
    max_epochs = 1


class DefaultsOfAMixin(Extra, LeNet5Classifier):
    """With the defaults of a mixin."""

    def build_network(self, image_shape, n_classes, generator=None):
        return Net(image_shape, n_classes, width=self.extra)


class ConstructorOfAMixin:
    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.log = []


class WithAConstructorOfAMixin(ConstructorOfAMixin, LeNet5Classifier):
    pass


SUBCLASSES = [
    NoDocstring,
    OfASubclass,
    MixinFirst,
    MixinOnly,
    OtherDefaults,
    AsDataclass,
    OwnNetwork,
]


@pytest.mark.parametrize("cls", SUBCLASSES)
def test_subclasses_work(cls, tmp_path):
    classifier = clone(cls(random_state=0)).set_params(max_epochs=1).fit(X, Y)
    assert repr(cls()) == f"{cls.__name__}()"
    classifier.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert type(loaded) is cls
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    assert isinstance(classifier, BaseEstimator)
    if cls.__doc__ and "Mine" in cls.__doc__:
        assert "max_epochs : int" in cls.__doc__
        assert "classes_ : " in cls.__doc__


def test_defaults_of_a_subclass():
    assert OtherDefaults().max_epochs == 1
    assert OtherDefaults().activation == AsDataclass().activation == "relu"
    assert "max_epochs : int, default=1" in OtherDefaults.__doc__
    classifier = AsDataclass(random_state=0).fit(X, Y)
    assert classifier.module_.n_features_out == 16
    assert OtherDefaults(max_epochs=2).max_epochs == 2


def test_a_constructor_of_ones_own():
    classifier = OwnConstructor(random_state=0).fit(X, Y)
    assert classifier.n_iter_ == 1
    assert classifier.module_.n_features_out == 8


def test_inherited_constructors_are_kept(tmp_path):
    classifier = OfOwnConstructor(random_state=0).fit(X, Y)
    assert classifier.module_.n_features_out == 8
    classifier.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    assert WithAConstructorOfAMixin(max_epochs=1).log == []


def test_defaults_of_a_mixin():
    assert DefaultsOfAMixin().max_epochs == 1
    assert "max_epochs : int, default=1" in DefaultsOfAMixin.__doc__
    classifier = DefaultsOfAMixin(extra=5, random_state=0).fit(X, Y)
    assert classifier.module_.module.conv.out_channels == 5
    assert NoDocstring.__doc__ is None


def test_the_base_has_no_network():
    with pytest.raises(NotImplementedError, match="override build_network, or use ModuleClass"):
        ImageClassifier(max_epochs=1).fit(X, Y)


def test_a_class_of_the_same_name_does_not_take_files_of_the_package(tmp_path):
    fitted = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, Y)
    fitted.save(tmp_path / "model")
    own = type("LeNet5Classifier", (LeNet5Classifier,), {"__module__": "mine"})
    assert type(load(tmp_path / "model")) is LeNet5Classifier
    own(max_epochs=1).fit(X, Y).save(tmp_path / "own")
    assert type(load(tmp_path / "own")) is own


def test_a_factory_that_returns_the_same_module():
    module = small_cnn((28, 28, 1), 3)
    before = module[1].weight.clone()
    first = make(module=lambda image_shape, n_classes: module).fit(X, Y)
    proba = first.predict_proba(X)
    clone(first).set_params(random_state=1).fit(X, Y)
    np.testing.assert_array_equal(first.predict_proba(X), proba)
    assert torch.equal(module[1].weight, before)


class TwoOutputs(nn.Module):
    def __init__(self, image_shape, n_classes):
        super().__init__()
        self.net = small_cnn(image_shape, n_classes)

    def forward(self, x):
        return (self.net(x), x) if self.training else self.net(x)


def frozen(image_shape, n_classes):
    return small_cnn(image_shape, n_classes).requires_grad_(False)


def scripted(image_shape, n_classes):
    return torch.jit.script(small_cnn(image_shape, n_classes))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("module", "message"),
    [
        (TwoOutputs, "gives a tuple in training"),
        (frozen, "has no trainable parameters"),
        (scripted, "is a TorchScript module"),
    ],
)
def test_modules_that_cannot_be_trained(module, message):
    with pytest.raises(ValueError, match=message):
        make(module=module).fit(X, Y)


def test_a_network_of_a_subclass_is_searched():
    search = GridSearchCV(OwnNetwork(max_epochs=1), {"width": [2, 6]}, cv=2).fit(X, Y)
    best = search.best_estimator_
    assert best.module_.module.conv.out_channels == search.best_params_["width"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("cls", [OfASubclass, OwnNetwork])
def test_check_estimator_of_subclasses(cls):
    expected = {"check_sample_weight_equivalence_on_dense_data": "mini-batches in float32"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_estimator(cls(random_state=0), expected_failed_checks=expected)


def test_a_last_mini_batch_of_one_image():
    def build(image_shape, n_classes):
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 8), nn.BatchNorm1d(8), nn.Linear(8, n_classes)
        )

    classifier = ModuleClassifier(module=build, max_epochs=1, batch_size=89)
    with pytest.raises(ValueError, match=r"has 1 image.*of 90 images, with batch_size=89\. Set an"):
        classifier.fit(X, Y)
    classifier.set_params(batch_size=88).fit(X, Y)
