"""What the experiments share: data, a place for records, and how long they may take."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock
from sklearn.model_selection import train_test_split

from skfashion import RandomErasing, RandomHorizontalFlip
from skfashion.datasets import make_garments
from skfashion.storage import new_file

from .. import _environment
from ._recorded import Recorded

RESULTS = _environment.RESULTS / "experiments"
N_HELD_OUT = 10_000
QUICK = {"max_epochs": 2, "width": 8, "image_size": 32}  # the most in a quick run
# What the references do not do: a constant rate, plain weights and targets.
PLAIN = {
    "lr_schedule": None,
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
    "ema_decay": None,
}
# The longer schedule of ours: with v5, on held-out images, no recipe is better by more than .0003,
# and those two have more epochs, or shifts and Muon. See the recipes in benchmarks/README.md.
LONGER = {
    "max_epochs": 60,
    "batch_size": 128,
    "augment": [RandomHorizontalFlip(), RandomErasing(0.4)],
    "tta": "flip",
}
WHAT = "fits of an experiment, in the order in which they ended"


class Reported(NamedTuple):
    """What a reference reports for a row.

    Attributes
    ----------
    row : str
        The row of the results.
    accuracy : str
        Test accuracy, as it is printed there; "-" if there is none.
    seconds : str, default=""
        How long it took there.
    differs : str, default=""
        What is not the same here, and why.
    """

    row: str
    accuracy: str
    seconds: str = ""
    differs: str = ""


@dataclass(frozen=True)
class Data:
    """Training images with a stratified part that is held out, and test images.

    The test images only report: nothing is chosen by them, and no training is stopped.

    Attributes
    ----------
    X, y : ndarray of shape (n, 784) and (n,)
        All training images, and their labels.
    train, held_out : ndarray of int
        Which of them are learned from, and which are held out to choose by.
    X_test, y_test : ndarray
        The test images, and their labels.
    """

    X: np.ndarray
    y: np.ndarray
    train: np.ndarray
    held_out: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray

    @property
    def split(self):
        """The one split, as scikit-learn's searches take it."""
        return [(self.train, self.held_out)]

    @property
    def train_set(self):
        """The images that are learned from, and their labels."""
        return self.X[self.train], self.y[self.train]

    @property
    def validation(self):
        """The images that are held out, as `fit` takes them."""
        return {"X_val": self.X[self.held_out], "y_val": self.y[self.held_out]}


@cache
def load_data(quick):
    """Return Fashion-MNIST, or a few drawn garments for a quick run."""
    if quick:
        X, y = make_garments(240, random_state=0, return_X_y=True)
        (X, X_test), (y, y_test) = np.split(X, [180]), np.split(y, [180])
    else:
        X, y = _environment.fashion_mnist()
        X_test, y_test = _environment.fashion_mnist("test")
    n_held_out = 60 if quick else N_HELD_OUT
    train, held_out = train_test_split(
        np.arange(len(y)), test_size=n_held_out, stratify=y, random_state=0
    )
    return Data(X, y, np.sort(train), np.sort(held_out), X_test, y_test)


@cache
def environment():
    """Return hardware and versions, asked for once in a process."""
    return _environment.environment()


@dataclass(frozen=True)
class Experiment:
    """One run of an experiment: what it reads, and where it writes.

    Parameters
    ----------
    name : str
        The name of the experiment, and of its file.
    folder : Path, default=RESULTS
        Where the records are.
    quick : bool, default=False
        Whether to take a few drawn garments, two epochs and narrow networks.
    n_seeds : int, default=3
        How many seeds.
    first_seed : int, default=0
        The first of them.
    n_jobs : int or None, default=None
        How many fits of a search or a cross-validation run side by side.
    long : bool, default=False
        Whether to run what takes more than half an hour on two cores.
    weights : str or None, default=None
        File or URL of VGG-19's weights.
    side_by_side : int, default=1
        How many runs share the machine, which their seconds depend on.
    """

    name: str
    folder: Path = RESULTS
    quick: bool = False
    n_seeds: int = 3
    first_seed: int = 0
    n_jobs: int | None = None
    long: bool = False
    weights: str | None = None
    side_by_side: int = 1

    @property
    def data(self):
        """The images, read once in a process."""
        return load_data(self.quick)

    @property
    def environment(self):
        """Hardware and versions, and how many runs share the machine."""
        return environment() | {"side_by_side": self.side_by_side}

    @property
    def seeds(self):
        """The seeds."""
        return range(self.first_seed, self.first_seed + self.n_seeds)

    def few(self, options):
        """Return the options of a search; of more than two, the first and the last if quick."""
        options = list(options)
        return [options[0], options[-1]] if self.quick and len(options) > 2 else options

    def has_time_for(self, what):
        """Return whether to run what takes more than half an hour on two cores."""
        if self.long or self.quick or self.environment["gpu"]:
            return True
        print(f"{what}: left out, more than half an hour on two cores; --long runs it")
        return False

    def shorten(self, estimator):
        """Set the parameters of an estimator so that a quick run is quick."""
        if self.quick:
            params = estimator.get_params()  # those of its parts as well
            limits = {name: QUICK.get(name.rpartition("__")[2]) for name in params}
            estimator.set_params(
                **{name: most for name, most in limits.items() if most and params[name] > most}
            )

    # Records.

    def recorded(self, estimator, row, *, protocol="ours", keep=False):
        """Return an estimator whose fits are recorded; see :class:`Recorded`."""
        return Recorded(estimator, self, row, protocol, keep)

    @property
    def path(self):
        """The file of the records."""
        return self.folder / f"{self.name}.json"

    def records(self):
        """Return the records that are there."""
        return read(self.path)

    def find(self, key):
        """Return the record of a fit, in this experiment or another one, or None."""
        paths = [self.path, *sorted(self.folder.glob("*.json"))]
        return next((one for path in paths for one in read(path) if one["key"] == key), None)

    def add(self, record):
        """Write a record into the file, in the place of one of the same fit and row; return it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / f".{self.name}.lock"):
            there = self.records()
            by_fit = {(one["row"], one["key"]): one for one in there}
            is_new = (record["row"], record["key"]) not in by_fit
            by_fit[record["row"], record["key"]] = record
            if list(by_fit.values()) != there:
                write(self.path, by_fit.values())
        if is_new:
            print(summary(record), flush=True)
        return record

    # Models.

    def model(self, key):
        """Return where the model of a fit is kept; not part of the results."""
        return self.folder / "models" / f"{key}.skfashion"

    def keep(self, estimator, key):
        """Save a fitted estimator for votes."""
        self.model(key).parent.mkdir(parents=True, exist_ok=True)
        estimator.save(self.model(key))


def read(path):
    """Return the records of a file; none if it is not there.

    Raises
    ------
    ValueError
        If it is not one of records.
    """
    if not path.exists():
        return []
    try:
        return json.loads(path.read_text())["records"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} has no records of an experiment: remove it, and the fits run again."
        ) from error


def write(path, records):
    """Write records, each in a line, as a whole file or not at all."""
    lines = ",\n".join(json.dumps(record) for record in records)
    with new_file(path) as file:
        file.write(f'{{"what": {json.dumps(WHAT)}, "records": [\n{lines}\n]}}\n'.encode())


def summary(record):
    """Return a line about a record."""
    scores = [
        f"{part} {record[part]['accuracy']:.4f}"
        for part in ("train", "validation", "test")
        if record[part]
    ]
    seed = "" if record["seed"] is None else f", seed {record['seed']}"
    return f"{record['row']} ({record['protocol']}{seed}): {', '.join(scores)}; " + (
        f"{record['seconds']:.1f} s"
    )
