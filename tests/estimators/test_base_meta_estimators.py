"""What scikit-learn can do with a classifier, it can do with ours."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    cross_val_predict,
    cross_val_score,
    learning_curve,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from skfashion import (
    LeNet5Classifier,
    MiniVGGClassifier,
    RandomHorizontalFlip,
    RandomShift,
    V5Classifier,
)

GOOD = 0.6  # of ten classes, a tenth is chance


@pytest.fixture
def lenet():
    return LeNet5Classifier(
        activation="relu", pooling="max", batch_size=32, max_epochs=4, random_state=0
    )


def test_learns(lenet, garments):
    X, y = garments
    assert lenet.fit(X[:400], y[:400]).score(X[400:], y[400:]) > GOOD


def test_clone_and_pickle(lenet, garments):
    X, y = garments
    lenet.set_params(augment=[RandomShift(1), RandomHorizontalFlip()], max_epochs=1)
    copy = clone(lenet)
    assert copy.get_params()["augment"][0].get_params() == RandomShift(1).get_params()
    lenet.fit(X, y)
    again = pickle.loads(pickle.dumps(lenet))
    np.testing.assert_array_equal(again.predict_proba(X), lenet.predict_proba(X))
    # The moments of the optimizer are not in a pickle: both go on without.
    other = pickle.loads(pickle.dumps(lenet))
    np.testing.assert_array_equal(
        again.partial_fit(X, y).predict_proba(X), other.partial_fit(X, y).predict_proba(X)
    )


def test_a_pickle_does_not_hold_the_training_data(lenet, garments):
    X, y = garments
    lenet.set_params(max_epochs=1, early_stopping=True)
    few, many = (len(pickle.dumps(clone(lenet).fit(X[:n], y[:n]))) for n in (100, 600))
    assert many < few + 10_000


def test_pipeline(lenet, garments):
    X, y = garments
    pipeline = Pipeline([("flip", RandomHorizontalFlip(random_state=0)), ("lenet", lenet)]).fit(
        X, y
    )
    np.testing.assert_array_equal(pipeline.predict(X), pipeline["lenet"].predict(X))


def test_features_for_another_classifier(lenet, garments):
    X, y = garments
    pipeline = make_pipeline(lenet, KNeighborsClassifier()).fit(X[:400], y[:400])
    assert pipeline.score(X[400:], y[400:]) > GOOD
    names = pipeline[:1].get_feature_names_out()
    assert names[0] == "lenet5classifier0"
    assert len(names) == 84
    frame = clone(lenet).set_output(transform="pandas").fit(X, y).transform(X[:5])
    assert list(frame.columns) == list(names)


@pytest.mark.slow
def test_grid_search_over_everything(lenet, garments):
    X, y = garments
    search = GridSearchCV(
        lenet.set_params(max_epochs=1),
        [
            {"lr": [1e-3, 1e-2], "activation": ["relu", "tanh"]},
            {"augment": [None, RandomHorizontalFlip()]},
            {"augment": [RandomShift()], "augment__max_shift": [1, 3]},
        ],
        cv=2,
        error_score="raise",
    ).fit(X, y)
    assert len(search.cv_results_["params"]) == 8
    assert search.best_score_ > 0.2


def test_randomized_search(lenet, garments):
    X, y = garments
    search = RandomizedSearchCV(
        lenet,
        {"lr": [1e-3, 3e-3, 1e-2], "hidden_units": [(32,), (64, 32)]},
        n_iter=3,
        cv=2,
        random_state=0,
        error_score="raise",
    ).fit(X, y)
    assert search.predict(X).shape == y.shape


def test_halving_search_with_epochs_as_the_resource(lenet, garments):
    X, y = garments
    search = HalvingGridSearchCV(
        lenet,
        {"lr": [1e-4, 3e-3]},
        resource="max_epochs",
        min_resources=1,
        max_resources=4,
        factor=2,
        cv=2,
        random_state=0,
        error_score="raise",
    ).fit(X, y)
    assert search.best_params_["lr"] == 3e-3
    assert search.n_resources_[-1] > search.n_resources_[0]


def test_soft_vote_of_three(garments):
    X, y = garments
    vote = VotingClassifier(
        [
            ("lenet", LeNet5Classifier(max_epochs=2, random_state=0)),
            ("vgg", MiniVGGClassifier(width=8, max_epochs=2, random_state=0)),
            ("v5", V5Classifier(width=8, max_epochs=2, random_state=0)),
        ],
        voting="soft",
    ).fit(X, y)
    mean = np.mean([member.predict_proba(X) for member in vote.estimators_], axis=0)
    np.testing.assert_allclose(vote.predict_proba(X), mean)


def test_stacking(lenet, garments):
    X, y = garments
    stack = StackingClassifier(
        [("lenet", lenet), ("knn", KNeighborsClassifier())], LogisticRegression(), cv=2
    ).fit(X[:400], y[:400])
    assert stack.score(X[400:], y[400:]) > GOOD


def test_cross_validation(lenet, garments):
    X, y = garments
    assert cross_val_score(lenet, X, y, cv=3).mean() > GOOD
    assert (cross_val_predict(lenet, X, y, cv=2) == y).mean() > GOOD
    sizes, _, test = learning_curve(lenet, X, y, train_sizes=[100, 300], cv=2)
    assert list(sizes) == [100, 300]
    assert test.mean(axis=1)[1] > test.mean(axis=1)[0]


def test_calibration(lenet, garments):
    X, y = garments
    calibrated = CalibratedClassifierCV(lenet, cv=2).fit(X[:400], y[:400])
    assert calibrated.score(X[400:], y[400:]) > GOOD


def test_string_labels_and_data_frames(lenet, garments):
    X, y = garments
    names = np.array([f"class {code}" for code in y])
    frame = pd.DataFrame(X, columns=[f"pixel{i}" for i in range(784)])
    lenet.fit(frame, pd.Series(names))
    assert lenet.feature_names_in_[1] == "pixel1"
    assert set(lenet.predict(frame)) <= set(names)
    assert (lenet.predict(frame) == names).mean() > GOOD


def test_digits():
    X, y = load_digits(return_X_y=True)
    classifier = LeNet5Classifier(
        activation="relu", pooling="max", max_epochs=30, batch_size=32, random_state=0
    )
    assert classifier.fit(X[:1200], y[:1200]).score(X[1200:], y[1200:]) > 0.93
    assert classifier.image_shape_ == (8, 8, 1)


def test_binary_problem(lenet, garments):
    X, y = garments
    dark = np.where(y == 9, "boot", "other")
    lenet.fit(X, dark)
    assert lenet.decision_function(X).shape == (600,)
    np.testing.assert_array_equal(
        lenet.predict(X), np.where(lenet.decision_function(X) > 0, "other", "boot")
    )


@pytest.mark.slow
def test_real_data_in_cross_validation(fashion_mnist, lenet):
    X, y, *_ = fashion_mnist
    assert cross_val_score(lenet, X[:4000], y[:4000], cv=2, n_jobs=2).mean() > 0.8


@pytest.mark.slow
def test_real_data(fashion_mnist):
    X, y, X_test, y_test = fashion_mnist
    classifier = LeNet5Classifier(activation="relu", pooling="max", max_epochs=3, random_state=0)
    assert classifier.fit(X[:20_000], y[:20_000]).score(X_test, y_test) > 0.86
