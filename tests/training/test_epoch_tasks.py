"""scikit-learn's callbacks see each epoch, whatever ends a training."""

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.model_selection import GridSearchCV

from skfashion import LeNet5Classifier

rng = np.random.default_rng(0)
Y = np.arange(90) % 3
X = rng.integers(0, 200, (90, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]


def lenet(**parameters):
    usual = {"max_epochs": 9, "batch_size": 32, "random_state": 0, "lr_schedule": None, "lr": 0.05}
    return LeNet5Classifier(**usual | parameters)


class Tasks:
    """Note which tasks begin and end, and what can be done with the estimator then."""

    def __init__(self):
        self.begun, self.ended, self.scores = [], [], []

    def setup(self, estimator, context): ...

    def teardown(self, estimator, context): ...

    def on_fit_task_begin(self, estimator, context):
        self.begun.append((context.task_name, context.task_id))

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        self.ended.append((context.task_name, context.task_id))
        if context.task_name == "epoch":
            self.scores.append(fitted_estimator.score(X, Y))
            assert fitted_estimator.n_iter_ == context.task_id + 1
            assert fitted_estimator.image_shape_ == (28, 28, 1)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_each_task_ends(early_stopping):
    tasks = Tasks()
    classifier = lenet(early_stopping=early_stopping, patience=1).set_callbacks(tasks).fit(X, Y)
    assert (classifier.n_iter_ < 9) == early_stopping
    epochs = [("epoch", i) for i in range(classifier.n_iter_)]
    assert tasks.begun == [("fit", 0), *epochs]
    assert tasks.ended == [*epochs, ("fit", 0)]


def test_scores_are_those_of_the_epoch():
    tasks = Tasks()
    lenet(max_epochs=3).set_callbacks(tasks).fit(X, Y)
    shorter = [lenet(max_epochs=n).fit(X, Y).score(X, Y) for n in (1, 2, 3)]
    assert tasks.scores == shorter


def test_scoring_monitor_has_a_row_for_each_epoch():
    monitor = ScoringMonitor(scoring="accuracy")
    classifier = lenet(early_stopping=True, patience=1).set_callbacks(monitor).fit(X, Y)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(rows) == classifier.n_iter_ < 9


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_in_a_search(backend):
    monitor = ScoringMonitor(scoring="accuracy")
    classifier = lenet(max_epochs=2).set_callbacks(monitor)
    search = GridSearchCV(classifier, {"lr": [1e-3, 1e-2]}, cv=2, n_jobs=2)
    with parallel_config(backend):
        search.set_callbacks(ProgressBar(max_propagation_depth=1)).fit(X, Y)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(rows) == 2 * 5  # two epochs of four fits and of the best
