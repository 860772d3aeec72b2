"""Learning curves that are redrawn while a classifier is fitted."""

import pickle
import sys
import threading
import warnings
from types import ModuleType, SimpleNamespace

import pytest
from sklearn.callback import FitCallback
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skfashion import LeNet5Classifier
from skfashion.inspection import LiveTrainingHistory


@pytest.fixture
def notebook(monkeypatch):
    """A stand-in for IPython's kernel: what is done to the output of cells, one after another."""
    done = []
    handle = SimpleNamespace(update=lambda picture: done.append("update"))

    def image(*, data, width, height, **how):
        assert data.startswith(b"\x89PNG")
        assert width > height
        return data

    def display(picture, *, display_id):
        done.append("display")
        return handle

    ipython, module = ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    ipython.version_info = (9, 0, 0)  # matplotlib asks for it
    module.display, module.Image = display, image
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return done


def lenet(n_epochs=3):
    return LeNet5Classifier(max_epochs=n_epochs, random_state=0)


def test_it_is_a_callback_of_scikit_learns():
    assert isinstance(LiveTrainingHistory(), FitCallback)


def test_redrawn_after_each_epoch(notebook, data):
    X, y, _ = data
    live = LiveTrainingHistory()
    lenet().set_callbacks(live).fit(X, y, X_val=X, y_val=y)
    assert notebook == ["display", "update", "update"]
    assert len(live.display_.lines_) == 4
    assert live.display_.best_epochs["LeNet5Classifier"] == 3


def test_a_new_picture_for_each_fit(notebook, data):
    live = LiveTrainingHistory(every=2)
    estimator = lenet(5).set_callbacks(live)
    for _ in range(2):
        estimator.fit(*data[:2])
    assert notebook == ["display", "update", "update"] * 2
    assert len(live.display_.runs["LeNet5Classifier"]["epoch"]) == 5


def test_nothing_is_left_open_in_a_notebook(notebook, data):
    import matplotlib.pyplot as plt

    lenet(1).set_callbacks(LiveTrainingHistory()).fit(*data[:2])
    assert not plt.get_fignums()


def test_one_window_elsewhere(data):
    import matplotlib.pyplot as plt

    live = LiveTrainingHistory()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lenet().set_callbacks(live).fit(*data[:2])
    assert len(plt.get_fignums()) == 1
    assert len(live.display_.figure_.axes) == 2


def test_within_a_search_and_a_pipeline(notebook, data):
    search = GridSearchCV(
        make_pipeline(lenet(1).set_callbacks(LiveTrainingHistory())),
        {"lenet5classifier__lr": [0.01]},
        cv=2,
    )
    search.fit(*data[:2])
    assert notebook == ["display"] * 3


def test_in_other_threads_nothing_is_drawn(notebook, data):
    live = LiveTrainingHistory()
    estimator = lenet(1).set_callbacks(live)
    thread = threading.Thread(target=estimator.fit, args=data[:2])
    thread.start()
    thread.join()
    assert not notebook
    assert not hasattr(live, "display_")


def test_it_can_be_pickled(notebook, data):
    live = LiveTrainingHistory()
    estimator = lenet(1).set_callbacks(live).fit(*data[:2])
    again = pickle.loads(pickle.dumps(live))
    assert not hasattr(again, "display_")
    lenet(1).set_callbacks(again).fit(*data[:2])
    assert len(notebook) == 2
    pickle.loads(pickle.dumps(estimator)).predict(data[0])


def test_training_is_the_same_with_it(data):
    X, y, _ = data
    without = lenet().fit(X, y).predict_proba(X)
    assert (
        lenet().set_callbacks(LiveTrainingHistory()).fit(X, y).predict_proba(X) == without
    ).all()


@pytest.mark.parametrize("every", [0, 1.5])
def test_errors(every):
    with pytest.raises(ValueError, match="every=.* is not a whole number of at least 1"):
        LiveTrainingHistory(every=every)
