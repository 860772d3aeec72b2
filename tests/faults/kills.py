"""Kill fits, searches and savings at random moments; nothing may be lost, or end otherwise.

A process trains with checkpoints and saves its classifier, another searches by cross-validation.
Both are killed (SIGKILL) at random moments and started again, until each is complete. Then its
predictions are compared with those of a process that nobody killed, and it begins anew, until there
were enough kills. After each kill the model file has to be there whole, or not at all, and the next
process has to read all checkpoints.

    python tests/faults/kills.py --kills 100
"""

import argparse
import multiprocessing
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.model_selection import GridSearchCV

from skfashion import LeNet5Classifier, RandomShift, load
from skfashion.datasets import make_garments

X, Y = make_garments(100, random_state=0, return_X_y=True)
SETTINGS = {"dropout": 0.2, "augment": RandomShift(2), "batch_size": 50, "random_state": 0}


def fit(folder):
    """Train and save, with early stopping and all that draws random numbers."""
    classifier = LeNet5Classifier(
        checkpoint_dir=folder, max_epochs=6, early_stopping=True, **SETTINGS
    )
    classifier.fit(X, Y).save(folder / "model.skfashion")
    return classifier.predict_proba(X)


def search(folder):
    """Search, and save the best."""
    classifier = LeNet5Classifier(checkpoint_dir=folder, max_epochs=2, **SETTINGS)
    grid = GridSearchCV(classifier, {"lr": [0.001, 0.01]}, cv=2, error_score="raise").fit(X, Y)
    grid.best_estimator_.save(folder / "model.skfashion")
    return np.append(grid.predict_proba(X), grid.cv_results_["mean_test_score"])


def run(job, folder):
    """Do a job, and leave its result in a file."""
    result = job(folder)
    np.save(folder / "unfinished.npy", result)
    (folder / "unfinished.npy").rename(folder / "result.npy")


def killed(job, folder, seconds):
    """Do a job in a process; return whether it was killed after so many seconds.

    Raises
    ------
    RuntimeError
        If it ended by itself, and not well.
    """
    process = multiprocessing.get_context("fork").Process(target=run, args=(job, folder))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"{job.__name__} ended with the exit code {process.exitcode}")
    return process.exitcode != 0


def model_is_whole(folder, expected):
    """Return whether the model file is missing or predicts what it should."""
    path = folder / "model.skfashion"
    if not path.exists():
        return True
    with multiprocessing.get_context("fork").Pool(1) as pool:  # torch's threads are no child's
        return np.array_equal(pool.apply(_predictions, (path,)), expected)


def _predictions(path):
    return load(path).predict_proba(X)


def kill_often(job, n_kills, rng, home):
    """Kill a job so often; return how many results were lost, and how many differ."""
    reference = home / "reference"
    reference.mkdir()
    start = time.monotonic()
    killed(job, reference, None)
    seconds = time.monotonic() - start
    expected = np.load(reference / "result.npy")
    probabilities = expected[: X.shape[0] * 10].reshape(len(X), 10)
    n_done = n_lost = n_differing = n_complete = 0
    while n_done < n_kills:
        folder = home / str(n_complete)
        folder.mkdir()
        while killed(job, folder, rng.uniform(0, seconds)):
            n_done += 1
            n_lost += not model_is_whole(folder, probabilities)
        n_complete += 1
        n_differing += not np.array_equal(np.load(folder / "result.npy"), expected)
        n_lost += not model_is_whole(folder, probabilities)
        shutil.rmtree(folder)
    print(
        f"{job.__name__}: {n_done} kills, {n_complete} complete, {n_lost} lost or unreadable, "
        f"{n_differing} differing",
        flush=True,
    )
    return n_lost, n_differing


def main(arguments=None):
    """Kill, print what came of it, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100, help="how many, of all jobs together")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    torch.optim.SGD([torch.zeros(1)])  # imports what each process would need seconds for
    faults = 0
    for job in (fit, search):
        with tempfile.TemporaryDirectory() as home:
            faults += sum(kill_often(job, -(-options.kills // 2), rng, Path(home)))
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
