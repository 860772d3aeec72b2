"""The requests that the page for users of skorch and Keras says work here do."""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import sklearn
import torch
from sklearn.ensemble import AdaBoostClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.validation import check_is_fitted

from skfashion import Augmentation, LeNet5Classifier
from skfashion.datasets import make_garments

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "coming_from.md"
AUGMENTED = []  # how many images, batch by batch


class Recording(Augmentation):
    """Changes nothing, and notes how many images it is given."""

    def augment(self, batch, generator):
        AUGMENTED.append(len(batch))
        return batch


@pytest.fixture(scope="module")
def data():
    return make_garments(80, random_state=0, return_X_y=True)


def lenet(**parameters):
    return LeNet5Classifier(**{"max_epochs": 1, "batch_size": 16, "random_state": 0} | parameters)


def sample_weights(data, folder):
    X, y = data
    boosted = AdaBoostClassifier(lenet(), n_estimators=2, random_state=0).fit(X, y)
    assert len(boosted.estimators_) >= 1
    weights = np.where(y == 3, 1.0, 0.0)
    assert (lenet().fit(X, y == 3, sample_weight=weights + (y == 4)).classes_ == [0, 1]).all()


def class_weights(data, folder):
    X, y = data
    rare = y == 3
    plain = lenet().fit(X, rare).predict_proba(X)[:, 1].mean()
    for weight in ("balanced", {True: 20.0, False: 1.0}):
        assert lenet(class_weight=weight).fit(X, rare).predict_proba(X)[:, 1].mean() > plain


def one_seed(data, folder):
    X, y = data
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    first, second = (lenet(dropout=0.5).fit(X, y).predict_proba(X) for _ in range(2))
    assert (first == second).all()
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()


def dtypes(data, folder):
    X, y = data
    for dtype in (np.float64, np.float16, np.int64, np.uint8):
        assert lenet().fit(X.astype(dtype), y.astype(np.int8)).predict(X[:3]).dtype == np.int8


def strings(data, folder):
    X, y = data
    fitted = lenet().fit(X, np.where(y > 4, "yes", "no"))
    assert fitted.classes_.tolist() == ["no", "yes"]
    assert set(fitted.predict(X)) <= {"no", "yes"}


def not_fitted(data, folder):
    with pytest.raises(NotFittedError):
        check_is_fitted(lenet())
    with pytest.raises(NotFittedError):
        lenet().predict(data[0])


def augmented_folds(data, folder):
    AUGMENTED.clear()
    cross_val_score(lenet(augment=Recording()), *data, cv=4)
    assert sum(AUGMENTED) == 4 * 60  # the training folds, once an epoch


def views(data, folder):
    X, y = data
    fitted = lenet().fit(X, y)
    mirrored = X.reshape(-1, 28, 28)[:, :, ::-1]
    both = fitted.set_params(tta="flip").predict_proba(X)
    np.testing.assert_allclose(both, fitted.predict_proba(mirrored), atol=1e-2)


def transformer(data, folder):
    X, y = data
    features = make_pipeline(FrozenEstimator(lenet().fit(X, y)), LogisticRegression(max_iter=10))
    assert features[:-1].transform(X).shape == (80, 84)
    assert features.fit(X, y).predict(X).shape == (80,)


def tensorboard(data, folder):
    pytest.importorskip("tensorboard")
    from skfashion.inspection import TensorBoardLogger

    logged = lenet().set_callbacks(TensorBoardLogger(folder))
    search = GridSearchCV(logged, {"lr": [0.001, 0.01]}, cv=2).fit(*data)
    assert len(list(folder.rglob("events*"))) == 5
    pickle.loads(pickle.dumps(search)).predict(data[0])


def validation_data(data, folder):
    X, y = data
    with sklearn.config_context(enable_metadata_routing=True):
        clf = lenet().set_fit_request(X_val=True, y_val=True)
        steps = [("scale", MinMaxScaler()), ("clf", clf)]
        pipeline = Pipeline(steps, transform_input=["X_val"]).fit(X, y, X_val=X, y_val=y)
        accuracy = pipeline.score(X, y)
    assert pipeline[-1].history_[-1, "valid_acc"] == pytest.approx(accuracy)


def one_pass(data, folder):
    AUGMENTED.clear()
    lenet(augment=Recording(), max_epochs=7).partial_fit(*data)
    assert sum(AUGMENTED) == 80


def goes_on(data, folder):
    search = GridSearchCV(
        lenet(augment=Recording(), checkpoint_dir=folder), {"lr": [0.001, 0.01]}, cv=2
    )
    search.fit(*data)
    AUGMENTED.clear()
    search.fit(*data)
    assert not AUGMENTED  # all fits are read


# In the order of the page.
TRIALS = [
    *(sample_weights, class_weights, one_seed, dtypes, strings, not_fitted, augmented_folds),
    *(views, transformer, tensorboard, validation_data, one_pass, goes_on),
]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.__name__)
def test_a_wish_is_met(trial, data, tmp_path):
    trial(data, tmp_path)


def test_each_wish_is_tried_and_has_a_thread():
    section = PAGE.read_text("utf-8").partition("## Requests by users of skorch, scikeras")[2]
    rows = re.findall(r"^\| (?!request|---)(.*?) \| (.*?) \|", section, re.MULTILINE)
    assert len(rows) == len(TRIALS)
    assert all("](https://github.com/" in threads for _, threads in rows)
