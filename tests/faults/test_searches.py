"""A search whose worker is killed: what the user sees, and what is left of it."""

import os
import signal
import sys
import uuid

import joblib
import numpy as np
import pytest
import torch
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments

X, Y = make_garments(60, random_state=0, return_X_y=True)
N_FITS, N_EPOCHS = 6, 2  # three candidates on two folds


def kill_once(folder):
    """Return a callback that kills the process which begins a fit when another is complete."""

    class KillOnce(Callback):  # not of the module, which workers cannot import
        def on_train_begin(self, net, **kwargs):
            if list(folder.glob("complete-*")) and not (folder / "killed").exists():
                (folder / "killed").touch()
                os.kill(os.getpid(), signal.SIGKILL)

        def on_epoch_end(self, net, **kwargs):
            (folder / f"epoch-{uuid.uuid4().hex}").touch()

        def on_train_end(self, net, **kwargs):
            (folder / f"complete-{uuid.uuid4().hex}").touch()

        def state_dict(self):
            return {}

        def load_state_dict(self, state):
            pass

    return KillOnce()


@pytest.fixture
def one_thread():
    """Let torch have one thread, as in workers."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on this system")
@pytest.mark.usefixtures("one_thread")
def test_fits_survive_a_killed_worker(tmp_path):
    lenet = LeNet5Classifier(max_epochs=N_EPOCHS, batch_size=30, hidden_units=(8,), random_state=0)
    how = {"param_grid": {"lr": [1e-3, 3e-3, 1e-2]}, "cv": 2, "refit": False}
    unbroken = GridSearchCV(lenet, **how, error_score="raise").fit(X, Y)
    marks = tmp_path / "marks"
    marks.mkdir()
    lenet.set_params(checkpoint_dir=tmp_path / "fits", callbacks=[kill_once(marks)])
    search = GridSearchCV(lenet, **how, error_score="raise")
    # joblib ends the whole search, and says what has happened.
    with (
        joblib.parallel_config("loky", n_jobs=2, inner_max_num_threads=1),
        pytest.raises(TerminatedWorkerError, match="unexpectedly terminated"),
    ):
        search.fit(X, Y)
    n_before = len(list(marks.glob("epoch-*")))
    assert (marks / "killed").exists()
    assert n_before >= N_EPOCHS
    # The same search again, here without workers, does what is left of it.
    search.fit(X, Y)
    n_again = len(list(marks.glob("epoch-*"))) - n_before
    assert n_again <= (N_FITS - 1) * N_EPOCHS
    assert n_before + n_again - N_FITS * N_EPOCHS in (0, 1)  # one that another worker was at
    for name in ("split0_test_score", "split1_test_score"):
        np.testing.assert_array_equal(search.cv_results_[name], unbroken.cv_results_[name])
