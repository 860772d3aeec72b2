"""Every constructor parameter of every estimator changes something, or raises."""

import io
from contextlib import redirect_stderr
from functools import cache

import numpy as np
import pytest
from sklearn.callback import ProgressBar
from skorch.callbacks import LRScheduler

import skfashion
from skfashion import RandomShift
from skfashion.cli._models import models
from skfashion.datasets import make_garments

pytestmark = pytest.mark.usefixtures("narrow_vgg19")
X, Y = make_garments(48, random_state=0, return_X_y=True)
X_NEW = make_garments(16, random_state=1).data
SMALL = {"max_epochs": 2, "batch_size": 16, "random_state": 0, "precision": "float32"}
SMALL_NETWORK = {"width": 4, "bottleneck_width": 2, "image_size": 32}
STOPPING = {
    "early_stopping": True,
    "validation_fraction": 0.25,
    "max_epochs": 10,
    "lr": 0.02,
    "lr_schedule": None,
}
SEEDS = range(4)  # what decides when to stop may decide alike by chance, but not each time

# For each parameter another value, and what else has to be set for it to matter.
OTHERS = {
    "optimizer": ("sgd", {}),
    "lr": (1e-4, {}),
    "weight_decay": (0.9, {}),
    "lr_schedule": (None, {}),
    "warmup_fraction": (0.5, {}),
    "max_epochs": (3, {}),
    "batch_size": (12, {}),
    "shuffle": (False, {}),
    "augment": (RandomShift(2), {}),
    "label_smoothing": (0.3, {}),
    "ema_decay": (None, {}),
    "class_weight": ({3: 5.0}, {}),
    "early_stopping": (True, {"validation_fraction": 0.25}),
    "validation_fraction": (0.4, STOPPING),
    "patience": (1, STOPPING | {"patience": None}),
    "monitor": ("valid_acc", STOPPING),
    "tta": ("flip", {}),
    "image_shape": ((14, 56), {}),
    "init_from": ("no such file", {}),
    "device": ("cuda:77", {}),
    "precision": ("bfloat16", {}),
    "checkpoint_dir": (__file__, {}),
    "callbacks": ([LRScheduler("StepLR", step_size=1)], {}),
    "warm_start": (True, {}),
    "random_state": (99, {}),
    "verbose": (1, {}),
    "width": (6, {}),
    "bottleneck_width": (3, {}),
    "activation": ("elu", {}),
    "pooling": ("avg", {}),
    "batch_norm": (None, {}),
    "dropout": (0.9, {}),
    "hidden_dropout": (0.9, {}),
    "hidden_units": (None, {}),
    "l2": (0.5, {}),
    "weights": ("no such file", {}),
    "image_size": (64, {}),
    "fine_tune": (1, {}),
}


SEEN_IN_FILES = {"checkpoint_interval"}  # see test_base_checkpoints.py
CASES = [
    (cls, name)
    for cls in models().values()
    for name in cls().get_params(deep=False)
    if name not in SEEN_IN_FILES
]
CASES = [
    case if case[0] is skfashion.LeNet5Classifier else pytest.param(*case, marks=pytest.mark.slow)
    for case in CASES
]


def another_value(cls, name):
    default = getattr(cls, name)
    if name == "batch_norm":
        return not default
    if name == "hidden_units":
        return tuple(units + 8 for units in default)
    if name == "activation" and default == "elu":
        return "relu"
    if name == "pooling" and default == "avg":
        return "max"
    return OTHERS[name][0]


def outcome(cls, parameters):
    """Return all that a user could notice of two fits: predictions, epochs, what is shown."""
    classifier = cls(**parameters)
    with redirect_stderr(io.StringIO()) as shown:
        try:
            classifier.fit(X, Y).fit(X, Y)
        except (ValueError, OSError) as error:
            return type(error).__name__
    return (
        classifier.predict_proba(X_NEW).tobytes(),
        len(classifier.history_),
        classifier.best_epoch_,
        bool(shown.getvalue()),
    )


@cache
def usual_outcome(cls, parameters):
    """Return the outcome without a change, which is the same for most parameters."""
    return outcome(cls, dict(parameters))


@pytest.mark.parametrize("callback", [ProgressBar(), ("named", ProgressBar()), print])
def test_callbacks_that_are_not_of_skorch(callback, garments):
    X, y = garments
    with pytest.raises(TypeError, match=r"no callback of skorch: .* to the method set_callbacks"):
        skfashion.LeNet5Classifier(callbacks=[callback]).fit(X, y)


@pytest.mark.filterwarnings("ignore:weights=None")
@pytest.mark.parametrize(
    ("cls", "name"), CASES, ids=lambda part: part if isinstance(part, str) else part.__name__
)
def test_changes_something_or_raises(cls, name):
    assert name in OTHERS, f"say in OTHERS what another value of {name!r} is"
    small = {k: v for k, v in SMALL_NETWORK.items() if k in cls().get_params()}
    changed = {name: another_value(cls, name)}
    for seed in SEEDS:
        usual = SMALL | small | OTHERS[name][1] | {"random_state": seed}
        before = usual_outcome(cls, tuple(usual.items()))
        assert isinstance(before, tuple)
        if outcome(cls, usual | changed) != before:
            return
    pytest.fail(f"{name} changes nothing")


def test_all_epochs_are_the_same_without_a_change():
    """What the test above would see if a parameter changed nothing."""
    first, second = (outcome(skfashion.LeNet5Classifier, SMALL) for _ in range(2))
    assert first == second
    assert np.frombuffer(first[0]).size == 160
