"""Files that hold no code."""

import json
import os
import pickle
import zipfile
from collections import OrderedDict, defaultdict
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.callback import ScoringMonitor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from skorch.callbacks import Callback, EpochTimer
from skorch.history import History

from skfashion import LeNet5Classifier, MiniVGGClassifier, ModuleClassifier, V5Classifier
from skfashion.augmentation import RandomHorizontalFlip, RandomShift
from skfashion.datasets import make_garments
from skfashion.persistence import ModelFileError, load, save
from skfashion.persistence._formats import FORMAT, is_model_file
from skfashion.storage import TensorFile, write_tensors


def make_data(n=40, shape=(12, 12), n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_classes
    X = rng.integers(0, 200, (n, *shape), dtype=np.uint8)
    return X + (20 * y).astype(np.uint8).reshape(-1, *[1] * len(shape)), y


X, y = make_data()


def small(cls=LeNet5Classifier, **parameters):
    return cls(**{"max_epochs": 1, "device": "cpu", "random_state": 0} | parameters)


@pytest.fixture(scope="module")
def fitted():
    return small(max_epochs=2).fit(X, y)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skfashion"


def saved_and_loaded(estimator, path, **how):
    estimator.save(path)
    return load(path, **how)


def pickled(estimator):
    return pickle.loads(pickle.dumps(estimator))


def contents(path):
    with open(path, "rb") as file:
        stored = TensorFile(file)
        return json.loads(stored.text), stored.arrays()


def rewrite(path, weights=None, **changes):
    """Write a file anew with other contents: its hashes are right."""
    content, arrays = contents(path)
    with open(path, "wb") as file:
        write_tensors(file, json.dumps(content | changes), arrays if weights is None else weights)


# What comes back.


@pytest.mark.parametrize(
    "estimator",
    [
        small(),
        small(precision="float64"),
        small(precision="bfloat16"),
        small(tta="flip"),
        small(MiniVGGClassifier, width=4, hidden_units=(16, 8), batch_norm=True),
        small(V5Classifier, width=4, hidden_units=[16]),
    ],
    ids=["lenet5", "float64", "bfloat16", "tta", "minivgg", "v5"],
)
def test_predicts_the_same_to_the_bit(estimator, path):
    estimator.fit(X, y)
    loaded = saved_and_loaded(estimator, path)
    assert type(loaded) is type(estimator)
    assert loaded.get_params() == estimator.get_params()
    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))
    np.testing.assert_array_equal(loaded.decision_function(X), estimator.decision_function(X))
    np.testing.assert_array_equal(loaded.transform(X), estimator.transform(X))


def test_fitted_attributes_come_back(path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X.reshape(len(X), -1)).rename(columns="p{}".format)
    estimator = small(max_epochs=3, early_stopping=True, validation_fraction=0.2).fit(frame, y)
    loaded = saved_and_loaded(estimator, path)
    for name in ("classes_", "feature_names_in_", "mean_", "std_"):
        stored, read = getattr(estimator, name), getattr(loaded, name)
        np.testing.assert_array_equal(stored, read)
        assert stored.dtype == read.dtype
    for name in (
        "n_features_in_", "image_shape_", "n_iter_", "best_epoch_", "n_parameters_", "device_",
        "precision_",
    ):  # fmt: skip
        assert getattr(loaded, name) == getattr(estimator, name)
    assert loaded.history_ == estimator.history_
    assert loaded.history_[:, "valid_loss"] == estimator.history_[:, "valid_loss"]
    assert {name for name in vars(estimator) if name.endswith("_")} <= set(vars(loaded))
    loaded.predict(frame)  # the names of the columns are the same: no warning


@pytest.mark.parametrize(
    "labels",
    [
        np.array([3, 5, 7], dtype=np.int16),
        np.array(["bag", "shirt", "shoe"]),
        np.array(["bag", "shirt", "shoe"], dtype=object),
        np.array([1.0, 2.0, 4.0]),
        np.array([False, True, True]),
        np.array([1, 2**60, 2**62]),
    ],
    ids=["int16", "str", "object", "float", "bool", "large"],
)
def test_classes_of_every_kind(labels, path):
    estimator = small().fit(X, labels[y])
    loaded = saved_and_loaded(estimator, path)
    assert loaded.classes_.dtype == estimator.classes_.dtype
    assert loaded.classes_.tolist() == estimator.classes_.tolist()
    np.testing.assert_array_equal(loaded.predict(X), estimator.predict(X))
    assert loaded.predict(X).dtype == estimator.predict(X).dtype


def test_colour_images(path):
    images, labels = make_data(shape=(10, 14, 3))
    estimator = small().fit(images, labels)
    loaded = saved_and_loaded(estimator, path)
    assert loaded.image_shape_ == (10, 14, 3)
    np.testing.assert_array_equal(loaded.predict_proba(images), estimator.predict_proba(images))


@pytest.mark.parametrize(
    "parameters",
    [
        {"optimizer": torch.optim.SGD, "lr": np.float64(0.01), "class_weight": "balanced"},
        {"class_weight": {0: 1.0, 1: 2.0, np.int64(2): 3}, "image_shape": (12, 12, 1)},
        {"augment": [RandomShift(1), RandomHorizontalFlip()], "lr_schedule": None},
        {"optimizer": partial(torch.optim.SGD, momentum=0.5, nesterov=True), "lr": 0.01},
        {"augment": Pipeline([("shift", RandomShift(1)), ("none", "passthrough")], verbose=True)},
        {"hidden_units": [16, 8], "monitor": "valid_acc", "patience": None},
    ],
)
def test_parameters_come_back(parameters, path):
    estimator = small(**parameters).fit(X, y)
    loaded = saved_and_loaded(estimator, path)
    assert repr(loaded.get_params(deep=False)) == repr(estimator.get_params(deep=False)).replace(
        "np.float64(0.01)", "0.01"
    ).replace("np.int64(2)", "2")
    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))


def test_a_file_of_the_same_classifier_is_the_same(fitted, tmp_path):
    for name in ("a", "b"):
        fitted.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_size_is_that_of_the_weights(path):
    images, labels = make_data(n=8, shape=(28, 28), n_classes=4)
    images, labels = np.repeat(images, 3, axis=0), np.arange(24) % 10
    estimator = small(MiniVGGClassifier).fit(images, labels)
    estimator.save(path)
    assert estimator.n_parameters_ == 2_167_786
    assert 8.6e6 < path.stat().st_size < 8.75e6


# What can be done with it.


def test_can_be_cloned_and_fitted_anew(fitted, path):
    loaded = saved_and_loaded(fitted, path)
    again = clone(loaded).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    np.testing.assert_array_equal(loaded.fit(X, y).predict_proba(X), fitted.predict_proba(X))
    assert loaded.n_iter_ == 2


def test_warm_start_goes_on_as_it_would_have(path):
    estimator = small(warm_start=True, augment=RandomShift(1)).fit(X, y, sample_weight=y + 1.0)
    loaded = saved_and_loaded(estimator, path)
    for other in (estimator, loaded):
        other.fit(X, y)
    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))
    assert loaded.n_iter_ == estimator.n_iter_ == 2


def test_partial_fit_goes_on(fitted, path):
    loaded = saved_and_loaded(fitted, path).partial_fit(X, y)
    assert loaded.n_iter_ == 3
    assert [row["epoch"] for row in loaded.history_] == [1, 2, 3]
    assert (loaded.predict_proba(X) != fitted.predict_proba(X)).any()


def test_loaded_can_be_saved_and_pickled(fitted, path):
    loaded = saved_and_loaded(saved_and_loaded(fitted, path), path)
    loaded = pickle.loads(pickle.dumps(loaded))
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))


def test_loading_leaves_the_random_state_alone(fitted, path):
    fitted.save(path)
    before = torch.get_rng_state()
    load(path)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_class_of_ones_own(path):
    class OwnClassifier(LeNet5Classifier):
        pass

    estimator = small(OwnClassifier).fit(X, y)
    loaded = saved_and_loaded(estimator, path)
    assert type(loaded) is OwnClassifier


# What cannot be stored.


def test_what_is_not_plain_is_left_out_and_named(path):
    estimator = small(
        optimizer=lambda parameters, **how: torch.optim.SGD(parameters, **how),
        random_state=np.random.RandomState(0),
        augment=[RandomShift(1, random_state=np.random.RandomState(0))],
        callbacks=[EpochTimer()],
        lr=0.01,
    ).fit(X, y)
    left_out = ["augment", "callbacks", "optimizer", "random_state"]
    with pytest.warns(UserWarning, match=f"{', '.join(left_out)} of LeNet5Classifier"):
        estimator.save(path)
    assert contents(path)[0]["left_out"] == left_out
    loaded = load(path)
    assert loaded.optimizer == "adamw"
    assert loaded.augment is loaded.random_state is loaded.callbacks is None
    assert loaded.lr == 0.01
    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))


def test_large_parameters_are_left_out_and_named(fitted, path):
    state = {name: w.numpy() for name, w in fitted.module_.state_dict().items()}
    estimator = pickled(fitted).set_params(init_from=state)
    with pytest.warns(UserWarning, match="init_from of LeNet5Classifier cannot be stored"):
        estimator.save(path)
    assert load(path).init_from is None
    assert path.stat().st_size < 1.1 * 4 * fitted.n_parameters_ + 10_000


# Histories.


class Record(Callback):
    def on_batch_end(self, net, training=False, **kwargs):
        net.history.record_batch("rate", net.optimizer_.param_groups[0]["lr"])


def of_epochs(estimator, n_epochs, n_batches):
    """Return a classifier with the history of a training that was longer."""
    estimator = pickled(estimator)
    batches = [{"train_loss": 1 / (i + 1), "train_batch_size": 64} for i in range(n_batches)]
    row = estimator.history_[-1]
    rows = [row | {"epoch": i + 1, "batches": batches} for i in range(n_epochs)]
    estimator.history_, estimator.n_iter_ = History(rows), n_epochs
    return estimator


@pytest.mark.parametrize(("n_epochs", "n_batches"), [(200, 900), (30_000, 0)])
def test_a_long_history_comes_back(n_epochs, n_batches, fitted, path):
    estimator = of_epochs(fitted, n_epochs, n_batches)
    loaded = saved_and_loaded(estimator, path)
    assert loaded.history_ == estimator.history_
    assert loaded.n_iter_ == n_epochs
    assert contents(path)[0]["skfashion"] == 3
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    assert loaded.partial_fit(X, y).n_iter_ == n_epochs + 1


def test_records_that_are_too_many_are_left_out_and_named(fitted, path):
    estimator = of_epochs(fitted, 400, 900)
    with pytest.warns(UserWarning, match="What 360,000 mini-batches have recorded in history_"):
        estimator.save(path)
    loaded = load(path)
    assert loaded.history_[:, "train_loss"] == estimator.history_[:, "train_loss"]
    assert len(loaded.history_[0, "batches"]) == 900


def test_a_history_that_is_too_long(fitted, path, monkeypatch):
    monkeypatch.setattr("skfashion.persistence._history.MAX_ROWS", 1000)
    with pytest.raises(ValueError, match=r"of 2,000 epochs .* is too long for a model file"):
        of_epochs(fitted, 2000, 0).save(path)
    assert not path.exists()


def test_a_short_history_is_readable_by_older_versions(fitted, path):
    fitted.save(path)
    assert contents(path)[0]["skfashion"] == 2


def test_what_callbacks_record_of_mini_batches_comes_back(path):
    estimator = small(max_epochs=2, callbacks=[Record()], batch_size=8).fit(X, y)
    with pytest.warns(UserWarning, match="callbacks of LeNet5Classifier"):
        estimator.save(path)
    assert load(path).history_ == estimator.history_
    assert len(estimator.history_[0, "batches"]) == 5


def test_parameters_that_load_would_refuse_are_refused(fitted, path):
    estimator = pickled(fitted).set_params(lr=-1)
    with pytest.raises(ValueError, match="'lr' parameter of LeNet5Classifier must be"):
        estimator.save(path)
    assert not path.exists()


def test_what_the_network_depends_on_is_not_left_out(path):
    estimator = small(hidden_units=range(10, 12)).fit(X, y)
    with pytest.raises(TypeError, match="hidden_units of LeNet5Classifier cannot be stored"):
        estimator.save(path)
    assert not path.exists()


def test_not_fitted(path):
    with pytest.raises(NotFittedError):
        LeNet5Classifier().save(path)
    assert not path.exists()


def test_other_estimators(path):
    with pytest.raises(TypeError, match=r"not a LogisticRegression; joblib\.dump"):
        save(LogisticRegression(), path)


# Files.


def test_missing_folder(fitted, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere to write model to"):
        fitted.save(tmp_path / "nowhere" / "model")


def test_folder_instead_of_file(fitted, tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"):
        fitted.save(tmp_path)


def test_a_failure_leaves_the_old_file(fitted, path, monkeypatch):
    path.write_text("old")

    def fail(file, text, arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr("skfashion.persistence._formats.write_tensors", fail)
    with pytest.raises(OSError, match="disk full"):
        fitted.save(path)
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == [path.name]


def test_missing_file(path):
    with pytest.raises(FileNotFoundError, match=r"model\.skfashion"):
        load(path)


class Payload:
    def __reduce__(self):
        return os.mkdir, ("harm",)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("PK is not enough"),
        lambda path: path.write_bytes(pickle.dumps(Payload())),
        lambda path: path.write_bytes(bytes(1000)),
        lambda path: torch.save({"weights": torch.zeros(3)}, path),
        lambda path: torch.save({"skfashion": 1, "class": Payload()}, path),
        lambda path: torch.save(Payload(), path),
        lambda path: zipfile.ZipFile(path, "w").writestr("word/document.xml", "<xml/>"),
    ],
    ids=["empty", "text", "pickle", "zeros", "weights", "code within", "code", "other zip"],
)
def test_other_files_are_refused_and_run_nothing(write, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    write(path)
    with pytest.raises(ValueError, match=r"model\.skfashion .*(is not a file|cannot be read)"):
        load(path)
    assert not os.path.exists("harm")


@pytest.mark.parametrize("share", [0.001, 0.5, 0.99])
def test_truncated_file(fitted, path, share):
    fitted.save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelFileError, match=r"model\.skfashion (cannot be read|is not a file)"):
        load(path)


def test_each_byte_counts(fitted, path):
    """Before there was a hash, a third of such files loaded and predicted something else."""
    fitted.save(path)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.choice(len(content), 150, replace=False):
        altered = bytearray(content)
        altered[place] ^= 1 << rng.integers(8)
        path.write_bytes(altered)
        with pytest.raises(ModelFileError):
            load(path)
    path.write_bytes(content + b"1")
    with pytest.raises(ModelFileError):
        load(path)


def test_newer_format(fitted, path):
    fitted.save(path)
    rewrite(path, skfashion=FORMAT + 1, versions={"skfashion": "9.0"})
    with pytest.raises(ValueError, match=r"written by skfashion 9\.0.*Upgrade skfashion"):
        load(path)


def test_unknown_class(fitted, path):
    fitted.save(path)
    rewrite(path, **{"class": "LeNet9Classifier"})
    with pytest.raises(ValueError, match=r"LeNet9Classifier, which is not known.*LeNet5Classifier"):
        load(path)


def test_unknown_parameter(fitted, path):
    fitted.save(path)
    parameters = contents(path)[0]["parameters"]
    rewrite(path, parameters=parameters | {"colour": 1})
    with pytest.raises(ValueError, match=r"had parameters that it has not in .*: colour\."):
        load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": {}},
        {"weights": {"output.weight": np.zeros(2)}},
        {"class": "MiniVGGClassifier", "parameters": {}},
        {"fitted": {}},
        {"history": 3},
        {"history": [3]},
        {"history": [{"epoch": 1}] * 2},
        *[
            {"history": [{"epoch": 1, "batches": 1, "train_loss": 0.1} | change] * 2}
            for change in ({"train_loss": "abc"}, {"train_loss": None}, {"epoch": -5})
        ],
        {"history": [{"epoch": "1", "batches": 1}] * 2},
        {"history": [{"epoch": 1, "batches": 10**12}] * 2},
        {"history": [{"epoch": 1, "batches": -1}] * 2},
        {"versions": None},
        {"versions": {}},
        {"class": ["LeNet5Classifier"]},
        {"class": {"LeNet5Classifier": 1}},
        {"class": None},
        {"parameters": 3},
        {"parameters": None},
        {"parameters": {"lr": ("dict", [(("list", []), 1)])}},
        {"parameters": {"hidden_units": ("tuple", 3)}},
        {"built_with": 3},
        {"built_with": {"activation": "no such"}},
        {"built_with": {"hidden_units": ("tuple", [10**9, 10**9])}},
        *[
            {"fitted": change}
            for change in (
                7,
                {"mean_": None},
                {"mean_": ("array", ("<f8", ("list", [float("nan")])))},
                {"mean_": ("array", ("<f8", ("list", [1.0, 2.0])))},
                {"std_": ("array", ("<f8", ("list", [0.0])))},
                {"image_shape_": ("tuple", [12, -12, 1])},
                {"n_features_in_": 3},
                {"n_features_in_": "x"},
                {"classes_": ("array", ("<i8", ("list", [1, 1, 1])))},
                {"classes_": 3},
                {"n_iter_": "x"},
                {"n_iter_": 3},
                {"best_epoch_": 7},
                {"precision_": "float8"},
                {"automatic_": 1},
                {"mean_": ("list", [1.0])},
                {"mean_": ("array", ("<f8", ("list", [1e308])))},
                {"mean_": ("array", (">f8", ("list", [1.0])))},
                {"std_": ("array", ("<f8", ("list", [1e-60])))},
                {"mean_": ("array", ("<i8", ("list", [1])))},
                {"image_shape_": ("list", [12, 12, 1])},
                {"classes_": ("array", ("<i8", ("list", [1])))},
                {"classes_": ("array", ("<i8", ("list", [3, 2, 1])))},
                {"classes_": ("array", ("<i8", ("list", [1, 2, 3, 4])))},
                {"classes_": ("list", [0, 1, 2])},
                {"feature_names_in_": ("list", ["a"] * 144)},
                {"pixel_range_": "abc"},
                {"feature_names_in_": ("array", ("|O", ("list", ["a"])))},
            )
        ],
        {"skfashion": 1},
        {"skfashion": -1},
        {"built_with": {"hidden_units": ("list", list(range(1, 2000)))}},
        {"parameters": {"lr": -1.0}},
        {"parameters": {"precision": "float8"}},
        {"parameters": {"tta": "spin"}},
        {"parameters": {"class_weight": {}}},
        {"parameters": {"lr": ("shell", "rm")}},
        {"parameters": {"device": "quantum"}},
        {"parameters": {"optimizer": ("optimizer", "lr_scheduler")}},
        {"parameters": {"augment": ("augmentation", ("Popen", ("dict", [])))}},
    ],
)
def test_wrong_content(fitted, path, changes):
    fitted.save(path)
    if isinstance(changes.get("fitted"), dict) and changes["fitted"]:
        changes = {"fitted": contents(path)[0]["fitted"] | changes["fitted"]}
    rewrite(path, **changes)
    with pytest.raises(ModelFileError, match=r"model\.skfashion is damaged"):
        load(path)


@pytest.mark.parametrize("name", ["_base", "ImageClassifier", "print", "os.system", "Pipeline", ""])
def test_names_that_are_no_classifiers(fitted, path, name):
    fitted.save(path)
    rewrite(path, **{"class": name})
    with pytest.raises(ModelFileError, match="which is not known here"):
        load(path)


def test_a_path_is_a_parameter_like_others(path, tmp_path):
    estimator = small().fit(X, y).set_params(init_from=tmp_path / "weights.pt")
    assert saved_and_loaded(estimator, path).init_from == tmp_path / "weights.pt"


def test_weights_that_are_no_numbers(fitted, path):
    fitted.save(path)
    weights = contents(path)[1]
    weights["output.bias"][:] = np.nan
    rewrite(path, weights)
    with pytest.raises(ModelFileError, match="damaged.*not finite"):
        load(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda weight: weight.astype(np.float64),
        lambda weight: weight.astype(np.int32),
        lambda weight: weight[:-1],
        lambda weight: weight[None],
    ],
)
def test_weights_that_do_not_fit(fitted, path, change):
    fitted.save(path)
    weights = contents(path)[1]
    rewrite(path, weights | {"output.bias": change(weights["output.bias"])})
    with pytest.raises(ModelFileError, match=r"output\.bias of the network is float32 of shape"):
        load(path)


# Half precision.


@pytest.mark.parametrize("cls", [LeNet5Classifier, V5Classifier])
def test_half_precision_is_half_the_size(cls, path, tmp_path):
    estimator = small(cls, max_epochs=2).fit(X, y)
    estimator.save(tmp_path / "full")
    estimator.save(path, half_precision=True)
    n_weights = sum(array.nbytes for array in contents(tmp_path / "full")[1].values())
    saved = (tmp_path / "full").stat().st_size - path.stat().st_size
    assert saved > 0.49 * n_weights - 100
    loaded = load(path)
    assert loaded.precision_ == estimator.precision_
    np.testing.assert_allclose(loaded.predict_proba(X), estimator.predict_proba(X), atol=5e-3)
    weights = loaded.module_.state_dict()
    assert {weight.dtype for weight in weights.values()} <= {torch.float32, torch.int64}
    loaded.partial_fit(X, y)
    loaded.save(path)  # in full again
    assert (load(path).predict_proba(X) == loaded.predict_proba(X)).all()


def test_a_training_can_start_from_half_precision(fitted, path):
    save(fitted, path, half_precision=True)
    trained = small(init_from=path, lr=1e-9).fit(X, y)
    np.testing.assert_allclose(trained.predict_proba(X), fitted.predict_proba(X), atol=5e-3)


def test_weights_that_are_too_large_for_half_precision(path):
    estimator = small().fit(X, y)
    estimator.module_.state_dict()["output.bias"][0] = 1e5
    with pytest.raises(ValueError, match=r"output\.bias .* value of 1e\+05, and half precision"):
        save(estimator, path, half_precision=True)
    assert not path.exists()


def test_half_precision_does_not_hide_other_shapes(fitted, path):
    save(fitted, path, half_precision=True)
    weights = contents(path)[1]
    rewrite(path, weights | {"output.bias": weights["output.bias"][:-1]})
    with pytest.raises(ModelFileError, match=r"output\.bias of the network is float32 of shape"):
        load(path)


def test_impossible_statistics(path):
    small(batch_norm=True).fit(X, y).save(path)
    weights = contents(path)[1]
    name = next(name for name in weights if name.endswith("running_var"))
    rewrite(path, weights | {name: -1 - weights[name]})
    with pytest.raises(ModelFileError, match="running_var is below 0"):
        load(path)


# Devices.


def test_device_that_is_not_there(fitted, path):
    fitted.save(path)
    with pytest.raises(ValueError, match="device='quantum' is not a device"):
        load(path, device="quantum")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="device='cuda' is not on this machine"):
            load(path, device="cuda")


def test_device_of_another_machine(fitted, path):
    fitted.save(path)
    parameters = contents(path)[0]["parameters"]
    rewrite(path, parameters=parameters | {"device": "cuda:7"})
    loaded = load(path)
    assert loaded.device == "auto"
    assert load(path, device="cpu").device == "cpu"
    np.testing.assert_allclose(loaded.predict_proba(X), fitted.predict_proba(X), atol=0.02)


def fast_bfloat16(monkeypatch, fast):
    fast_here = "skfashion.inference._precision._has_fast_bfloat16"
    monkeypatch.setattr(fast_here, lambda device: fast)


@pytest.mark.parametrize("keep", [saved_and_loaded, lambda est, path: pickled(est)])
def test_fast_bfloat16_of_another_machine(keep, path, monkeypatch):
    fast_bfloat16(monkeypatch, True)
    estimator = small().fit(X, y)
    assert estimator.precision_ == "bfloat16"
    fast_bfloat16(monkeypatch, False)
    assert keep(estimator, path).precision_ == "float32"
    chosen = small(precision="bfloat16").fit(X, y)
    assert keep(chosen, path).precision_ == "bfloat16"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_from_a_gpu(path, device):
    estimator = small(device="cuda").fit(X, y)
    loaded = saved_and_loaded(estimator, path, device=device)
    assert loaded.device_.startswith(device)
    tolerance = 0 if device == "cuda" else 0.02
    np.testing.assert_allclose(
        loaded.predict_proba(X), estimator.predict_proba(X), rtol=0, atol=tolerance
    )
    loaded.partial_fit(X, y)


class Masked(torch.nn.Module):
    """A linear classifier with infinity in a buffer."""

    def __init__(self, image_shape, n_classes):
        super().__init__()
        self.linear = torch.nn.Linear(image_shape[0] * image_shape[1], n_classes)
        self.register_buffer("mask", torch.tensor([0.0, float("-inf")]))

    def forward(self, x):
        return self.linear(x.flatten(1)) + self.mask[0]


def test_infinity_that_a_new_network_has_too(tmp_path):
    X, y = make_garments(60, random_state=0, return_X_y=True)
    classifier = ModuleClassifier(module=Masked, max_epochs=1, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="module of ModuleClassifier cannot be stored"):
        classifier.save(tmp_path / "model")
    loaded = load(tmp_path / "model", module=Masked)
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    with torch.no_grad():
        classifier.module_.get_buffer("module.mask")[0] = float("inf")
    with pytest.warns(UserWarning, match="module of ModuleClassifier cannot be stored"):
        classifier.save(tmp_path / "model")
    with pytest.raises(ModelFileError, match="damaged.*not finite"):
        load(tmp_path / "model", module=Masked)


# What is set besides the parameters.


def test_what_was_set_on_the_classifier_comes_back(path):
    estimator = small().set_output(transform="pandas").fit(X, y)
    with config_context(enable_metadata_routing=True):
        estimator.set_fit_request(sample_weight=True).set_score_request(sample_weight="weight")
        loaded = saved_and_loaded(estimator, path)
        routing = loaded.get_metadata_routing()
        assert routing.fit.requests == estimator.get_metadata_routing().fit.requests
        assert routing.score.requests == {"sample_weight": "weight"}
    pd.testing.assert_frame_equal(loaded.transform(X), estimator.transform(X))


@pytest.mark.parametrize(
    "settings",
    [
        {"output": "shell"},
        {"output": ["pandas"]},
        {"requests": {"__class__": {"sample_weight": True}}},
        {"requests": {"fit": {"__init__": True}}},
        {"requests": {"fit": {"sample_weight": "not a name"}}},
        {"requests": ["fit"]},
        ["output"],
    ],
)
def test_settings_that_cannot_be(fitted, path, settings, monkeypatch):
    monkeypatch.setattr("skfashion.persistence._files.settings_of", lambda estimator: settings)
    fitted.save(path)
    with pytest.raises(ModelFileError, match="damaged"):
        load(path)


def test_callbacks_of_scikit_learn_are_left_out_and_named(path):
    estimator = small().set_callbacks(ScoringMonitor(scoring="accuracy")).fit(X, y)
    with pytest.warns(UserWarning, match="the callbacks of set_callbacks of LeNet5Classifier"):
        estimator.save(path)
    load(path).fit(X, y)


def test_a_module_is_asked_for_again(path):
    estimator = ModuleClassifier(module=Masked, max_epochs=1, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match=r"give it again, as load\(path, module=\.\.\.\)") as told:
        estimator.save(path)
    assert len(told) == 1


@pytest.mark.parametrize("kind", [dict, OrderedDict, partial(defaultdict, float), MappingProxyType])
def test_mappings_of_class_weights(path, kind):
    estimator = small(class_weight=kind({0: 2.0})).fit(X, y)
    assert saved_and_loaded(estimator, path).class_weight == {0: 2.0}


@pytest.mark.parametrize("dtype", ["M8[D]", "m8[s]", np.longdouble])
def test_labels_that_a_file_cannot_hold(path, dtype):
    estimator = small().fit(X, y.astype(dtype))
    with pytest.raises(TypeError, match="classes_ of LeNet5Classifier cannot be stored.*joblib"):
        estimator.save(path)
    assert not path.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_no_model_file_and_is_not_read(tmp_path):
    """What is read from it is gone, and it may wait without end."""
    os.mkfifo(tmp_path / "pipe")
    assert not is_model_file(tmp_path / "pipe")
