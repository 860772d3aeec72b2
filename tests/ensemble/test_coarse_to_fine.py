"""A coarse classifier, and a fine one within each group of similar classes."""

import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, ShuffleSplit, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

import skfashion
from skfashion import LeNet5Classifier
from skfashion.ensemble import CoarseToFineClassifier

GROUPS = [[1, 8], [3, 5, 9]]
NARROW = {"hidden_units": (16, 8), "random_state": 0}


def linear(**parameters):
    return CoarseToFineClassifier(LogisticRegression(), LogisticRegression(), **parameters)


def tree():
    return DecisionTreeClassifier(max_depth=5, random_state=0)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:900] / 16, y[:900]


@parametrize_with_checks([linear(), linear(groups=[])])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [
        CoarseToFineClassifier(
            *(LeNet5Classifier(max_epochs=15, batch_size=32, **NARROW) for _ in range(2)), cv=2
        )
    ],
    expected_failed_checks=lambda _: {
        "check_sample_weight_equivalence_on_dense_data": "mini-batches in low precision"
    },
)
def test_scikit_learn_checks_with_networks(estimator, check):
    if "readonly_memmap" in str(check):
        pytest.skip("what can be written does not depend on the classifiers")
    check(estimator)


def test_is_exported():
    assert skfashion.CoarseToFineClassifier is CoarseToFineClassifier


def test_probabilities_multiply(digits):
    X, y = digits
    clf = linear(groups=GROUPS).fit(X, y)
    proba = clf.predict_proba(X)
    assert proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert clf.coarse_.classes_.tolist() == [0, 1, 2, 3, 4, 6, 7]
    assert [fine.classes_.tolist() for fine in clf.fine_] == GROUPS
    coarse = clf.coarse_.predict_proba(X)
    np.testing.assert_array_equal(proba[:, 7], coarse[:, 6])
    within = clf.fine_[1].predict_proba(X)
    np.testing.assert_allclose(proba[:, [3, 5, 9]], coarse[:, [3]] * within)
    np.testing.assert_array_equal(clf.predict(X), clf.classes_[proba.argmax(axis=1)])


def test_is_what_one_would_fit_by_hand(digits):
    X, y = digits
    clf = linear(groups=[[8, 1]]).fit(X, y)
    inside = np.isin(y, [1, 8])
    coarse = LogisticRegression().fit(X, np.where(inside, 1, y))
    fine = LogisticRegression().fit(X[inside], y[inside])
    np.testing.assert_array_equal(clf.coarse_.coef_, coarse.coef_)
    np.testing.assert_array_equal(clf.fine_[0].coef_, fine.coef_)


def test_classes_of_one_group_each(digits):
    X, y = digits
    groups = [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]
    clf = linear(groups=groups).fit(X, y)
    assert clf.coarse_.classes_.tolist() == [0, 1]
    assert clf.groups_ == groups
    assert clf.score(X, y) > 0.9


def test_without_groups_it_is_the_coarse_classifier(digits):
    X, y = digits
    clf = linear(groups=[]).fit(X, y)
    assert clf.groups_ == clf.fine_ == []
    alone = LogisticRegression().fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), alone.predict_proba(X))


def test_finds_the_groups(digits):
    X, y = digits
    clf = linear(min_confusion=0.04).fit(X, y)
    assert clf.confusion_.shape == (10, 10)
    assert clf.groups_ == [[1, 8], [7, 9]]
    assert linear(min_confusion=1).fit(X, y).groups_ == []
    assert not hasattr(clf.set_params(groups=GROUPS).fit(X, y), "confusion_")


def test_finds_a_group_that_is_there():
    rng = np.random.default_rng(0)
    centers = np.array([[0, 0], [1, 1], [20, 0], [0, 20]])
    y = np.repeat(["d", "a", "c", "b"], 50)
    X = np.repeat(centers, 50, axis=0) + rng.normal(size=(200, 2))
    clf = linear().fit(X, y)
    assert clf.groups_ == [["a", "d"]]
    assert clf.confusion_[0, 3] > 0.1
    for cv in (ShuffleSplit(3, random_state=0), 2, list(ShuffleSplit(2, random_state=0).split(X))):
        assert linear(cv=cv).fit(X, y).groups_ == [["a", "d"]]


def test_sample_weights_decide_about_groups():
    X = np.repeat(np.eye(3), 20, axis=0)
    y = np.repeat([0, 1, 2], 20)
    X[15:20] = X[20]  # a quarter of class 0 looks like class 1
    assert linear().fit(X, y).groups_ == [[0, 1]]
    weight = np.ones(60)
    weight[15:20] = 0.01
    assert linear().fit(X, y, sample_weight=weight).groups_ == []


def test_labels_of_strings(digits):
    X, y = digits
    names = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "9"])
    clf = linear(groups=[["one", "eight"]]).fit(X, names[y])
    assert clf.groups_ == [["eight", "one"]]
    assert clf.predict(X).dtype == clf.classes_.dtype
    assert clf.score(X, names[y]) > 0.9
    objects = linear(groups=[["one", "eight"]]).fit(X, pd.Series(names[y], dtype=object))
    np.testing.assert_array_equal(objects.predict(X), clf.predict(X))


def test_in_a_grid_search(digits):
    X, y = digits
    candidates = [[], [[1, 8]], GROUPS, None]
    grid = {"groups": candidates, "fine__C": [1.0, 10.0]}
    search = GridSearchCV(linear(), grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["groups"] in candidates
    assert len(search.cv_results_["params"]) == 8
    fine = search.best_estimator_.fine_
    assert {one.C for one in fine} <= {search.best_params_["fine__C"]}


def test_pipelines_and_other_classifiers(digits):
    X, y = digits
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1, 3]}, cv=2)
    clf = CoarseToFineClassifier(pipeline, search, groups=GROUPS)
    assert cross_val_score(clf, X, y, cv=2, error_score="raise").mean() > 0.85
    assert Pipeline([("scale", StandardScaler()), ("clf", clf)]).fit(X, y).score(X, y) > 0.9


def test_without_probabilities(digits):
    X, y = digits
    clf = CoarseToFineClassifier(RidgeClassifier(), LogisticRegression(), groups=GROUPS)
    assert not hasattr(clf, "predict_proba")
    predicted = clf.fit(X, y).predict(X)
    assert (predicted == y).mean() > 0.9
    coarse = clf.coarse_.predict(X)
    np.testing.assert_array_equal(predicted[coarse == 1], clf.fine_[0].predict(X[coarse == 1]))
    np.testing.assert_array_equal(predicted[coarse == 0], 0)
    calibrated = clf.set_params(coarse=CalibratedClassifierCV(RidgeClassifier(), cv=2)).fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1)


def test_lists_data_frames_and_sparse_data(digits):
    X, y = digits
    clf = linear(groups=GROUPS).fit(X, y)
    wanted = clf.predict(X)
    for other in (X.tolist(), csr_matrix(X)):
        np.testing.assert_array_equal(clone(clf).fit(other, y.tolist()).predict(other), wanted)
    frame = pd.DataFrame(X, columns=[f"pixel{i}" for i in range(64)], index=np.arange(900) + 7)
    clf.fit(frame, pd.Series(y, index=frame.index))
    assert clf.feature_names_in_[1] == "pixel1"
    assert clf.n_features_in_ == 64
    np.testing.assert_array_equal(clf.predict(frame), wanted)
    with pytest.raises(ValueError, match="feature names"):
        clf.predict(frame[frame.columns[::-1]])
    assert not hasattr(clf.fit(X, y), "feature_names_in_")


def test_networks_on_images(garments):
    X, y = garments
    images = X.reshape(-1, 28, 28)
    net = LeNet5Classifier(activation="relu", pooling="max", batch_size=32, max_epochs=3, **NARROW)
    clf = CoarseToFineClassifier(net, net, groups=[[0, 2, 6]]).fit(images[:300], y[:300])
    proba = clf.predict_proba(images[300:])
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert clf.fine_[0].image_shape_ == (28, 28, 1)
    again = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(again.predict_proba(images[300:]), proba)
    repeated = clone(clf).set_params(n_jobs=1).fit(images[:300], y[:300])
    np.testing.assert_array_equal(repeated.predict_proba(images[300:]), proba)


def test_parallel_fits_are_the_same(digits):
    X, y = digits
    one = linear(min_confusion=0.02).fit(X, y)
    with joblib.parallel_config("threading"):
        two = linear(min_confusion=0.02, n_jobs=2).fit(X, y)
    assert one.groups_ == two.groups_
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))


def test_sample_weights_reach_both(digits):
    X, y = digits
    weight = np.where(y % 2, 1.0, 3.0)
    clf = linear(groups=[[1, 8]]).fit(X, y, sample_weight=weight)
    inside = np.isin(y, [1, 8])
    coarse = LogisticRegression().fit(X, np.where(inside, 1, y), sample_weight=weight)
    fine = LogisticRegression().fit(X[inside], y[inside], sample_weight=weight[inside])
    np.testing.assert_array_equal(clf.coarse_.coef_, coarse.coef_)
    np.testing.assert_array_equal(clf.fine_[0].coef_, fine.coef_)


@pytest.mark.parametrize("name", ["coarse", "fine"])
@pytest.mark.parametrize(
    "part", [KNeighborsClassifier(), make_pipeline(StandardScaler(), LogisticRegression())]
)
def test_sample_weights_that_a_part_does_not_take(digits, name, part):
    X, y = digits
    clf = linear(groups=GROUPS).set_params(**{name: part})
    with pytest.raises(ValueError, match=rf"(?s)^{name}=.* does not take sample_weight.*routing"):
        clf.fit(X, y, sample_weight=np.ones(len(y)))


def test_metadata_is_routed(digits):
    X, y = digits
    weight = np.where(y % 2, 1.0, 3.0)
    folds = np.arange(len(y)) % 3
    with sklearn.config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        weighted = LogisticRegression().set_fit_request(sample_weight=True)
        unweighted = LogisticRegression().set_fit_request(sample_weight=False)
        clf = CoarseToFineClassifier(make_pipeline(scaler, weighted), unweighted, cv=GroupKFold(3))
        clf.set_params(min_confusion=0.02).fit(X, y, sample_weight=weight, groups=folds)
        assert clf.groups_
        alone = LogisticRegression()
        scaled = StandardScaler().fit_transform(X)
        merged = y.copy()
        for group in clf.groups_:
            merged[np.isin(y, group)] = group[0]
        alone.fit(scaled, merged, sample_weight=weight)
        np.testing.assert_array_equal(clf.coarse_[-1].coef_, alone.coef_)
        with pytest.raises(TypeError, match="unexpected"):
            clf.fit(X, y, sample_weight=weight, groups=folds, other=1)
        with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError):
            linear(groups=GROUPS).fit(X, y, sample_weight=weight)


def test_other_metadata_without_routing(digits):
    X, y = digits
    with pytest.raises(ValueError, match="enable_metadata_routing"):
        linear(groups=GROUPS).fit(X, y, other=1)


@pytest.mark.parametrize("name", ["coarse", "fine"])
@pytest.mark.parametrize("part", [LinearRegression(), LogisticRegression, None, "lenet5"])
def test_parts_that_are_no_classifiers(digits, name, part):
    with pytest.raises(TypeError, match=f"^{name}=.* is not a classifier"):
        linear().set_params(**{name: part}).fit(*digits)


@pytest.mark.parametrize("value", [0, -0.1, 1.5, "often", None, float("nan")])
def test_wrong_min_confusion(digits, value):
    with pytest.raises(ValueError, match="'min_confusion' .* must be a float in the range"):
        linear(min_confusion=value).fit(*digits)


@pytest.mark.parametrize("groups", [[[1, 2], [2, 3]], [[1, 10]], [[1]], [range(10)]])
def test_wrong_groups_fail_before_any_fit(digits, groups):
    X, y = digits
    clf = linear(groups=GROUPS).fit(X, y)
    before = clf.predict_proba(X)
    with pytest.raises(ValueError, match="groups="):
        clf.set_params(groups=groups).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)


def test_a_part_that_learned_other_classes(digits):
    X, y = digits
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    clf = CoarseToFineClassifier(frozen, LogisticRegression(), groups=GROUPS)
    with pytest.raises(ValueError, match=r"not those that it was given: \[0, 1, 2, 3, 4, 6, 7\]"):
        clf.fit(X, y)


def test_frozen_parts(digits):
    X, y = digits
    clf = linear(groups=[[1, 8]]).fit(X, y)
    frozen = CoarseToFineClassifier(
        FrozenEstimator(clf.coarse_), FrozenEstimator(clf.fine_[0]), groups=[[1, 8]]
    ).fit(X, y)
    np.testing.assert_array_equal(frozen.predict_proba(X), clf.predict_proba(X))


@pytest.mark.parametrize("n_classes", [1, 2])
def test_few_classes(n_classes):
    X, y = np.eye(8), np.arange(8) % n_classes
    part = DummyClassifier()
    clf = CoarseToFineClassifier(part, part).fit(X, y)
    assert clf.groups_ == []
    assert clf.predict_proba(X).shape == (8, n_classes)


def test_data_that_are_wrong(digits):
    X, y = digits
    with pytest.raises(ValueError, match="inconsistent"):
        linear().fit(X, y[:-1])
    with pytest.raises(ValueError, match="0 samples"):
        linear(groups=GROUPS).fit(X[:0], y[:0])
    with pytest.raises(ValueError, match=r"sample_weight.shape == \(5,\)"):
        linear().fit(X, y, sample_weight=np.ones(5))
    with pytest.raises(ValueError, match="Negative values"):
        linear().fit(X, y, sample_weight=-np.ones(len(y)))
    with pytest.raises(ValueError, match="Unknown label type"):
        linear().fit(X, y + 0.5)
    with pytest.raises(ValueError, match="n_splits=5"):
        linear().fit(X[:10], np.arange(10))
    with pytest.raises(sklearn.exceptions.NotFittedError):
        linear().predict(X)
    with pytest.raises(ValueError, match="64 features"):
        linear(groups=GROUPS).fit(X, y).predict(X[:, :9])


def test_no_splits():
    X, y = load_digits(return_X_y=True)
    with pytest.raises(ValueError, match="cv=.* has no splits; give at least one, or groups"):
        CoarseToFineClassifier(LogisticRegression(), LogisticRegression(), cv=[]).fit(X, y)
