"""What a training on a GPU has to be; without one all of this is skipped."""

import os
import pickle
import subprocess
import sys
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.model_selection import GridSearchCV

from skfashion import (
    CNN5Classifier,
    LeNet5Classifier,
    MiniVGGClassifier,
    ModuleClassifier,
    V3Classifier,
    V5Classifier,
    VGG19Classifier,
    load,
)
from skfashion.augmentation import rotate_shift_shear_zoom
from skfashion.datasets import make_garments
from skfashion.training import _capture, _net

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")

# 31 mini-batches of 64, one of 16; drawn where there is something to do with them.
N_IMAGES = 2000 if torch.cuda.is_available() else 10
X, Y = make_garments(N_IMAGES, random_state=0, return_X_y=True)
N_EPOCHS = 4  # a training that is long enough for a capture
PARAMETERS = {
    "augment": {"augment": rotate_shift_shear_zoom()},
    "weights": {"class_weight": {0: 2.0}},
    "early stopping": {"early_stopping": True},
    "float32": {"precision": "float32"},
    "batch normalization and dropout": {"batch_norm": True, "dropout": 0.5},
    "no averages": {"ema_decay": None},
    "constant rate": {"lr_schedule": None},
    "rate of a grid": {"lr": np.float64(1e-3)},
    "a user's optimizer": {"optimizer": partial(torch.optim.AdamW, capturable=True)},
    **{name: {"optimizer": name} for name in ("adam", "muon", "rmsprop", "sgd")},
}
NOT_CAPTURED = ("weights", "a user's optimizer", "sgd")


@pytest.fixture
def captures(monkeypatch):
    """Note, for each capture, what it failed with, or None."""
    seen = []
    capture = _net.capture_cuda_graph

    def noted(*args):
        seen.append(None)
        try:
            return capture(*args)
        except BaseException as error:
            seen[-1] = error
            raise

    monkeypatch.setattr(_net, "capture_cuda_graph", noted)
    return seen


def fitted(cls=MiniVGGClassifier, X=X, y=Y, **parameters):
    given = {"max_epochs": N_EPOCHS, "random_state": 0, "device": "cuda", "batch_size": 64}
    return cls(**given | parameters).fit(X, y)


def apart(first, second):
    return float(abs(first.predict_proba(X) - second.predict_proba(X)).max())


@pytest.mark.parametrize("cls", [LeNet5Classifier, MiniVGGClassifier, V3Classifier, V5Classifier])
def test_one_seed_gives_one_network(cls, captures):
    first, again = fitted(cls), fitted(cls)
    assert captures == [None, None]
    assert first.device_ == "cuda"
    assert apart(first, again) == 0
    assert first.history_[:, "train_loss"] == again.history_[:, "train_loss"]


@pytest.mark.parametrize("what", PARAMETERS)
def test_captured_steps_are_the_plain_ones(what, captures, monkeypatch):
    how = {"precision": "float32"} | PARAMETERS[what]
    first = fitted(**how)
    assert captures == ([] if what in NOT_CAPTURED else [None])
    assert apart(first, fitted(**how)) == 0
    monkeypatch.setattr(_net, "may_capture", lambda n_steps: False)
    plain = fitted(**how)
    assert apart(first, plain) < 1e-3
    assert first.score(X, Y) > 0.8 or what == "a user's optimizer"


@pytest.mark.parametrize("cls", [LeNet5Classifier, MiniVGGClassifier, V5Classifier])
def test_captured_steps_in_bfloat16(cls, captures, monkeypatch):
    first = fitted(cls)
    assert first.precision_ == "bfloat16"
    assert captures == [None]
    monkeypatch.setattr(_net, "may_capture", lambda n_steps: False)
    assert apart(first, fitted(cls)) < 0.02


def test_float64():
    assert fitted(max_epochs=1, precision="float64").score(X, Y) > 0.3


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "muon", "rmsprop", "sgd"])
def test_pickled_here_and_used_without_a_gpu(optimizer, tmp_path):
    classifier = fitted(LeNet5Classifier, optimizer=optimizer)
    (tmp_path / "model").write_bytes(pickle.dumps(classifier))
    code = (
        "import pickle, sys, numpy as np\n"
        "clf = pickle.load(open(sys.argv[1], 'rb'))\n"
        "X = np.load(sys.argv[2])\n"
        "p = clf.predict_proba(X)\n"
        "assert clf.device_ == 'cpu', clf.device_\n"
        "clf.set_params(device='cpu').partial_fit(X[:64], np.arange(64) % 10)\n"
        "np.save(sys.argv[3], p)\n"
    )
    np.save(tmp_path / "X.npy", X[:200])
    files = [tmp_path / name for name in ("model", "X.npy", "p.npy")]
    subprocess.run(
        [sys.executable, "-c", code, *map(str, files)],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        check=True,
    )
    expected = classifier.predict_proba(X[:200])
    np.testing.assert_allclose(np.load(tmp_path / "p.npy"), expected, atol=0.03)


def test_a_training_does_not_wait_for_the_device():
    fitted(max_epochs=1)
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            classifier = fitted(augment=rotate_shift_shear_zoom())
    finally:
        torch.cuda.set_sync_debug_mode("default")
    waits = Counter(
        f"{one.filename.rpartition('skfashion')[2]}:{one.lineno}"
        for one in seen
        if "synchroniz" in str(one.message)
    )
    assert sum(waits.values()) < 15 * len(classifier.history_), waits.most_common()


def test_fits_in_threads():
    alone = fitted()
    with ThreadPoolExecutor(2) as pool:
        both = [future.result() for future in [pool.submit(fitted) for _ in "ab"]]
    assert [apart(alone, one) < 0.02 for one in both] == [True, True]
    assert apart(*both) == 0


def test_predictions_in_threads():
    classifier = fitted(LeNet5Classifier)
    expected = classifier.predict_proba(X)
    with ThreadPoolExecutor(8) as pool:
        for answer in pool.map(classifier.predict_proba, [X] * 16):
            np.testing.assert_array_equal(answer, expected)


def test_a_search_in_processes():
    grid = {"lr": np.logspace(-3, -2, 2)}
    estimator = LeNet5Classifier(max_epochs=1, random_state=0, device="cuda")
    here = GridSearchCV(estimator, grid, cv=2).fit(X, Y)
    there = GridSearchCV(estimator, grid, cv=2, n_jobs=2).fit(X, Y)
    for name in ("mean_test_score", "rank_test_score"):
        np.testing.assert_array_equal(here.cv_results_[name], there.cv_results_[name])


def test_vgg19_is_fine_tuned(captures):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="weights=None")
        classifier = fitted(VGG19Classifier, fine_tune=1, image_size=32)
    assert captures == [None]
    assert np.isfinite(classifier.predict_proba(X[:10])).all()


def test_a_training_goes_on(captures):
    classifier = fitted(warm_start=True, max_epochs=4)
    classifier.fit(X, Y)
    assert len(classifier.history_) == 8
    for part in np.array_split(np.arange(len(X)), 4):
        classifier.partial_fit(X[part], Y[part])
    assert len(classifier.history_) == 12
    assert captures == [None, None]  # no piece is worth one
    assert classifier.score(X, Y) > 0.9


def test_a_checkpoint_is_gone_on_from(tmp_path):
    class StopError(Exception):
        pass

    def fit(**parameters):
        return fitted(checkpoint_dir=tmp_path, precision="float32", **parameters)

    expected = fitted(precision="float32")
    after_epoch = _net.ImageNet.notify

    def notify(net, name, **others):
        after_epoch(net, name, **others)
        if name == "on_epoch_end" and len(net.history) == 2:
            raise StopError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_net.ImageNet, "notify", notify)
        with pytest.raises(StopError):
            fit()
    resumed = fit()
    assert len(resumed.history_) == N_EPOCHS
    assert apart(resumed, expected) < 1e-3


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_file_of_a_model(tmp_path, device):
    classifier = fitted()
    classifier.save(tmp_path / "model")
    loaded = load(tmp_path / "model", device=device)
    assert loaded.device_.startswith(device)
    assert apart(loaded, classifier) <= (0 if device == "cuda" else 0.05)


def test_onnx_says_the_same(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    classifier = fitted(LeNet5Classifier, precision="float32")
    classifier.to_onnx(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    images = X[:33].reshape(-1, 28, 28, 1).astype(np.float32)
    (probabilities,) = session.run(["probabilities"], {"images": images})
    np.testing.assert_allclose(probabilities, classifier.predict_proba(images), atol=1e-3)


def test_a_cpu_says_nearly_the_same():
    on_gpu = fitted(CNN5Classifier, precision="float32")
    on_cpu = pickle.loads(pickle.dumps(on_gpu)).set_params(device="cpu")
    assert apart(on_gpu, on_cpu) < 1e-2


def test_a_module_of_a_user():
    def build(image_shape, n_classes):
        return torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Dropout(0.2), torch.nn.Linear(784, n_classes)
        )

    first, again = (fitted(ModuleClassifier, module=build) for _ in "ab")
    assert apart(first, again) == 0


def test_memory_is_given_back():
    fitted()
    before = torch.cuda.memory_allocated()
    for _ in range(3):
        fitted()
    assert torch.cuda.memory_allocated() <= before + (8 << 20)


def test_little_memory_is_left():
    classifier = fitted(LeNet5Classifier)
    expected = classifier.predict_proba(X)
    torch.cuda.empty_cache()
    _, total = torch.cuda.mem_get_info()
    most = torch.cuda.memory_reserved() + (40 << 20)
    torch.cuda.set_per_process_memory_fraction(most / total)
    try:
        many = classifier.predict_proba(np.tile(X, (10, 1)))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    np.testing.assert_allclose(many[: len(X)], expected, atol=0.02)


def test_a_capture_that_fails_warns_once(monkeypatch):
    monkeypatch.setattr(_capture, "_failed", [])
    step = _net.ImageNet._run_step

    def waits(net, batch):
        found = step(net, batch)
        torch.zeros(1, device="cuda").item()  # no graph can hold that
        return found

    monkeypatch.setattr(_net.ImageNet, "_run_step", waits)
    with pytest.warns(UserWarning, match="cannot be captured as a CUDA graph"):
        failed = fitted(precision="float32", dropout=0.5)
    monkeypatch.setattr(_net.ImageNet, "_run_step", step)
    assert apart(failed, fitted(precision="float32", dropout=0.5)) < 1e-3  # without a warning
