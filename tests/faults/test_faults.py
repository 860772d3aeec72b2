"""What befalls a process: a kill, a full disk, Ctrl-C, and a clock that is set back."""

import errno
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier, load
from skfashion.datasets import make_garments
from skfashion.storage import download
from skfashion.training import ImageNet, _checkpoints

HERE = Path(__file__).parent
X, Y = make_garments(100, random_state=0, return_X_y=True)


def lenet(**parameters):
    return LeNet5Classifier(**{"max_epochs": 4, "batch_size": 25, "random_state": 0} | parameters)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_kills_lose_nothing():
    command = [sys.executable, str(HERE / "kills.py"), "--kills", "2"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("0 lost or unreadable, 0 differing") == 2
    # More than were asked for: each job goes on, and is killed again, until it is complete.
    assert len(re.findall(r"[1-9]\d* kills, [1-9]", ended.stdout)) == 2


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
except OSError as error:
    assert str(error) == f"[Errno 27] File too large: '{folder / 'model'}'", error
else:
    raise AssertionError("it was written")
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
assert (load(folder / "model").predict_proba(X) == alone.predict_proba(X)).all()
assert sorted(path.name for path in folder.iterdir()) == ["lock", "model"]
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no limits of files on this system")
def test_files_that_may_not_grow(tmp_path):
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 512 kB, and a function that fills it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = " ".join(str(getattr(error, "stderr", "") or error).split())
        pytest.skip(f"no file system can be mounted here: {reason}")

    def fill():
        with open(disk / "filling", "wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    yield disk, fill
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_while_a_model_is_saved(small_disk):
    disk, fill = small_disk
    classifier = lenet(max_epochs=1).fit(X, Y)
    classifier.save(disk / "model")
    fill()
    other = lenet(max_epochs=1, random_state=1).fit(X, Y)
    with pytest.raises(OSError, match="No space left on device: .*/disk/model'$"):
        other.save(disk / "model")
    assert sorted(os.listdir(disk)) == ["filling", "model"]
    np.testing.assert_array_equal(
        load(disk / "model").predict_proba(X), classifier.predict_proba(X)
    )


def test_a_full_disk_while_a_checkpoint_is_saved(small_disk):
    disk, fill = small_disk
    unbroken = lenet(hidden_units=(16,)).fit(X, Y).predict_proba(X)
    saved = lenet(hidden_units=(16,), checkpoint_dir=disk)

    class Fill(Callback):
        def on_epoch_begin(self, net, **kwargs):
            if len(net.history) == 3 and not (disk / "filling").exists():
                fill()

    with pytest.warns(UserWarning, match="of epoch [34] cannot be written.*No space") as caught:
        saved.set_params(callbacks=[Fill()]).fit(X, Y)
    assert len(caught) == 2
    assert all("that of epoch 2 stays" in str(warning.message) for warning in caught)
    np.testing.assert_array_equal(saved.predict_proba(X), unbroken)
    (disk / "filling").write_bytes(b"")
    with pytest.warns(UserWarning, match="after epoch 2 .*but Fill of .* start from scratch"):
        saved.fit(X, Y)
    np.testing.assert_array_equal(saved.predict_proba(X), unbroken)


def test_a_full_disk_while_a_file_is_downloaded(small_disk, tmp_path):
    disk, fill = small_disk
    (tmp_path / "source").write_bytes(bytes(200_000))
    (disk / "weights").write_bytes(b"old")
    fill()
    with pytest.raises(OSError, match="No space left on device: .*/disk/weights'$") as caught:
        download((tmp_path / "source").as_uri(), disk / "weights", n_retries=3, delay=60)
    assert caught.value.errno == errno.ENOSPC
    assert (disk / "weights").read_bytes() == b"old"
    assert sorted(os.listdir(disk)) == ["filling", "weights"]


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


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_while_a_model_is_saved(tmp_path, monkeypatch):
    first, second = (lenet(max_epochs=1, random_state=seed).fit(X, Y) for seed in range(2))
    first.save(tmp_path / "model")
    sync = os.fsync

    def interrupted(descriptor):
        signal.raise_signal(signal.SIGINT)
        sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            second.save(tmp_path / "model")
    assert os.listdir(tmp_path) == ["model"]
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(X), first.predict_proba(X))


@pytest.mark.usefixtures("default_sigint_handler")
@pytest.mark.parametrize("method", ["predict", "predict_proba", "transform"])
def test_ctrl_c_in_a_prediction(method):
    classifier = lenet(max_epochs=1).fit(X, Y)
    expected = getattr(classifier, method)(X)
    first = classifier.module_.convolutions[0]
    hook = first.register_forward_hook(lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        getattr(classifier, method)(X)
    hook.remove()
    np.testing.assert_array_equal(getattr(classifier, method)(X), expected)


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_while_the_data_are_read():
    class Images:
        """Data that are read from somewhere when they are asked for."""

        def __array__(self, dtype=None, copy=None):
            signal.raise_signal(signal.SIGINT)
            return X

        def __len__(self):
            return len(X)

    classifier = lenet(max_epochs=1).fit(X, Y)
    before = classifier.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(Images(), Y)
    np.testing.assert_array_equal(classifier.predict_proba(X), before)


def test_a_clock_that_is_set_back(tmp_path, monkeypatch):
    unbroken = lenet().fit(X, Y).predict_proba(X)
    now = iter(range(10**9, 0, -3600))
    monkeypatch.setattr(time, "time", lambda: next(now))
    saved = lenet(checkpoint_dir=tmp_path, checkpoint_interval=0.001, verbose=1).fit(X, Y)
    np.testing.assert_array_equal(saved.predict_proba(X), unbroken)
    assert _checkpoints.read_state(tmp_path / "checkpoint.safetensors")["n_epochs"] == 4
