"""Optuna's search, over a classifier and its augmentation."""

import warnings

import numpy as np
import pytest

from skfashion import LeNet5Classifier, RandomShift

optuna = pytest.importorskip("optuna")
optuna_integration = pytest.importorskip("optuna_integration")

SPACE = {
    "lr": optuna.distributions.FloatDistribution(1e-3, 1e-2, log=True),
    "augment__max_shift": optuna.distributions.IntDistribution(0, 3),
}


@pytest.fixture
def lenet():
    return LeNet5Classifier(
        augment=RandomShift(), hidden_units=(16, 8), max_epochs=2, random_state=0
    )


@pytest.mark.parametrize("enable_pruning", [False, True])
def test_search(lenet, garments, enable_pruning):
    X, y = (array[:150] for array in garments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna's own: that the search is experimental
        search = optuna_integration.OptunaSearchCV(
            lenet,
            SPACE,
            n_trials=2,
            cv=2,
            random_state=0,
            error_score="raise",
            enable_pruning=enable_pruning,
            max_iter=2,
        ).fit(X, y)
    assert len(search.trials_) == 2
    assert search.best_estimator_.augment.max_shift == search.best_params_["augment__max_shift"]
    assert search.predict(X).shape == y.shape


class PruneAll(optuna.pruners.BasePruner):
    """Prune each trial after its first epoch."""

    def prune(self, study, trial):
        return True


def test_a_callback_prunes(lenet, garments):
    """The trial ends at once, and the classifier is as it was."""
    X, y = (array[:150] for array in garments)
    before = lenet.fit(X, y).predict_proba(X)
    study = optuna.create_study(direction="maximize", pruner=PruneAll())
    trial = study.ask(SPACE)
    pruning = optuna_integration.SkorchPruningCallback(trial, "valid_acc")
    lenet.set_params(callbacks=[pruning], max_epochs=50)
    with pytest.raises(optuna.TrialPruned, match="epoch 0"):
        lenet.fit(X[:100], y[:100], X_val=X[100:], y_val=y[100:])
    study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    assert list(study.trials[0].intermediate_values) == [0]
    np.testing.assert_array_equal(lenet.predict_proba(X), before)
