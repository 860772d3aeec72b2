"""An interrupted fit resumes from its checkpoint, and ends as if nothing had happened."""

import functools
import warnings

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback, EpochScoring, GradientNormClipping

from skfashion import (
    LeNet5Classifier,
    ModuleClassifier,
    RandomHorizontalFlip,
    RandomShift,
    V5Classifier,
)
from skfashion.datasets import make_garments
from skfashion.training import ImageNet

X, Y = make_garments(100, random_state=0, return_X_y=True)
WEIGHTS = np.linspace(0.5, 2, len(X))


class Killed(BaseException):
    pass


def break_off(classifier, n_steps, *data, **fit):
    """Fit, and break the fit off after so many mini-batches."""
    left = iter(range(n_steps))
    step = ImageNet.train_step

    def train_step(net, batch, **kwargs):
        if next(left, None) is None:
            raise Killed
        return step(net, batch, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageNet, "train_step", train_step)
        with pytest.raises(Killed):
            classifier.fit(*(data or (X, Y)), **fit)


def n_steps_of(fit, *args, **kwargs):
    """Return how many mini-batches a fit trains on."""
    n_steps, step = [], ImageNet.train_step

    def train_step(net, batch, **kwargs):
        n_steps.append(1)
        return step(net, batch, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageNet, "train_step", train_step)
        fit(*args, **kwargs)
    return len(n_steps)


def rows(classifier):
    return [{k: v for k, v in row.items() if k != "dur"} for row in classifier.history_]


def assert_same(first, second, images=X):
    np.testing.assert_array_equal(first.predict_proba(images), second.predict_proba(images))
    assert rows(first) == rows(second)
    assert first.n_iter_ == second.n_iter_
    assert first.best_epoch_ == second.best_epoch_


def lenet(**parameters):
    parameters = {"batch_size": 32, "max_epochs": 4, "random_state": 0} | parameters
    return LeNet5Classifier(**parameters)


def with_torchs_dropout(image_shape, n_classes):
    n_pixels = image_shape[0] * image_shape[1] * image_shape[2]
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Dropout(0.5), torch.nn.Linear(n_pixels, n_classes)
    )


CASES = {
    **{name: {"optimizer": name} for name in ("sgd", "adam", "adamw", "muon", "rmsprop")},
    "a class": {"optimizer": torch.optim.NAdam},
    "a partial": {"optimizer": functools.partial(torch.optim.SGD, momentum=0.5)},
    **{str(name): {"lr_schedule": name} for name in ("cosine", "step", None)},
    "no averages": {"ema_decay": None},
    "augmented": {"augment": [RandomShift(2), RandomHorizontalFlip()]},
    "in order": {"shuffle": False},
    "class weights": {"class_weight": "balanced"},
    "early stopping": {"early_stopping": True, "validation_fraction": 0.3},
    "dropout": {"dropout": 0.5},
}


@pytest.mark.parametrize("parameters", CASES.values(), ids=CASES)
def test_ends_as_an_unbroken_fit_does(parameters, tmp_path):
    unbroken = lenet(**parameters).fit(X, Y)
    saved = lenet(checkpoint_dir=tmp_path, **parameters)
    break_off(clone(saved), 7)
    break_off(clone(saved), 4)  # once more
    n_steps = n_steps_of(saved.fit, X, Y)
    assert 0 < n_steps < 12
    assert_same(saved, unbroken)


@pytest.mark.parametrize(
    ("make", "fit"),
    [
        (lenet, {"sample_weight": WEIGHTS}),
        (functools.partial(lenet, early_stopping=True), {"X_val": X[:30], "y_val": Y[:30]}),
        (functools.partial(lenet, warmup_fraction=0.5, label_smoothing=0.2), {}),
        (functools.partial(ModuleClassifier, module=with_torchs_dropout, batch_size=32), {}),
    ],
    ids=["sample weights", "validation set", "settings", "module"],
)
def test_with_all_that_a_fit_may_have(make, fit, tmp_path):
    make = functools.partial(make, random_state=0, max_epochs=3)
    unbroken = make().fit(X, Y, **fit)
    break_off(make(checkpoint_dir=tmp_path), 6, X, Y, **fit)
    assert_same(make(checkpoint_dir=tmp_path).fit(X, Y, **fit), unbroken)


def test_every_estimator(estimator_class, tmp_path):
    few = {"width": 4, "bottleneck_width": 2, "image_size": 32}
    known = estimator_class().get_params()
    make = functools.partial(
        estimator_class,
        **{name: few[name] for name in few.keys() & known},
        max_epochs=2,
        batch_size=16,
        random_state=0,
        precision="float32",
    )
    images, labels = X[:32], Y[:32]
    unbroken = make().fit(images, labels)
    break_off(make(checkpoint_dir=tmp_path), 3, images, labels)
    saved = make(checkpoint_dir=tmp_path)
    assert n_steps_of(saved.fit, images, labels) == 2
    assert_same(saved, unbroken, images)


def test_a_random_state_instance(tmp_path):
    unbroken = lenet(random_state=np.random.RandomState(0)).fit(X, Y)
    rng = np.random.RandomState(0)
    saved = lenet(checkpoint_dir=tmp_path, random_state=rng)
    break_off(saved, 6)
    # In the process of the broken-off fit, which has drawn from it, and in a new one.
    for state in (rng, np.random.RandomState(0)):
        again = lenet(checkpoint_dir=tmp_path, random_state=state)
        assert_same(again.fit(X, Y), unbroken)
        once = np.random.RandomState(0)
        once.randint(np.iinfo(np.int32).max)
        assert state.randint(1000) == once.randint(1000)


def test_a_random_state_instance_that_moves_on_is_another_fit(tmp_path):
    rng = np.random.RandomState(0)
    saved = lenet(checkpoint_dir=tmp_path, random_state=rng, max_epochs=1)
    first, second = (saved.fit(X, Y).predict_proba(X) for _ in range(2))
    assert not np.array_equal(first, second)


def test_another_random_state_instance_is_refused(tmp_path):
    break_off(lenet(checkpoint_dir=tmp_path, random_state=np.random.RandomState(0)), 6)
    other = lenet(checkpoint_dir=tmp_path, random_state=np.random.RandomState(1))
    with pytest.raises(ValueError, match="differs in random_state"):
        other.fit(X, Y)


def test_without_a_seed_a_fit_goes_on_and_the_next_one_differs(tmp_path):
    saved = lenet(checkpoint_dir=tmp_path, random_state=None, early_stopping=True)
    break_off(saved, 6)
    assert n_steps_of(saved.fit, X, Y) == 6
    first = saved.predict_proba(X)
    assert n_steps_of(saved.fit, X, Y) == 12
    assert not np.array_equal(saved.predict_proba(X), first)


def test_warm_start(tmp_path):
    def after_the_first(**parameters):
        return lenet(max_epochs=1).fit(X, Y).set_params(warm_start=True, max_epochs=3, **parameters)

    unbroken = after_the_first().fit(X, Y)
    break_off(after_the_first(checkpoint_dir=tmp_path), 6)
    saved = after_the_first(checkpoint_dir=tmp_path)
    assert n_steps_of(saved.fit, X, Y) == 8
    assert_same(saved, unbroken)
    assert saved.n_iter_ == 4
    # A complete fit, and one that goes on from it, are two.
    assert n_steps_of(saved.fit, X, Y) == 12
    assert saved.n_iter_ == 7


def test_warm_start_with_batch_normalization(tmp_path):
    """How many mini-batches there were before counts in its running statistics."""

    def after_the_first(**parameters):
        first = {"width": 4, "hidden_units": (8, 8), "batch_size": 50, "max_epochs": 1}
        first |= {"random_state": 0, "lr_schedule": None, "ema_decay": None}
        classifier = V5Classifier(**first).fit(X, Y)
        return classifier.set_params(warm_start=True, max_epochs=4, **parameters)

    broken = after_the_first(checkpoint_dir=str(tmp_path))
    break_off(broken, 5)
    assert_same(broken.fit(X, Y), after_the_first().fit(X, Y))


def test_warm_start_from_other_weights_is_refused(tmp_path):
    saved = lenet(max_epochs=1).fit(X, Y).set_params(warm_start=True, checkpoint_dir=tmp_path)
    saved.set_params(max_epochs=2)
    break_off(clone(saved).set_params(warm_start=False), 6)
    with pytest.raises(ValueError, match=r"start \(nothing there, the weights after 1 epochs here"):
        saved.fit(X, Y)


def test_a_complete_fit_is_not_fitted_again(tmp_path):
    first, again = (lenet(checkpoint_dir=tmp_path, early_stopping=True) for _ in range(2))
    first.fit(X, Y)
    assert n_steps_of(again.fit, X, Y) == 0
    assert_same(first, again)


def test_early_stopping_that_has_stopped_does_not_go_on(tmp_path):
    how = {"early_stopping": True, "patience": 1, "lr": 0.05, "max_epochs": 30, "batch_size": 16}
    saved = lenet(checkpoint_dir=tmp_path, **how).fit(X, Y)
    assert saved.n_iter_ < 30
    again = lenet(checkpoint_dir=tmp_path, **how)
    assert n_steps_of(again.fit, X, Y) == 0
    assert_same(saved, again)


DIFFERING = {
    "lr": {"lr": 0.02},
    "optimizer": {"optimizer": functools.partial(torch.optim.SGD, momentum=0.9)},
    "augment": {"augment": RandomShift(3)},
    "dropout": {"dropout": 0.5},
    "random_state": {"random_state": 1},
    "max_epochs": {"max_epochs": 9},
    "precision": {"precision": "float64"},
    "init_from": {"init_from": lenet(max_epochs=1, precision="float32").fit(X, Y)},
    "sample_weight or class_weight": {"class_weight": "balanced"},
    "callbacks": {"callbacks": [EpochScoring("accuracy", name="a")]},
}
FOR_ALL = {
    "optimizer": functools.partial(torch.optim.SGD, momentum=0.1),
    "precision": "float32",
    "augment": RandomShift(2),
    "dropout": 0.1,
}


@pytest.mark.parametrize("complete", [False, True], ids=["broken off", "complete"])
@pytest.mark.parametrize("name", DIFFERING)
def test_other_parameters_are_refused(name, complete, tmp_path):
    saved = lenet(checkpoint_dir=tmp_path, max_epochs=2, **FOR_ALL)
    saved.fit(X, Y) if complete else break_off(saved, 6)
    other = clone(saved).set_params(**DIFFERING[name])
    with pytest.raises(ValueError, match=rf"another fit, which differs in {name} \(") as error:
        other.fit(X, Y)
    assert str(tmp_path) in str(error.value)
    assert ")," not in str(error.value)  # in nothing else
    assert n_steps_of(clone(saved).fit, X, Y) < 8  # what was there still is


class Clipping(GradientNormClipping):
    """Hands on what it is given, without a name of its own for it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


@pytest.mark.parametrize("kind", [GradientNormClipping, Clipping])
def test_other_settings_of_callbacks_are_refused(kind, tmp_path):
    def clipped(most):
        return lenet(checkpoint_dir=tmp_path, callbacks=[("clip", kind(most))])

    expected = clipped(0.1).fit(X, Y).predict_proba(X)
    with pytest.raises(ValueError, match=r"another fit, which differs in callbacks \("):
        clipped(0.2).fit(X, Y)
    np.testing.assert_array_equal(clipped(0.1).fit(X, Y).predict_proba(X), expected)


def test_what_callbacks_note_down_is_no_setting(tmp_path):
    class Noting(Callback):
        def __init__(self, file):
            self.file = file  # cannot be pickled
            self.noted = []

        def on_epoch_end(self, net, **kwargs):
            self.noted.append(len(net.history))

    with open(tmp_path / "log", "w") as file:
        callback = Noting(file)
        classifier = lenet(checkpoint_dir=tmp_path, callbacks=[callback])
        classifier.fit(X, Y)
        n = len(callback.noted)
        classifier.fit(X, Y)
    assert len(callback.noted) == n  # the complete fit was taken from the folder


def test_files_of_others_stay(tmp_path):
    (tmp_path / ".download.part").touch()
    (tmp_path / f".{'0' * 32}.part").touch()  # of a process that was killed while it wrote
    lenet(checkpoint_dir=tmp_path).fit(X, Y)
    assert [file.name for file in tmp_path.glob(".*.part")] == [".download.part"]


def altered(array):
    array = array.copy()
    array.flat[7] += 1
    return array


@pytest.mark.parametrize(
    ("name", "data", "fit"),
    [
        ("X", (altered(X), Y), {}),
        ("y", (X, Y[::-1].copy()), {}),
        ("classes", (X, Y + 1), {}),
        ("sample_weight or class_weight", (X, Y), {"sample_weight": WEIGHTS}),
        ("X_val", (X, Y), {"X_val": X[:9], "y_val": Y[:9]}),
    ],
)
def test_other_data_are_refused(name, data, fit, tmp_path):
    saved = lenet(checkpoint_dir=tmp_path)
    break_off(saved, 6)
    with pytest.raises(ValueError, match=rf"differs in .*{name} \("):
        saved.fit(*data, **fit)


@pytest.mark.usefixtures("on_cpu")
def test_what_changes_nothing_is_not_held_against_a_fit(tmp_path):
    break_off(lenet(checkpoint_dir=tmp_path, lr=0.01), 6)
    same = lenet(checkpoint_dir=str(tmp_path), lr=np.float64(0.01), verbose=1, tta="flip")
    same.set_params(device="cpu", checkpoint_interval=1, image_shape=(28, 28))
    assert n_steps_of(same.fit, X.reshape(-1, 28, 28), list(Y)) == 12


def test_without_a_schedule_more_epochs_go_on_from_fewer(tmp_path):
    unbroken = lenet(lr_schedule=None).fit(X, Y)
    lenet(lr_schedule=None, checkpoint_dir=tmp_path, max_epochs=3).fit(X, Y)
    saved = lenet(lr_schedule=None, checkpoint_dir=tmp_path)
    assert n_steps_of(saved.fit, X, Y) == 4
    assert_same(saved, unbroken)
    with pytest.raises(ValueError, match=r"max_epochs \(4 are done there\)"):
        saved.set_params(max_epochs=2).fit(X, Y)


def test_callbacks_without_a_state_begin_anew_with_a_warning(tmp_path):
    class Count(Callback):
        def on_epoch_end(self, net, **kwargs):
            self.n = getattr(self, "n", 0) + 1

    class Remembered(Count):
        def state_dict(self):
            return {"n": self.n}

        def load_state_dict(self, state):
            self.n = state["n"]

    break_off(lenet(checkpoint_dir=tmp_path, callbacks=[Count(), ("named", Remembered())]), 6)
    callbacks = [Count(), ("named", Remembered())]
    with pytest.warns(UserWarning, match=r"after epoch 1 .*, but Count of .* start from scratch"):
        saved = lenet(checkpoint_dir=tmp_path, callbacks=callbacks).fit(X, Y)
    assert callbacks[0].n == 3
    assert callbacks[1][1].n == 4
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lenet(checkpoint_dir=tmp_path, callbacks=callbacks).fit(X, Y)
    assert saved.n_iter_ == 4


def test_a_diverging_fit_names_the_weights_that_are_kept(tmp_path):
    def diverge(net, *args):
        if len(net.history) == 3:
            raise net._divergence("The train loss became nan")

    saved = lenet(checkpoint_dir=tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageNet, "_record_epoch", diverge)
        with pytest.raises(ValueError, match=r"in epoch 3.*Lower lr.*weights of epoch 2 are kept"):
            saved.fit(X, Y)
    [path] = tmp_path.glob("*.safetensors")
    lower = lenet(lr=0.0001, init_from=path, max_epochs=1).fit(X, Y)
    assert lower.history_[0]["train_loss"] < lenet(max_epochs=1).fit(X, Y).history_[0]["train_loss"]


class Spoil(Callback):
    """Make the last step of the second epoch diverge, which its training loss does not show."""

    def on_epoch_begin(self, net, **kwargs):
        self.n_steps = 0

    def on_grad_computed(self, net, named_parameters, **kwargs):
        self.n_steps += 1
        if len(net.history) == 2 and self.n_steps == 3:
            for _, weight in named_parameters:
                weight.grad.fill_(torch.nan)


@pytest.mark.parametrize("ema_decay", [None, 0.99])
@pytest.mark.parametrize(("early_stopping", "n_epochs"), [(False, 3), (True, 2)])
def test_a_loss_that_becomes_nan(early_stopping, n_epochs, ema_decay, tmp_path):
    how = {"early_stopping": early_stopping, "ema_decay": ema_decay, "batch_size": 34}
    spoiled = lenet(callbacks=[Spoil()], **how)
    message = rf"loss became nan in epoch {n_epochs}: .*Lower lr=0\.01.*"
    with pytest.raises(ValueError, match=message + "With checkpoint_dir, fit keeps the weights"):
        spoiled.fit(X, Y)
    assert not hasattr(spoiled, "fitted_network_")
    with pytest.raises(ValueError, match=message + r"The weights of epoch 1 are kept: init_from="):
        spoiled.set_params(checkpoint_dir=tmp_path).fit(X, Y)
    [path] = tmp_path.glob("*.safetensors")
    good = lenet(init_from=path, max_epochs=1, lr=1e-9, weight_decay=0.0).fit(X, Y)
    assert np.isfinite(good.history_[-1, "train_loss"])


def test_a_loss_that_becomes_nan_before_anything_is_saved(tmp_path):
    with pytest.raises(ValueError, match="in epoch 1: .*Lower lr=1e[+]20") as error:
        lenet(optimizer="sgd", lr=1e20, lr_schedule=None, checkpoint_dir=tmp_path).fit(X, Y)
    assert "kept" not in str(error.value)
