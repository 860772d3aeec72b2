"""What skorch promises of a net works, or is refused in a sentence."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import accuracy_score, make_scorer
from skorch.callbacks import (
    BatchScoring,
    Checkpoint,
    EarlyStopping,
    EpochScoring,
    LoadInitState,
    LRScheduler,
    PrintLog,
    TrainEndCheckpoint,
)

from skfashion import CNN5Classifier, LeNet5Classifier, RandomShift

rng = np.random.default_rng(0)
Y = np.arange(90) % 3
X = rng.integers(0, 200, (90, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]
VALID = {"X_val": X[60:], "y_val": Y[60:]}


def lenet(*callbacks, cls=LeNet5Classifier, **parameters):
    usual = {"max_epochs": 2, "batch_size": 32, "random_state": 0, "precision": "float32"}
    return cls(**usual | parameters, callbacks=list(callbacks))


@pytest.fixture(scope="module")
def fitted():
    return lenet(cls=CNN5Classifier).fit(X, Y)


@pytest.mark.parametrize(
    "images",
    [X, X.reshape(90, -1), X[..., None], X[:, None], X.astype(float)],
    ids=["grey", "rows", "channels last", "channels first", "float"],
)
def test_predicts_from_arrays(fitted, images):
    proba = fitted.net_.predict_proba(images)
    np.testing.assert_allclose(proba, fitted.predict_proba(images), atol=1e-5)
    np.testing.assert_array_equal(fitted.net_.predict(images), fitted.predict(images))


def test_predicts_from_inputs_of_the_network(fitted):
    scaled = torch.from_numpy((X[:, None] - fitted.mean_) / fitted.std_).float()
    proba = fitted.net_.predict_proba(scaled)
    np.testing.assert_allclose(proba, fitted.predict_proba(X), atol=1e-4)


def test_images_of_another_shape(fitted):
    with pytest.raises(ValueError, match=r"images of shape \(28, 28, 1\), not \(14, 14, 1\)"):
        fitted.net_.predict(X[:, :14, :14])


def test_scores_and_can_be_cloned(fitted):
    assert fitted.net_.score(X, Y) == fitted.score(X, Y)
    assert clone(fitted.net_).get_params(deep=False)["batch_size"] == 32


def test_can_be_pickled(fitted):
    net = pickle.loads(pickle.dumps(fitted.net_))
    np.testing.assert_array_equal(net.predict_proba(X), fitted.net_.predict_proba(X))


def test_trains_on_arrays():
    net = lenet().fit(X, Y).net_
    net.partial_fit(X, Y, epochs=1)
    assert len(net.history) == 3
    net.fit(X, Y, epochs=1)
    assert len(net.history) == 1


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "on images and codes of classes"),
        (Y + 7, "from 0 to 2, as y. Fit the classifier itself"),
        (np.array(["bag", "shirt", "shoe"])[Y], "from 0 to 2, as y"),
    ],
)
def test_refuses_labels_that_are_no_codes(labels, message):
    net = lenet(max_epochs=1).fit(X, Y).net_
    with pytest.raises(ValueError, match=message):
        net.partial_fit(X, labels)


@pytest.mark.parametrize("use_caching", [True, False])
@pytest.mark.parametrize("on_train", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("kind", [EpochScoring, BatchScoring])
def test_scoring(kind, on_train, use_caching, weighted):
    scorer = make_scorer(accuracy_score)
    callback = kind(scorer, on_train=on_train, use_caching=use_caching, name="seen")
    weight = np.linspace(1, 2, 90) if weighted else None
    classifier = lenet(callback, cls=CNN5Classifier).fit(X, Y, weight, **VALID)
    column = "train_acc" if on_train else "valid_acc"
    for row in classifier.history_:
        if use_caching or not on_train:
            assert row["seen"] == pytest.approx(row[column])
        else:  # with the weights after the epoch, without dropout
            assert 0 <= row["seen"] <= 1


class TestCheckpoints:
    def test_pickle(self, tmp_path):
        checkpoint = Checkpoint(
            dirname=tmp_path,
            monitor=None,
            f_pickle="net.pkl",
            f_params=None,
            f_optimizer=None,
            f_history=None,
        )
        schedules = [LRScheduler("StepLR", step_size=1)]
        classifier = lenet(checkpoint, *schedules, augment=RandomShift(1), verbose=1)
        classifier.fit(X, Y, **VALID)
        net = pickle.loads(Path(tmp_path, "net.pkl").read_bytes())
        assert net.predict_proba(X).shape == (90, 3)
        net.partial_fit(X, Y, epochs=1)

    def test_parameters_are_loaded(self, tmp_path):
        checkpoint = Checkpoint(dirname=tmp_path, monitor=None)
        first = lenet(checkpoint, max_epochs=3).fit(X, Y)
        again = lenet(LoadInitState(checkpoint), random_state=1)
        again.fit(X, Y)
        assert again.n_iter_ == len(again.history_) == 5
        losses = [row["train_loss"] for row in again.history_]
        assert losses[:3] == [row["train_loss"] for row in first.history_]
        assert losses[3] < losses[0]

    def test_at_the_end(self, tmp_path):
        classifier = lenet(TrainEndCheckpoint(dirname=tmp_path)).fit(X, Y)
        state = torch.load(tmp_path / "train_end_params.pt", weights_only=True)
        assert state.keys() == classifier.module_.state_dict().keys()


def test_callbacks_after_one_that_stops_see_the_epoch():
    shown = []
    classifier = lenet(
        EarlyStopping(monitor="train_loss", patience=1, threshold=1e9),
        EpochScoring("accuracy", lower_is_better=False, name="later"),
        PrintLog(sink=shown.append),
        max_epochs=9,
    ).fit(X, Y, **VALID)
    assert classifier.n_iter_ == 2
    assert all("later" in row for row in classifier.history_)
    assert len(shown) == 4  # two of the head


@pytest.mark.parametrize("monitor", ["valid_loss", "valid_f1"])
def test_a_metric_that_is_not_in_the_history(monitor):
    message = f"EarlyStopping asks for '{monitor}', which this training does not record.*X_val"
    with pytest.raises(ValueError, match=message):
        lenet(EarlyStopping(monitor=monitor)).fit(X, Y)
    with pytest.raises(ValueError, match="records 'dur', 'epoch', 'train_acc'.*'valid_loss_best'"):
        lenet(EarlyStopping(monitor="valid_f1")).fit(X, Y, **VALID)


def test_history_keeps_no_rows_of_mini_batches(fitted):
    assert all(row["batches"] == [{}] for row in fitted.history_)
