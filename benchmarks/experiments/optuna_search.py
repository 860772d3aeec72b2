"""Bayesian search with Optuna, with and without pruning, beside random search at equal seconds.

All three search the same parameters of LeNet-5 and its augmentation for the same number of seconds:
candidates learn from 6,000 training images and are scored on the 10,000 held-out ones. What each
has found is then trained on all training images. OptunaSearchCV works with scikit-learn 1.9;
its own pruning trains by `partial_fit`, at a constant learning rate, which is another training
than the `fit` whose parameters are searched. So hopeless trials are pruned here by a callback,
after an epoch, in a few lines of Optuna itself. In the picture, thick lines are means over seeds.
"""

import time
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna_integration import OptunaSearchCV, SkorchPruningCallback
from sklearn.base import clone

from skfashion import LeNet5Classifier, RandomShift

from ._harness import Reported

RANDOM, OPTUNA, PRUNED = "random search", "Optuna", "Optuna with pruning"
REPORTED = [
    Reported(row, "-", differs="Not in the references.") for row in (RANDOM, OPTUNA, PRUNED)
]
SECONDS = 300  # of each search
N_IMAGES = 6000  # that a candidate learns from: a trial takes seconds
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


def run(experiment):
    """Search in three ways, and train what each has found on all training images."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    data = experiment.data
    split = [(data.train[:N_IMAGES], data.held_out)]
    seconds = 3 if experiment.quick else SECONDS
    LeNet5Classifier(max_epochs=1).fit(data.X[:64], data.y[:64])  # torch is imported before
    for seed in experiment.seeds:
        estimator = LeNet5Classifier(max_epochs=5, augment=RandomShift(), random_state=seed)
        experiment.shorten(estimator)
        for row, (search, sampler) in SEARCHES.items():
            if any((one["row"], one["seed"]) == (row, seed) for one in experiment.records()):
                continue  # other trials would be drawn in these seconds
            study = search(sampler(seed=seed), seconds, split, estimator, data.X, data.y)
            best = clone(estimator).set_params(**study.best_params)
            fit = experiment.recorded(best, row).fit(data.X, data.y)
            searched = {
                "search_seconds": seconds,
                "trials": len(study.trials),
                "pruned": sum(map(is_pruned, study.trials)),
                "held_out_accuracy": study.best_value,
                "curve": curve(study),
            }
            experiment.add(fit.record_ | searched)


SEARCHES = {
    RANDOM: (search_cv, optuna.samplers.RandomSampler),
    OPTUNA: (search_cv, optuna.samplers.TPESampler),
    PRUNED: (search_with_pruning, optuna.samplers.TPESampler),
}
