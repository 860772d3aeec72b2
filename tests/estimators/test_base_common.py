"""What holds for every exported estimator."""

import re

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_sample_weight_equivalence_on_dense_data,
    parametrize_with_checks,
)

from skfashion import (
    CNN4ConvClassifier,
    LeNet5Classifier,
    V4Classifier,
    V7Classifier,
)
from skfashion.cli._models import models
from skfashion.estimators._docs import entries_of, sections

pytestmark = pytest.mark.usefixtures("narrow_vgg19")
ESTIMATORS = list(models().values())
EPOCHS = 15  # of narrow networks, which learn slower
WEIGHTS = "check_sample_weight_equivalence_on_dense_data"


def expected_failures(_):
    return {WEIGHTS: "mini-batches, low precision, and dropout that is drawn for each image"}


def narrow(cls, **parameters):
    """Return a classifier with few channels and units, for what does not depend on them."""
    few = {"width": 8, "bottleneck_width": 4, "hidden_dropout": 0.0, "image_size": 32}
    names = cls().get_params()
    if "hidden_units" in names:
        few["hidden_units"] = (32,) * len(cls().hidden_units)
    return cls(**{name: value for name, value in few.items() if name in names}, **parameters)


def affordable(cls):
    """Return a classifier at its defaults, but for the size to which images are enlarged."""
    return cls(image_size=32) if "image_size" in cls().get_params() else cls()


def without_dropout(cls):
    """Return the parameters that switch off what is drawn for each image of a batch."""
    return {"dropout": 0.0} if "dropout" in cls().get_params() else {}


@parametrize_with_checks([LeNet5Classifier()], expected_failed_checks=expected_failures)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [affordable(cls) for cls in ESTIMATORS if cls is not LeNet5Classifier],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_checks_of_all(estimator, check):
    """With few channels, but for the small ones in the check of how well they learn."""
    name = getattr(check, "func", check).__name__
    by_results = name in ("check_classifiers_train", "check_class_weight_classifiers")
    with_width = name == "check_classifiers_train" and "readonly_memmap" not in str(check)
    with_width = with_width and not re.match("V[2-7]", type(estimator).__name__)
    if not with_width and "image_size" not in estimator.get_params():
        longer = {"max_epochs": EPOCHS} if by_results else {}
        estimator = narrow(type(estimator), **longer)
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [  # plain, with batch normalization, and residual
        narrow(cls, precision="float64", max_epochs=EPOCHS, **without_dropout(cls))
        for cls in (LeNet5Classifier, CNN4ConvClassifier, V4Classifier, V7Classifier)
    ]
)
def test_scikit_learn_checks_in_float64(estimator, check):
    if WEIGHTS in str(check):
        pytest.skip("has a test of its own")
    if "readonly_memmap" in str(check):
        pytest.skip("what can be written does not depend on the precision")
    check(estimator)


def test_sample_weights_are_repetitions_in_float64(estimator_class):
    """With one full batch and without dropout, which draws for each image on its own.

    By plain steps: Adam divides gradients that are rounding of 0 by themselves.
    """
    classifier = narrow(
        estimator_class,
        precision="float64",
        batch_size=1000,
        optimizer="sgd",
        **without_dropout(estimator_class),
    )
    check_sample_weight_equivalence_on_dense_data(estimator_class.__name__, classifier)


def test_parameters_are_documented_with_their_defaults(estimator_class):
    documented = entries_of(sections(estimator_class.__doc__)["Parameters"])
    defaults = estimator_class().get_params()
    assert set(documented) == set(defaults)
    for name, text in documented.items():
        default = re.search(r"default=(.*)", text.splitlines()[0]).group(1)
        assert eval(default) == defaults[name], name


def test_fitted_attributes_are_documented(estimator_class, garments):
    X, y = garments
    classifier = estimator_class(max_epochs=1).fit(X[:64], y[:64])
    attributes = sections(estimator_class.__doc__)["Attributes"]
    documented = set(re.findall(r"\w+_(?=[ ,])", " ".join(re.findall(r"^.* : ", attributes, re.M))))
    names = [*vars(classifier), *dir(type(classifier))]
    fitted = {name for name in names if name.endswith("_") and name[0] != "_"}
    assert fitted | {"feature_names_in_"} == documented


def test_has_a_short_representation(estimator_class):
    assert repr(estimator_class()) == f"{estimator_class.__name__}()"
    assert repr(clone(estimator_class(lr=0.5))) == f"{estimator_class.__name__}(lr=0.5)"


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (32, 32, 3), (1, 5)])
def test_every_size_of_image(estimator_class, shape):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (12, *shape), dtype=np.uint8)
    classifier = estimator_class(max_epochs=1, random_state=0).fit(X, np.arange(12) % 3)
    proba = classifier.predict_proba(X)
    assert proba.shape == (12, 3)
    assert proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    np.testing.assert_array_equal(classifier.predict(X), classifier.classes_[proba.argmax(axis=1)])
    assert classifier.image_shape_ == (*shape, 1)[:3]


def test_metadata_routing(estimator_class):
    with sklearn.config_context(enable_metadata_routing=True):
        classifier = estimator_class().set_fit_request(sample_weight=True, X_val=False)
        assert clone(classifier).get_metadata_routing().fit.requests["sample_weight"] is True
