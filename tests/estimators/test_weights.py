"""Weights of images and of classes."""

import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier

from skfashion import CNN5Classifier, LeNet5Classifier

rng = np.random.default_rng(0)
Y = np.arange(80) % 4
X = rng.integers(0, 180, (80, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]


def lenet(cls=LeNet5Classifier, **parameters):
    usual = {"max_epochs": 2, "batch_size": 16, "random_state": 0, "precision": "float32"}
    return cls(**usual | parameters)


@pytest.mark.parametrize(
    ("class_weight", "message"),
    [
        ({1: -1}, r"class_weight\[1\]=-1 is not a weight.*at least 0"),
        ({1: np.nan}, r"class_weight\[1\]=nan is not a weight"),
        ({1: np.inf}, r"class_weight\[1\]=inf is not a weight"),
        ({1: "much"}, r"class_weight\[1\]='much' is not a weight"),
        ({9: 1.0}, r"a weight for 9, which is not among the classes \[0, 1, 2, 3\]"),
        ("balance", "class_weight='balance' is not known.*'balanced'"),
        ([1, 2, 3, 4], "give a dict of weights by class"),
        ({0: 0, 1: 0, 2: 0, 3: 0}, "makes all weights zero"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_bad_class_weights(class_weight, message, method):
    if method == "partial_fit" and isinstance(class_weight, str):
        message = "not supported by partial_fit"
    with pytest.raises(ValueError, match=message):
        getattr(lenet(class_weight=class_weight), method)(X, Y)


@pytest.mark.parametrize("cls", [LeNet5Classifier, CNN5Classifier])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_class_of_weight_0_is_still_a_class(cls, method):
    classifier = getattr(lenet(cls, class_weight={3: 0, 1: 2.5}), method)(X, Y)
    assert classifier.classes_.tolist() == [0, 1, 2, 3]
    proba = classifier.predict_proba(X)
    assert np.isfinite(proba).all()
    assert proba[:, 3].max() < 0.3


def test_classes_that_the_dict_leaves_out_have_1():
    some = lenet(class_weight={0: 2.0}).fit(X, Y).predict_proba(X)
    each = lenet(class_weight={0: 2.0, 1: 1.0, 2: 1, 3: np.float32(1)}).fit(X, Y)
    np.testing.assert_array_equal(each.predict_proba(X), some)


def test_a_class_whose_images_have_weight_0_is_still_a_class():
    """Votes and stacks count on a column for each class of y."""
    weight = (Y != 1).astype(float)
    classifier = lenet().fit(X, Y, sample_weight=weight)
    assert classifier.classes_.tolist() == [0, 1, 2, 3]
    assert classifier.predict_proba(X)[:, 1].max() < 0.3
    vote = VotingClassifier([("a", lenet()), ("b", lenet(random_state=1))], voting="soft")
    assert vote.fit(X, Y, sample_weight=weight).predict_proba(X).shape == (80, 4)
    assert vote.named_estimators_["a"].score(X, Y) == classifier.score(X, Y)
    with pytest.raises(ValueError, match="whose weight is not 0 are of one class only: .*False"):
        lenet().fit(X, Y == 1, sample_weight=weight)
    pieces = lenet().partial_fit(X, Y, sample_weight=weight).partial_fit(X, Y)
    assert pieces.classes_.tolist() == [0, 1, 2, 3]
    lenet().fit(X, Y, sample_weight=weight, X_val=X, y_val=Y)


def test_classes_that_the_data_lack_may_have_a_weight():
    """As in scikit-learn, so that a dict for all classes serves the parts of a search."""
    of_all = {0: 1.0, 1: 2.0, 2: 1.0, 3: 9.0}
    part = Y < 3
    some = lenet(class_weight=of_all).fit(X[part], Y[part])
    same = lenet(class_weight={1: 2.0}).fit(X[part], Y[part])
    np.testing.assert_array_equal(some.predict_proba(X), same.predict_proba(X))
    with pytest.raises(ValueError, match=r"class_weight\[3\]=-1 is not a weight"):
        lenet(class_weight=of_all | {3: -1}).fit(X[part], Y[part])
    with pytest.raises(ValueError, match="a weight for 3, which is not among the classes"):
        lenet(class_weight={0: 1.0, 1: 2.0, 3: 9.0}).fit(X[part], Y[part])


def test_strings_as_labels():
    names = np.array(["bag", "coat", "dress", "shirt"])
    by_name = lenet(class_weight={"coat": 3.0}).fit(X, names[Y]).predict_proba(X)
    by_code = lenet(class_weight={1: 3.0}).fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(by_name, by_code)


class TestPieces:
    def test_without_a_class_that_has_a_weight(self):
        classifier = lenet(class_weight={3: 5.0})
        classifier.partial_fit(X[Y < 3], Y[Y < 3], classes=range(4))
        classifier.partial_fit(X[Y == 3], Y[Y == 3])
        assert classifier.n_iter_ == 2

    @pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
    def test_the_weight_of_a_piece_counts(self, optimizer):
        results = {}
        for factor in (0.01, 1.0, 4.0):
            classifier = lenet(optimizer=optimizer, lr=1e-3)
            classifier.partial_fit(X, Y)
            classifier.partial_fit(X[:40], Y[:40], sample_weight=np.full(40, factor))
            results[factor] = classifier.predict_proba(X)
        assert not np.allclose(results[1.0], results[0.01], atol=1e-6)
        assert not np.allclose(results[1.0], results[4.0], atol=1e-6)

    def test_weights_of_1_are_none(self):
        weighted, plain = lenet(), lenet()
        weighted.partial_fit(X, Y, sample_weight=np.ones(80))
        plain.partial_fit(X, Y)
        np.testing.assert_allclose(
            weighted.predict_proba(X), plain.predict_proba(X), rtol=1e-3, atol=1e-5
        )

    def test_class_weight_is_a_sample_weight(self):
        by_class = lenet(class_weight={1: 3.0}).partial_fit(X, Y).predict_proba(X)
        weight = np.where(Y == 1, 3.0, 1.0)
        by_sample = lenet().partial_fit(X, Y, sample_weight=weight).predict_proba(X)
        np.testing.assert_array_equal(by_class, by_sample)

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"class_weight": "balanced"}, "'balanced' is not supported by partial_fit.*as a dict"),
            ({"early_stopping": True}, "early_stopping=False, or use fit"),
        ],
    )
    def test_what_needs_all_data_is_refused(self, parameters, message):
        with pytest.raises(ValueError, match=message):
            lenet(**parameters).partial_fit(X, Y)

    @pytest.mark.parametrize(
        ("classes", "message"),
        [
            ([], "empty"),
            ([1], "at least 2 classes"),
            ([0, 1, 2, 3, np.nan], "without NaN"),
            ([[0, 1], [2, 3]], "is not a list of labels"),
        ],
    )
    def test_too_few_classes(self, classes, message):
        with pytest.raises(ValueError, match=message):
            lenet().partial_fit(X, Y, classes=classes)
