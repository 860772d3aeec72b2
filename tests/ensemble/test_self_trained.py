"""A classifier that is adapted to unlabelled samples."""

import pickle

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.ensemble import SelfTrainedClassifier


class Says(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose probabilities are the samples themselves."""

    def __init__(self, classes=("a", "b", "c")):
        self.classes = classes
        self.classes_ = np.array(classes)

    def fit(self, X, y):
        raise AssertionError("it is fitted already")

    def predict_proba(self, X):
        return np.asarray(X)[:, : len(self.classes)]

    def transform(self, X):
        return np.asarray(X)

    def __sklearn_is_fitted__(self):
        return True


X, Y = load_digits(return_X_y=True)


@pytest.fixture(scope="module")
def shifted():
    """A classifier of some digits, and others of another kind with their labels."""
    classifier = LogisticRegression(max_iter=500).fit(X[:300], Y[:300])
    return classifier, X[300:] * 0.6 + 4, Y[300:]


def test_it_is_more_accurate_on_samples_of_another_kind(shifted):
    classifier, photos, y = shifted
    adapted = SelfTrainedClassifier(classifier, FunctionTransformer()).fit(photos[:1000])
    before = classifier.score(photos[:1000], y[:1000])
    assert np.mean(adapted.transduction_ == y[:1000]) > before
    assert adapted.score(photos[1000:], y[1000:]) > classifier.score(photos[1000:], y[1000:])
    assert (adapted.predict(photos[:1000]) == adapted.transduction_).all()
    np.testing.assert_allclose(adapted.predict_proba(photos).sum(axis=1), 1)


def test_labels_are_not_used(shifted):
    classifier, photos, y = shifted
    meta = SelfTrainedClassifier(classifier, FunctionTransformer(), max_iter=1)
    with_labels = clone(meta).fit(photos, y).predict(photos)
    assert (meta.fit(photos).predict(photos) == with_labels).all()


def test_class_weights_alone():
    P = np.array([[0.6, 0.4, 0.0], [0.7, 0.3, 0.0], [0.55, 0.45, 0.0], [0.3, 0.2, 0.5]])
    adapted = SelfTrainedClassifier(Says(), max_iter=0, balance=1.0).fit(P)
    weights = 1 / P.mean(axis=0)
    np.testing.assert_allclose(adapted.class_weight_, weights / weights.mean())
    weighted = P * weights
    np.testing.assert_allclose(
        adapted.predict_proba(P), weighted / weighted.sum(axis=1, keepdims=True)
    )
    assert adapted.predict(P).tolist() == np.array(["a", "b", "c"])[weighted.argmax(1)].tolist()
    assert (adapted.final_estimator_, adapted.features_, adapted.n_iter_) == (None, None, 0)
    plain = SelfTrainedClassifier(Says(), max_iter=0, balance=0).fit(P)
    np.testing.assert_allclose(plain.predict_proba(P), P)


def test_samples_of_which_nothing_is_known_stay_so():
    P = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [1 / 3, 1 / 3, 1 / 3]])
    adapted = SelfTrainedClassifier(Says(), max_iter=0, balance=1.0).fit(P)
    np.testing.assert_allclose(adapted.predict_proba(P)[2], 1 / 3)


class Counts(GaussianNB):
    """Remembers what it was fitted on."""

    def fit(self, X, y):
        self.X, self.y = X, y
        return super().fit(X, y)


def test_the_most_certain_of_each_label_are_trained_with():
    rng = np.random.default_rng(0)
    P = rng.dirichlet([0.5, 0.5, 0.5], 200)
    P[:20] = 1 / 3
    meta = SelfTrainedClassifier(Says(), None, Counts(), fraction=0.25, max_iter=1, balance=0)
    final = meta.fit(P).final_estimator_
    labels = P[20:].argmax(axis=1)
    n_wanted = np.ceil(0.25 * np.bincount(labels)).astype(int)
    assert np.bincount(final.y).tolist() == n_wanted.tolist()
    for code in range(3):
        least = final.X[final.y == code].max(axis=1).min()
        others = P[20:].max(axis=1)[labels == code]
        assert (others > least).sum() == n_wanted[code] - 1
    everything = meta.set_params(fraction=1.0).fit(P).final_estimator_
    assert len(everything.y) == 180  # all but those of which nothing is known


def test_it_ends_when_no_label_changes(shifted):
    classifier, photos, _ = shifted
    adapted = SelfTrainedClassifier(classifier, FunctionTransformer(), max_iter=20)
    assert 1 <= adapted.fit(photos[:300]).n_iter_ < 20


def test_classes_that_are_missing_in_the_batch():
    rng = np.random.default_rng(0)
    P = np.column_stack([rng.dirichlet([0.3, 0.3], 100), np.zeros(100)])
    adapted = SelfTrainedClassifier(Says(), balance=0).fit(P)
    assert set(adapted.predict(P)) == {"a", "b"}
    assert (adapted.predict_proba(P)[:, 2] == 0).all()


def test_features_of_a_network_of_the_package():
    images, y = make_garments(300, random_state=0, return_X_y=True)
    lenet = LeNet5Classifier(max_epochs=1, random_state=0, device="cpu").fit(images[:200], y[:200])
    adapted = SelfTrainedClassifier(lenet).fit(images[200:])
    assert adapted.predict(images[:5]).shape == (5,)
    again = pickle.loads(pickle.dumps(adapted))
    assert (again.predict_proba(images) == adapted.predict_proba(images)).all()


def test_photos_are_taken_in_lists():
    pytest.importorskip("cv2")
    from skfashion.photos import make_photo_pipeline

    bunch = make_garments(200, random_state=0)
    images = bunch.images
    lenet = LeNet5Classifier(max_epochs=1, random_state=0, device="cpu").fit(images, bunch.target)
    pipeline = make_photo_pipeline(lenet, method="border", n_views=2)
    adapted = SelfTrainedClassifier(pipeline).fit(list(images[:80]))
    assert adapted.predict(list(images[:3])).shape == (3,)


def test_a_clone_has_the_same_fitted_classifier(shifted):
    classifier, photos, _ = shifted
    meta = SelfTrainedClassifier(classifier, FunctionTransformer(), balance=0.2)
    other = clone(meta.fit(photos))
    assert other.estimator is classifier
    assert other.balance == 0.2
    assert not hasattr(other, "class_weight_")
    assert other.get_params()["features"] is not meta.features
    with pytest.raises(NotFittedError):
        other.predict(photos)


def test_a_clone_has_the_same_metadata_requests(shifted):
    meta = SelfTrainedClassifier(shifted[0])
    with config_context(enable_metadata_routing=True):
        meta.set_score_request(sample_weight="weight")
        assert clone(meta).get_metadata_routing().score.requests == {"sample_weight": "weight"}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"estimator": LinearSVC()}, TypeError, "has no predict_proba: give a fitted"),
        ({"features": None}, TypeError, "has no transform: .* Or give features"),
        ({"estimator": GaussianNB()}, NotFittedError, "is not fitted: fit it on labelled samples"),
        ({"balance": -0.1}, ValueError, "'balance' .* in the range .*0.0, 1.0.* Got -0.1"),
        ({"fraction": 0}, ValueError, "'fraction' .* in the range .*0.0, 1.0.* Got 0"),
        ({"fraction": "half"}, ValueError, "'fraction' .* must be a float .* Got 'half'"),
        ({"max_iter": -1}, ValueError, "'max_iter' .* must be an int .* Got -1"),
        ({"max_iter": 1.5}, ValueError, "'max_iter' .* must be an int .* Got 1.5"),
    ],
)
def test_wrong_parameters(shifted, change, error, message):
    classifier, photos, _ = shifted
    meta = SelfTrainedClassifier(classifier, FunctionTransformer()).set_params(**change)
    with pytest.raises(error, match=message):
        meta.fit(photos)


def test_no_samples(shifted):
    with pytest.raises(ValueError, match="Found 0 samples, while fit needs some to adapt to"):
        SelfTrainedClassifier(shifted[0], FunctionTransformer()).fit(X[:0])


def test_nothing_to_train_with():
    P = np.tile([0.8, 0.1, 0.1], (10, 1))
    with pytest.raises(ValueError, match="gives the same label to all .* set max_iter=0"):
        SelfTrainedClassifier(Says(), balance=0).fit(P)


def test_no_class_takes_more_with_each_training():
    rng = np.random.default_rng(0)
    centers = np.repeat([[0.0, 0.0], [1.2, 0.0], [0.6, 1.0]], 150, axis=0)
    samples = centers + rng.normal(0, 0.6, centers.shape)
    y = np.repeat([0, 1, 2], 150)
    of_another_kind = samples + np.array([0.25, 0.1])
    classifier = LogisticRegression().fit(samples, y)
    meta = SelfTrainedClassifier(classifier, FunctionTransformer(), balance=1.0, max_iter=20)
    fractions = np.bincount(meta.fit(of_another_kind).transduction_, minlength=3) / len(y)
    assert fractions.min() > 0.27
    assert fractions.max() < 0.4
