"""Ctrl-C: when it ends a training, and what is left then."""

import signal
import threading

import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from skorch.callbacks import Callback, EpochScoring

from skfashion import CNN5Classifier, LeNet5Classifier

rng = np.random.default_rng(0)
X = rng.integers(0, 256, (96, 28, 28), dtype=np.uint8)
Y = np.arange(96) % 3

pytestmark = pytest.mark.usefixtures("default_sigint_handler")


class Press(Callback):
    """Press Ctrl-C once, or more often, at some call of a method."""

    def __init__(self, method, at=1, *, training=None, times=1):
        self.method = method
        self.at = at
        self.training = training
        self.times = times

    def initialize(self):
        self.n_calls = 0
        return self

    def __getattribute__(self, name):
        if name.startswith("on_") and name == super().__getattribute__("method"):
            return self.press
        return super().__getattribute__(name)

    def press(self, net, training=None, **kwargs):
        if self.training is not None and training != self.training:
            return
        self.n_calls += 1
        if self.n_calls == self.at:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)


def lenet(*presses, cls=LeNet5Classifier, **parameters):
    usual = {"max_epochs": 5, "batch_size": 32, "random_state": 0, "callbacks": list(presses)}
    return cls(**usual | parameters)


# Three mini-batches an epoch: the fifth is in the second one.
IN_SECOND_EPOCH = [
    Press("on_batch_begin", 5, training=True),
    Press("on_batch_end", 5, training=True),
    Press("on_epoch_begin", 2),
    Press("on_epoch_end", 1),
]


@pytest.mark.parametrize("press", IN_SECOND_EPOCH, ids=lambda press: press.method)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_leaves_the_epochs_that_are_complete(press, early_stopping):
    classifier = lenet(press, early_stopping=early_stopping)
    with pytest.warns(UserWarning, match="Ctrl-C ended the training after 1 of . epochs"):
        classifier.fit(X, Y)
    assert classifier.n_iter_ == classifier.best_epoch_ == len(classifier.history_) == 1
    assert np.isfinite(classifier.predict_proba(X)).all()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("on_cpu")
def test_in_validation():
    press = Press("on_batch_end", 8, training=False)  # six mini-batches an epoch
    with pytest.warns(UserWarning, match="after 1 of . epochs"):
        classifier = lenet(press).fit(X, Y, X_val=np.tile(X, (30, 1, 1)), y_val=np.tile(Y, 30))
    assert "valid_loss" in classifier.history_[-1]


@pytest.mark.usefixtures("on_cpu")
def test_in_validation_of_the_first_epoch():
    press = Press("on_batch_begin", 1, training=False)
    classifier = lenet(press)
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(X, Y, X_val=np.tile(X, (30, 1, 1)), y_val=np.tile(Y, 30))
    assert not hasattr(classifier, "classes_")


@pytest.mark.parametrize("method", ["on_train_begin", "on_epoch_begin", "on_batch_begin"])
def test_before_an_epoch_is_complete_nothing_changes(method):
    classifier = lenet().fit(X, Y)
    before = classifier.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        classifier.set_params(callbacks=[Press(method)]).fit(X[:50] // 2, Y[:50] % 2)
    np.testing.assert_array_equal(classifier.predict_proba(X), before)
    assert classifier.n_iter_ == 5


def test_twice_ends_at_once():
    classifier = lenet(Press("on_batch_begin", 5, training=True, times=2))
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(X, Y)
    assert not hasattr(classifier, "fitted_network_")


def test_restores_the_best_weights():
    quiet = {"early_stopping": True, "lr": 0.05, "lr_schedule": None, "patience": None}
    whole = lenet(**quiet, max_epochs=6).fit(X, Y)
    broken_off = lenet(Press("on_epoch_begin", 7), **quiet, max_epochs=9)
    with pytest.warns(UserWarning, match="after 6 of . epochs"):
        broken_off.fit(X, Y)
    assert broken_off.best_epoch_ == whole.best_epoch_ < 6
    np.testing.assert_array_equal(broken_off.predict_proba(X), whole.predict_proba(X))


@pytest.mark.parametrize("method", ["on_train_begin", "on_batch_begin", "on_epoch_end"])
def test_partial_fit_changes_nothing(method):
    classifier = lenet().fit(X, Y)
    before = classifier.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        classifier.set_params(callbacks=[Press(method)]).partial_fit(X, Y)
    np.testing.assert_array_equal(classifier.predict_proba(X), before)


@pytest.mark.parametrize(
    "fit",
    [
        lambda est: GridSearchCV(est, {"lr": [1e-3, 1e-2]}, cv=2).fit(X, Y),
        lambda est: GridSearchCV(make_pipeline(FunctionTransformer(), est), {}, cv=2).fit(X, Y),
        lambda est: cross_val_score(est, X, Y, cv=2),
        lambda est: VotingClassifier([("a", est), ("b", lenet())]).fit(X.reshape(96, -1), Y),
    ],
    ids=["grid search", "pipeline in a search", "cross-validation", "vote"],
)
def test_ends_a_search(fit):
    with pytest.raises(KeyboardInterrupt):
        fit(lenet(Press("on_epoch_begin", 3)))


def test_a_pipeline_is_usable():
    pipeline = make_pipeline(FunctionTransformer(), lenet(Press("on_epoch_begin", 3)))
    with pytest.warns(UserWarning, match="after 2 of . epochs"):
        pipeline.fit(X, Y)
    assert pipeline.predict(X).shape == (96,)


class Stop(Callback):
    def on_epoch_end(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt  # as skorch's own callbacks end a training


def test_a_callback_that_stops_is_no_ctrl_c():
    seen = EpochScoring("accuracy", on_train=True, name="seen")
    classifier = lenet(Stop(), seen).fit(X, Y)
    assert classifier.n_iter_ == 2
    assert "seen" in classifier.history_[-1]  # a callback after the one that stopped
    assert cross_val_score(lenet(Stop()), X, Y, cv=2).shape == (2,)


class StopAtOnce(Callback):
    def on_batch_end(self, net, **kwargs):
        raise KeyboardInterrupt


def test_a_callback_that_stops_too_early():
    with pytest.raises(ValueError, match="before its first epoch was complete"):
        lenet(StopAtOnce()).fit(X, Y)


def test_another_handler_is_called(monkeypatch):
    calls = []
    before = signal.signal(signal.SIGINT, lambda *args: calls.append(args))
    try:
        classifier = lenet(Press("on_epoch_begin", 2)).fit(X, Y)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(calls) == 1
    assert classifier.n_iter_ == 5


def test_another_handler_may_interrupt():
    def interrupt(*args):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with pytest.warns(UserWarning, match="after 1 of . epochs"):
            lenet(Press("on_epoch_begin", 2)).fit(X, Y)
        assert signal.getsignal(signal.SIGINT) is interrupt
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_a_thread_fit_does_not_touch_the_handler():
    results = []

    def fit():
        results.append(lenet(cls=CNN5Classifier, max_epochs=1).fit(X, Y).n_iter_)

    thread = threading.Thread(target=fit)
    thread.start()
    thread.join()
    assert results == [1]
