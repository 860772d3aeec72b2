"""Folders of checkpoints: who writes to them, what is refused, and what a break leaves."""

import functools
import shutil
import threading
import warnings
from collections import deque

import numpy as np
import pytest
import torch
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.storage import DamagedError
from skfashion.training import ImageNet, _checkpoints


class Killed(BaseException):
    pass


X, Y = make_garments(60, random_state=0, return_X_y=True)


def lenet(**parameters):
    parameters = {"batch_size": 30, "max_epochs": 2, "random_state": 0} | parameters
    return LeNet5Classifier(**parameters)


@pytest.fixture
def steps(monkeypatch):
    """A list that has an entry for each mini-batch that is trained on."""
    steps, step = [], ImageNet.train_step

    def train_step(net, batch, **kwargs):
        steps.append(net)
        return step(net, batch, **kwargs)

    monkeypatch.setattr(ImageNet, "train_step", train_step)
    return steps


def test_each_epoch_is_saved(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(_checkpoints, "write_state", lambda path, state: written.append(state))
    lenet(checkpoint_dir=tmp_path / "new" / "folder", max_epochs=4).fit(X, Y)
    assert [state["n_epochs"] for state in written] == [1, 2, 3, 4]


def test_interval_counts_seconds_by_a_clock_that_is_not_set(tmp_path, monkeypatch):
    written, ticks = [], iter(range(0, 1000, 5))
    monkeypatch.setattr(_checkpoints, "write_state", lambda path, state: written.append(state))
    monkeypatch.setattr(_checkpoints.time, "monotonic", lambda: next(ticks))
    wall_clock = iter(range(10**9, 0, -1000))
    monkeypatch.setattr("time.time", lambda: next(wall_clock))
    lenet(checkpoint_dir=tmp_path, max_epochs=6, checkpoint_interval=8, verbose=1).fit(X, Y)
    assert [state["n_epochs"] for state in written] == [2, 4, 6]


def test_partial_fit_saves_nothing(tmp_path):
    lenet(checkpoint_dir=tmp_path / "new").partial_fit(X, Y)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(NotADirectoryError, match="file' is a file: give a folder"):
        lenet(checkpoint_dir=path).fit(X, Y)


def _cut(content):
    return content[: len(content) // 2]


def _altered(content):
    position = len(content) - 1000
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


@pytest.mark.parametrize(
    "damage", [_cut, _altered, lambda c: b"", lambda c: b"PK\x03\x04" + c, lambda c: c + b"more"]
)
def test_a_damaged_checkpoint_is_named(damage, tmp_path):
    lenet(checkpoint_dir=tmp_path).fit(X, Y)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DamagedError, match="checkpoint.safetensors is damaged.*Remove it"):
        lenet(checkpoint_dir=tmp_path).fit(X, Y)
    path.unlink()
    lenet(checkpoint_dir=tmp_path).fit(X, Y)


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop("n_epochs"),
        lambda state: state.update(values=[]),
        lambda state: state["values"].update(lr=3),
        lambda state: state["training"].pop("network"),
        lambda state: state["training"]["network"].popitem(),
        lambda state: state["training"]["random"].clear(),
        lambda state: state["training"].update(history=[3, 4]),
        lambda state: state["training"]["optimizer"].update(param_groups=[]),
    ],
)
def test_a_state_that_is_none_of_such_a_fit_is_damaged(change, tmp_path):
    lenet(checkpoint_dir=tmp_path).fit(X, Y)
    path = tmp_path / "checkpoint.safetensors"
    state = _checkpoints.read_state(path)
    change(state)
    _checkpoints.write_state(path, state)
    with pytest.raises(DamagedError, match="checkpoint.safetensors is damaged"):
        lenet(checkpoint_dir=tmp_path).fit(X, Y)


def test_two_fits_in_one_folder(tmp_path):
    alone = lenet(max_epochs=6).fit(X, Y).predict_proba(X)
    results, warned = [], []

    def fit():
        with warnings.catch_warnings(record=True) as caught:
            results.append(lenet(checkpoint_dir=tmp_path, max_epochs=6).fit(X, Y))
            warned.extend(str(warning.message) for warning in caught)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        threads = [threading.Thread(target=fit) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for result in results:
        np.testing.assert_array_equal(result.predict_proba(X), alone)
    assert len(list(tmp_path.glob("*.safetensors"))) == 1


def test_a_held_folder_is_left_alone(tmp_path):
    tmp_path.mkdir(exist_ok=True)
    with _checkpoints.folder_lock(tmp_path) as held:
        assert held
        with pytest.warns(UserWarning, match=r"Another fit is using .*a checkpoint_dir of its own"):
            lenet(checkpoint_dir=tmp_path).fit(X, Y)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
    lenet(checkpoint_dir=tmp_path).fit(X, Y)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_killed_process_left_is_removed(tmp_path):
    (tmp_path / f".{'0123' * 8}.part").write_bytes(b"half")
    (tmp_path / "mine.part").write_bytes(b"of the user")
    lenet(checkpoint_dir=tmp_path).fit(X, Y)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"checkpoint.safetensors", "lock", "mine.part"}


def test_a_full_disk_ends_no_training(tmp_path, monkeypatch):
    alone = lenet(max_epochs=3).fit(X, Y)
    write, n_written = _checkpoints.write_state, []

    def write_once(path, state):
        n_written.append(1)
        if len(n_written) > 1:
            raise OSError(28, "No space left on device", str(path))
        write(path, state)

    monkeypatch.setattr(_checkpoints, "write_state", write_once)
    with pytest.warns(UserWarning, match=r"epoch 2 cannot.*No space.*that of epoch 1 stays"):
        saved = lenet(checkpoint_dir=tmp_path, max_epochs=3).fit(X, Y)
    np.testing.assert_array_equal(saved.predict_proba(X), alone.predict_proba(X))
    monkeypatch.undo()
    again = lenet(checkpoint_dir=tmp_path, max_epochs=3).fit(X, Y)
    np.testing.assert_array_equal(again.predict_proba(X), alone.predict_proba(X))


class Unstorable(torch.optim.SGD):
    def __init__(self, params, entry, **options):
        super().__init__(params, **options)
        self.entry = entry

    def step(self, closure=None):
        super().step(closure)
        for parameter in self.param_groups[0]["params"]:
            self.state[parameter]["entry"] = self.entry


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (deque([1]), r"deque\(\[1\]\) cannot be stored without code\. The training continues"),
        (torch.zeros(1, dtype=torch.complex64), r"complex64 and torch\.strided cannot be stored"),
        (torch.zeros((1,) * 20), r"20 axes.*16 at most\. The training continues; there is none"),
    ],
)
def test_a_state_that_cannot_be_stored_ends_no_training(entry, message, tmp_path):
    optimizer = functools.partial(Unstorable, entry=entry)
    with pytest.warns(UserWarning, match=f"epoch 1 cannot be written.*{message}"):
        saved = lenet(checkpoint_dir=tmp_path, optimizer=optimizer, max_epochs=2).fit(X, Y)
    assert saved.n_iter_ == 2
    assert not list(tmp_path.glob("*.safetensors"))


def test_a_long_history_is_saved(tmp_path):
    class Talkative(Callback):
        def on_batch_end(self, net, **kwargs):
            for i in range(100_000):  # as many batches would
                net.history.record_batch(f"x{i}", 0.5)

    options = {"batch_size": 100, "max_epochs": 3, "checkpoint_dir": tmp_path}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        saved = lenet(callbacks=[Talkative()], **options).fit(X, Y)
        again = lenet(callbacks=[Talkative()], **options).fit(X, Y)
    assert again.history_ == saved.history_


def test_a_search_that_was_broken_off_fits_what_is_left(tmp_path, steps):
    def search(folder):
        return GridSearchCV(
            make_pipeline(FunctionTransformer(), lenet(checkpoint_dir=folder)),
            {"lenet5classifier__lr": [0.001, 0.02], "lenet5classifier__optimizer": ["sgd", "adam"]},
            cv=2,
            error_score="raise",
        )

    whole = search(None).fit(X, Y)
    n_steps = len(steps)
    steps.clear()
    step = ImageNet.train_step

    def break_off(net, batch, **kwargs):
        if len(steps) == n_steps // 2:
            raise Killed
        return step(net, batch, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageNet, "train_step", break_off)
        with pytest.raises(Killed):
            search(tmp_path).fit(X, Y)
    steps.clear()
    again = search(tmp_path).fit(X, Y)
    assert 0 < len(steps) <= n_steps // 2 + 1
    for name in ("mean_test_score", "rank_test_score"):
        np.testing.assert_array_equal(again.cv_results_[name], whole.cv_results_[name])
    np.testing.assert_array_equal(again.predict_proba(X), whole.predict_proba(X))
    steps.clear()
    search(tmp_path).fit(X, Y)
    assert not steps  # all of it is there


def test_cross_validation_has_a_folder_for_each_fit(tmp_path):
    cross_val_score(lenet(checkpoint_dir=tmp_path), X, Y, cv=3, error_score="raise")
    assert len(list(tmp_path.iterdir())) == 3
    assert not list(tmp_path.glob("*.safetensors"))


def halving(folder, lr_schedule=None):
    return HalvingGridSearchCV(
        lenet(checkpoint_dir=folder, lr_schedule=lr_schedule, max_epochs=1),
        {"lr": [0.0001, 0.001, 0.003, 0.01]},
        cv=StratifiedKFold(2),
        resource="max_epochs",
        factor=2,
        min_resources=1,
        max_resources=4,
        refit=False,
        error_score="raise",
    )


@pytest.mark.parametrize(
    ("lr_schedule", "n_epochs"),
    [
        (None, 4 * 1 + 2 * 1 + 1 * 2),
        pytest.param("cosine", 4 * 1 + 2 * 2 + 1 * 4, marks=pytest.mark.slow),
    ],
)
def test_a_halving_search_trains_its_survivors_further(lr_schedule, n_epochs, tmp_path, steps):
    anew = halving(None, lr_schedule).fit(X, Y)
    assert len(steps) == 2 * (4 * 1 + 2 * 2 + 1 * 4)  # two folds of one mini-batch each
    steps.clear()
    further = halving(tmp_path, lr_schedule).fit(X, Y)
    assert len(steps) == 2 * n_epochs
    for name in ("iter", "n_resources", "mean_test_score", "mean_train_score"):
        np.testing.assert_array_equal(further.cv_results_[name], anew.cv_results_[name])
    assert further.best_params_ == anew.best_params_
    steps.clear()
    names = {folder: {path.name for path in folder.iterdir()} for folder in tmp_path.iterdir()}
    shutil.rmtree(next(f for f in names if names[f] == {"1.safetensors", "lock"}))
    halving(tmp_path, lr_schedule).fit(X, Y)
    assert len(steps) == 1
