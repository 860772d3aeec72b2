"""A halving search over epochs that restarts each candidate, and one that trains on.

scikit-learn's ``HalvingGridSearchCV`` with ``resource="max_epochs"``, without and with a
``checkpoint_dir``, which lets a candidate that survives a round resume from its state there.
Asserts that both find the same scores, prints a table, and puts its rows into
``benchmarks/results/halving.json``.

    python benchmarks/halving.py
    python benchmarks/halving.py --show
"""

import argparse
import json
import tempfile
import time

import numpy as np
from _environment import RESULTS, data_home, environment, merge
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV, StratifiedKFold

from skfashion import LeNet5Classifier
from skfashion.datasets import fetch_fashion_mnist
from skfashion.training import ImageNet

GRID = {"lr": [3e-4, 1e-3, 3e-3, 1e-2], "batch_size": [32, 128]}
COLUMNS = "search", "seconds", "epochs", "best candidate", "accuracy"


def search(folder, X, y):
    """Return a row of the table, and the scores of all candidates."""
    epochs, step = [], ImageNet.run_single_epoch

    def count(net, iterator, training, *args, **kwargs):
        epochs.append(training)
        return step(net, iterator, training, *args, **kwargs)

    ImageNet.run_single_epoch = count
    # Without a schedule: with one, the first epochs of a long training are not a short one.
    classifier = LeNet5Classifier(lr_schedule=None, random_state=0, checkpoint_dir=folder)
    halving = HalvingGridSearchCV(
        classifier,
        GRID,
        cv=StratifiedKFold(3),
        resource="max_epochs",
        factor=2,
        min_resources=1,
        max_resources=8,
        refit=False,
        error_score="raise",
    )
    start = time.perf_counter()
    try:
        halving.fit(X, y)
    finally:
        ImageNet.run_single_epoch = step
    row = {
        "search": "anew" if folder is None else "trained on",
        "seconds": round(time.perf_counter() - start, 1),
        "epochs": sum(epochs),
        "best candidate": str(halving.best_params_),
        "accuracy": round(float(halving.best_score_), 4),
    }
    return row, halving.cv_results_["mean_test_score"]


def measure(n_images):
    """Return the rows of both searches, which have to find the same."""
    X, y = fetch_fashion_mnist(subset="train", data_home=data_home(), return_X_y=True)
    X, y = X[:n_images], y[:n_images]
    LeNet5Classifier(max_epochs=1).fit(X[:100], y[:100])  # imports what the first fit needs
    with tempfile.TemporaryDirectory() as folder:
        (anew, expected), (further, scores) = search(None, X, y), search(folder, X, y)
    np.testing.assert_array_equal(scores, expected)
    assert further["best candidate"] == anew["best candidate"]
    where = {"images": n_images, "environment": environment()}
    return [row | where for row in (anew, further)]


def show():
    """Print the table of what was measured."""
    results = json.loads((RESULTS / "halving.json").read_text())
    print("| " + " | ".join((*COLUMNS, "images")) + " |")
    print("| " + " | ".join(["---"] * (len(COLUMNS) + 1)) + " |")
    for row in results["rows"]:
        print("| " + " | ".join(str(row[name]) for name in (*COLUMNS, "images")) + " |")


def main():
    """Measure and print, or only print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--show", action="store_true", help="print what was measured before")
    options = parser.parse_args()
    if not options.show:
        merge(
            "halving",
            "halving searches over max_epochs",
            measure(options.images),
            key=("search", "images"),
        )
    show()


if __name__ == "__main__":
    main()
