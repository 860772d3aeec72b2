"""Bayesian search with Optuna, with and without pruning, beside random search at equal seconds.

All three search the same parameters of LeNet-5 and its augmentation, on the same held-out part of
the training images, for the same number of seconds. OptunaSearchCV works with scikit-learn 1.9;
its own pruning trains by `partial_fit`, at a constant learning rate, which is another training
than the `fit` whose parameters are searched. So hopeless trials are pruned here by a callback,
after an epoch, in a few lines of Optuna itself. No test image is used for a choice.
"""

import time
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna_integration import OptunaSearchCV, SkorchPruningCallback
from sklearn.base import clone
from sklearn.model_selection import StratifiedShuffleSplit

from skfashion import LeNet5Classifier, RandomShift

from .coarse_to_fine import load

SPACE = {
    "lr": FloatDistribution(1e-4, 1e-1, log=True),
    "activation": CategoricalDistribution(["tanh", "relu", "elu"]),
    "pooling": CategoricalDistribution(["avg", "max"]),
    "dropout": FloatDistribution(0.0, 0.5),
    "batch_size": CategoricalDistribution([64, 128, 256]),
    "augment__max_shift": IntDistribution(0, 3),
}


def search_cv(sampler, seconds, split, estimator, X, y):
    """Search with OptunaSearchCV; return the study."""
    study = optuna.create_study(direction="maximize", sampler=sampler)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        warnings.filterwarnings("ignore", "`optuna.terminator`", FutureWarning)
        warnings.filterwarnings("ignore", "Failed to report cross validation", UserWarning)
        search = OptunaSearchCV(
            estimator, SPACE, cv=split, study=study, n_trials=None, timeout=seconds, refit=False
        )
        search.fit(X, y)
    return study


def search_with_pruning(sampler, seconds, split, estimator, X, y):
    """Search with Optuna itself: trials below the median of an epoch end; return the study."""
    train, valid = split[0]
    pruner = optuna.pruners.MedianPruner(n_startup_trials=4)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        trial = study.ask(SPACE)
        pruning = SkorchPruningCallback(trial, "valid_acc")
        candidate = clone(estimator).set_params(**trial.params, callbacks=[pruning])
        try:
            candidate.fit(X[train], y[train], X_val=X[valid], y_val=y[valid])
        except optuna.TrialPruned:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, candidate.score(X[valid], y[valid]))
    return study


def curve(study):
    """Return seconds since the start, and the best held-out accuracy until then, of each trial."""
    trials = [trial for trial in study.trials if not is_pruned(trial)]
    start = study.trials[0].datetime_start
    seconds = [(trial.datetime_complete - start).total_seconds() for trial in trials]
    best = np.maximum.accumulate([trial.value for trial in trials])
    return [[round(s, 1), float(b)] for s, b in zip(seconds, best, strict=True)]


def is_pruned(trial):
    """Return whether a trial was ended before its last epoch."""
    return trial.state == optuna.trial.TrialState.PRUNED


def run(quick=False, seeds=3):
    """Run the experiment.

    Parameters
    ----------
    quick : bool, default=False
        A few seconds on few images, to see that it runs.
    seeds : int, default=3
        Number of seeds, counted from 0.

    Yields
    ------
    dict
        The result of a search, as soon as it ends: the curve of the best held-out accuracy, the
        best parameters, and the test accuracy of a fit with these on all training images.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    X, y, X_test, y_test = load(quick)
    seconds = 5 if quick else 600
    LeNet5Classifier(max_epochs=1).fit(X[:64], y[:64])  # no search waits for the import of torch
    tpe, uniform = optuna.samplers.TPESampler, optuna.samplers.RandomSampler
    searches = {
        "random": (search_cv, uniform),
        "Optuna": (search_cv, tpe),
        "Optuna with pruning": (search_with_pruning, tpe),
    }
    for seed in range(seeds):
        split = list(StratifiedShuffleSplit(1, test_size=1 / 6, random_state=seed).split(X, y))
        estimator = LeNet5Classifier(
            max_epochs=3 if quick else 10, augment=RandomShift(), random_state=seed
        )
        for name, (search, sampler) in searches.items():
            study = search(sampler(seed=seed), seconds, split, estimator, X, y)
            best = clone(estimator).set_params(**study.best_params).fit(X, y)
            yield {
                "search": name,
                "seed": seed,
                "seconds": seconds,
                "trials": len(study.trials),
                "pruned": sum(map(is_pruned, study.trials)),
                "held_out_accuracy": study.best_value,
                "curve": curve(study),
                "best_params": study.best_params,
                "test_accuracy": best.score(X_test, y_test),
            }
