"""What befalls a process: a kill, a full disk, Ctrl-C, and a clock that is set back."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.training import ImageNet, _checkpoints

HERE = Path(__file__).parent
X, Y = make_garments(100, random_state=0, return_X_y=True)


def lenet(**parameters):
    return LeNet5Classifier(**{"max_epochs": 4, "batch_size": 25, "random_state": 0} | parameters)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_kills_lose_nothing():
    command = [sys.executable, str(HERE / "kills.py"), "--kills", "8"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("0 lost or unreadable, 0 differing") == 2


FULL_DISK = """
import resource, signal, sys, warnings
from pathlib import Path
import numpy as np
from skfashion import LeNet5Classifier, load
from skfashion.datasets import make_garments
X, Y = make_garments(100, random_state=0, return_X_y=True)
lenet = lambda **p: LeNet5Classifier(max_epochs=2, batch_size=50, random_state=0, **p)
folder = Path(sys.argv[1])
alone = lenet().fit(X, Y)
alone.save(folder / "model")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    saved = lenet(checkpoint_dir=folder).fit(X, Y)
texts = [str(warning.message) for warning in caught if "cannot be written" in str(warning.message)]
assert len(texts) == 2 and "File too large" in texts[0] and "there is none yet" in texts[0], texts
assert (saved.predict_proba(X) == alone.predict_proba(X)).all()
try:
    saved.save(folder / "model")
except (OSError, RuntimeError):  # torch.save has errors of its own
    pass
else:
    raise AssertionError("it was written")
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
assert (load(folder / "model").predict_proba(X) == alone.predict_proba(X)).all()
assert sorted(path.name for path in folder.iterdir()) == ["lock", "model"]
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no limits of files on this system")
def test_a_full_disk(tmp_path):
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.usefixtures("default_sigint_handler")
@pytest.mark.parametrize("phase", ["before an epoch is complete", "in an epoch", "while saving"])
@pytest.mark.filterwarnings("ignore:Ctrl-C ended")
def test_ctrl_c_in_each_phase(phase, tmp_path, monkeypatch):
    unbroken = lenet().fit(X, Y).predict_proba(X)
    steps, step, write = [], ImageNet.train_step, _checkpoints.write_state

    def train_step(net, batch, **kwargs):
        steps.append(1)
        if len(steps) == {"before an epoch is complete": 2, "in an epoch": 7}.get(phase):
            signal.raise_signal(signal.SIGINT)
        return step(net, batch, **kwargs)

    def write_state(path, state):
        if phase == "while saving":
            signal.raise_signal(signal.SIGINT)
        write(path, state)

    with monkeypatch.context() as patch:
        patch.setattr(ImageNet, "train_step", train_step)
        patch.setattr(_checkpoints, "write_state", write_state)
        saved = lenet(checkpoint_dir=tmp_path)
        if phase == "before an epoch is complete":
            with pytest.raises(KeyboardInterrupt):
                saved.fit(X, Y)
        else:
            assert saved.fit(X, Y).n_iter_ == 1
            assert saved.predict(X).shape == (100,)
    again = lenet(checkpoint_dir=tmp_path).fit(X, Y)
    np.testing.assert_array_equal(again.predict_proba(X), unbroken)


@pytest.mark.slow
@pytest.mark.usefixtures("default_sigint_handler")
@pytest.mark.filterwarnings("ignore:Ctrl-C ended")
def test_ctrl_c_at_random_moments(tmp_path):
    unbroken = lenet().fit(X, Y).predict_proba(X)
    rng = np.random.default_rng(0)
    for _ in range(10):
        timer = threading.Timer(rng.uniform(0, 0.5), signal.raise_signal, [signal.SIGINT])
        try:
            timer.start()
            lenet(checkpoint_dir=tmp_path).fit(X, Y)
            timer.join()
            time.sleep(0.01)
        except KeyboardInterrupt:
            pass
        timer.join()
    again = lenet(checkpoint_dir=tmp_path).fit(X, Y)
    np.testing.assert_array_equal(again.predict_proba(X), unbroken)


def test_a_clock_that_is_set_back(tmp_path, monkeypatch):
    unbroken = lenet().fit(X, Y).predict_proba(X)
    now = iter(range(10**9, 0, -3600))
    monkeypatch.setattr(time, "time", lambda: next(now))
    saved = lenet(checkpoint_dir=tmp_path, checkpoint_interval=0.001, verbose=1).fit(X, Y)
    np.testing.assert_array_equal(saved.predict_proba(X), unbroken)
    assert _checkpoints.read_state(tmp_path / "checkpoint.safetensors")["n_epochs"] == 4
