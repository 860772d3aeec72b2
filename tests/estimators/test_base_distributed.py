"""A search on a Dask cluster."""

import gc
import os
import signal
import threading
import time
from itertools import chain

import joblib
import numpy as np
import pytest
import torch
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skfashion import LeNet5Classifier, RandomShift

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

GRID = {"lr": [1e-3, 1e-2], "augment": [None, RandomShift(1)]}


@pytest.fixture(scope="module")
def client():
    """Two worker processes of one thread, forked from one that has imported all they need."""
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
        processes = distributed.utils.get_mp_context()
        processes.set_forkserver_preload(["distributed", "skfashion.training"])
        workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
        with (
            distributed.LocalCluster(**workers) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


@pytest.fixture(scope="module")
def search_and_data(garments):
    """Return a search that is fitted without Dask, on one thread as workers are, and its data."""
    X, y = (array[:200].copy() for array in garments)
    folds = list(StratifiedKFold(2).split(X, y))
    lenet = LeNet5Classifier(max_epochs=2, hidden_units=(16, 8), random_state=0)
    search = GridSearchCV(lenet, GRID, cv=folds, error_score="raise")
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        search.fit(X, y)
    finally:
        torch.set_num_threads(n_threads)
    return search, X, y, folds


def n_tasks(dask_scheduler):
    return len(dask_scheduler.tasks)


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fit_on_cluster(client, search_and_data):
    """Fit the search anew on the cluster; return the scores, and check that nothing differs."""
    search, X, y, folds = search_and_data
    # Dask may lose arrays that are sent while it still deletes those of the search before,
    # which have the same contents and so the same keys
    gc.collect()
    wait_until(lambda: not client.run_on_scheduler(n_tasks))
    other = GridSearchCV(search.estimator, GRID, cv=folds, error_score="raise", refit=False)
    with joblib.parallel_config("dask", scatter=[X, y, *chain(*folds)]):
        other.fit(X, y)
    assert str(other.best_params_) == str(search.best_params_)
    for name in ("split0_test_score", "split1_test_score", "mean_test_score"):
        np.testing.assert_array_equal(other.cv_results_[name], search.cv_results_[name])


def received(dask_worker):
    """Return the keys of all that a worker fetched from others, with repetitions, and the bytes."""
    transfers = dask_worker.transfer_incoming_log
    keys = [key for transfer in transfers for key in transfer["keys"]]
    return keys, sum(transfer["total"] for transfer in transfers)


@pytest.mark.slow
def test_is_the_same_and_sends_the_data_once(client, search_and_data):
    """A worker that lacked the images for each of the eight fits would fetch them."""
    fit_on_cluster(client, search_and_data)
    _, X, y, folds = search_and_data
    shared = [X, y, *chain(*folds)]
    for keys, n_bytes in client.run(received).values():
        assert len(keys) == len(set(keys))
        assert n_bytes <= sum(array.nbytes for array in shared)


@pytest.mark.slow
def test_goes_on_when_a_worker_is_killed(client, search_and_data):
    """A worker is killed after the first fit, in the middle of another."""
    pid = next(iter(client.run(os.getpid).values()))
    killed, ended = [], threading.Event()

    def computed(dask_scheduler):
        states = [task.state for key, task in dask_scheduler.tasks.items() if "fit_and" in str(key)]
        return states.count("memory") + states.count("released") > 0

    def kill():
        while not client.run_on_scheduler(computed):
            if ended.wait(0.01):
                return
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        fit_on_cluster(client, search_and_data)
    finally:
        ended.set()
        thread.join()
    assert killed
