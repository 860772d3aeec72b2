"""torch's switches are the user's; forked processes answer."""

import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from textwrap import dedent

import numpy as np
import pytest
import torch

from skfashion import CNN5Classifier, RandomShift, load
from skfashion.inference import neutral_torch

rng = np.random.default_rng(0)
Y = np.arange(60) % 3
X = rng.integers(0, 200, (60, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]


def cnn5(**parameters):
    usual = {"max_epochs": 2, "batch_size": 32, "random_state": 0, "augment": RandomShift(1)}
    return CNN5Classifier(**usual | parameters)


@contextmanager
def default_device(name):
    torch.set_default_device(name)
    try:
        yield
    finally:
        torch.set_default_device(None)


@contextmanager
def default_dtype(dtype):
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextmanager
def fp32_precision(value):
    setting = torch.backends.cudnn.conv
    before = setting.fp32_precision
    setting.fp32_precision = value
    try:
        yield
        assert setting.fp32_precision == value
    finally:
        setting.fp32_precision = before


@contextmanager
def deterministic():
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


SWITCHES = {
    "inference mode": torch.inference_mode,
    "no grad": torch.no_grad,
    "default device": lambda: default_device("meta"),
    "a device's context": lambda: torch.device("meta"),
    "default dtype": lambda: default_dtype(torch.float64),
    "cudnn precision": lambda: fp32_precision("ieee"),
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "deterministic": deterministic,
    "anomaly detection": torch.autograd.detect_anomaly,
}


def switches():
    return (
        torch.is_inference_mode_enabled(),
        torch.is_grad_enabled(),
        torch.get_default_device(),
        torch.get_default_dtype(),
        torch.is_autocast_enabled("cpu"),
        torch.get_num_threads(),
        torch.are_deterministic_algorithms_enabled(),
    )


@pytest.fixture(scope="module")
def expected():
    return cnn5().fit(X, Y).partial_fit(X, Y).predict_proba(X)


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@pytest.mark.parametrize("switch", SWITCHES.values(), ids=SWITCHES)
class TestSwitches:
    @pytest.mark.parametrize("around", ["all", "fit", "predict", "load"])
    def test_change_nothing(self, switch, around, expected, tmp_path):
        def use(*names):
            return switch() if around in ("all", *names) else nullcontext()

        with use("fit"):
            before = switches()
            classifier = cnn5().fit(X, Y)
            assert switches() == before
            classifier.partial_fit(X, Y)
            assert switches() == before
        with use("predict"):
            before = switches()
            np.testing.assert_array_equal(classifier.predict_proba(X), expected)
            assert switches() == before
        with use("load"):
            before = switches()
            classifier.save(tmp_path / "model")
            loaded = load(tmp_path / "model")
            assert switches() == before
        np.testing.assert_array_equal(loaded.predict_proba(X), expected)
        np.testing.assert_array_equal(loaded.predict_proba(X), expected)
        loaded.partial_fit(X, Y)  # its weights can be trained

    def test_change_no_pickle(self, switch, expected):
        import pickle

        with switch():
            classifier = cnn5().fit(X, Y).partial_fit(X, Y)
            again = pickle.loads(pickle.dumps(classifier))
        np.testing.assert_array_equal(again.predict_proba(X), expected)
        again.partial_fit(X, Y)


def test_bfloat16_within_autocast():
    """Weights are rounded anew in each step, not once for the whole of the caller's context."""
    expected = cnn5(precision="bfloat16").fit(X, Y).predict_proba(X)
    with torch.autocast("cpu", torch.bfloat16):
        classifier = cnn5(precision="bfloat16").fit(X, Y)
        np.testing.assert_array_equal(classifier.predict_proba(X), expected)


def test_in_threads_the_default_dtype_comes_back():
    with default_dtype(torch.float64):
        with neutral_torch():
            assert torch.get_default_dtype() == torch.float32
            with neutral_torch(grad=True):
                assert torch.get_default_dtype() == torch.float32
            assert torch.get_default_dtype() == torch.float32
        assert torch.get_default_dtype() == torch.float64


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.mark.slow
@needs_fork
@pytest.mark.parametrize("before", ["fit", "predict", "load", "training"])
def test_a_forked_child_answers(before, tmp_path):
    """As under gunicorn with preload, or multiprocessing.Pool."""
    script = f"""
        import multiprocessing, sys, threading
        import numpy as np, torch
        from skfashion import MiniVGGClassifier, load
        torch.set_num_threads(2)
        rng = np.random.default_rng(0)
        X = rng.integers(0, 256, (64, 28, 28), dtype=np.uint8)
        y = np.arange(64) % 2
        make = lambda epochs=1: MiniVGGClassifier(width=8, max_epochs=epochs, random_state=0)
        clf = make().fit(X, y)
        expected = clf.predict_proba(X)
        if {before!r} == "load":
            clf.save({str(tmp_path / "model")!r})
            clf = load({str(tmp_path / "model")!r})
        if {before!r} == "training":  # another thread trains while the process forks
            threading.Thread(target=make(10_000).fit, args=(X, y), daemon=True).start()

        def work(i):
            proba = clf.predict_proba(X)
            make().fit(X, y)
            clf.partial_fit(X, y)
            return float(abs(proba - expected).max())

        context = multiprocessing.get_context("fork")
        with context.Pool(2) as pool:
            print(max(pool.map_async(work, range(2)).get(timeout=100)) < 1e-4)
        import os
        os._exit(0)
    """
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", dedent(script)],
        capture_output=True,
        text=True,
        timeout=150,
        env={name: v for name, v in os.environ.items() if name != "OMP_NUM_THREADS"},
    )
    assert run.stdout == "True\n", run.stderr


@pytest.mark.parametrize(
    ("variables", "n_threads"), [({"LOKY_MAX_CPU_COUNT": "1"}, 1), ({"OMP_NUM_THREADS": "2"}, 2)]
)
def test_no_more_threads_than_joblib_counts_cores(variables, n_threads):
    """As within a container that has a quota of them; what the user sets is left alone."""
    kept = {name: v for name, v in os.environ.items() if not name.endswith("_NUM_THREADS")}
    run = subprocess.run(
        [sys.executable, "-c", "import skfashion.inference, torch; print(torch.get_num_threads())"],
        capture_output=True,
        text=True,
        env=kept | variables,
        check=True,
    )
    assert int(run.stdout) == n_threads


@needs_fork
def test_the_parent_keeps_its_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        pid = os.fork()
        if pid == 0:
            os._exit(torch.get_num_threads())
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
