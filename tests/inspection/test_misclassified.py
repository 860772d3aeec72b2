"""The images that a classifier takes for something else."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import VotingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skfashion import LeNet5Classifier
from skfashion.inspection import MisclassifiedDisplay

IMAGES = np.arange(5 * 4).reshape(5, 2, 2) * 12
PROBABILITIES = np.array(
    [[0.1, 0.9, 0.0], [0.4, 0.35, 0.25], [0.8, 0.1, 0.1], [0.2, 0.2, 0.6], [0.05, 0.9, 0.05]]
)
TRUTH = np.array(["a", "b", "a", "a", "c"])  # wrong: 0 by 0.9, 1 by 0.4, 3 by 0.6, 4 by 0.9


def test_the_worst_is_first():
    display = MisclassifiedDisplay.from_predictions(IMAGES, TRUTH, PROBABILITIES)
    assert display.indices.tolist() == [4, 0, 3, 1]  # 4 before 0: its class is the less probable
    assert [ax.get_title() for ax in display.axes_] == ["is: c", "is: a", "is: a", "is: b"]
    assert [ax.get_xlabel() for ax in display.axes_] == ["b\n90%", "b\n90%", "c\n60%", "a\n40%"]
    assert (display.n_misclassified, display.n_all) == (4, 5)
    np.testing.assert_allclose(display.images_[0].get_array(), IMAGES[4] / 255)


def test_only_so_many_are_shown():
    display = MisclassifiedDisplay.from_predictions(IMAGES, TRUTH, PROBABILITIES, n_images=2)
    assert len(display.axes_) == 2
    assert display.n_misclassified == 4


def test_names_and_the_order_of_columns():
    display = MisclassifiedDisplay.from_predictions(
        IMAGES,
        TRUTH,
        PROBABILITIES[:, [2, 0, 1]],
        classes=["c", "a", "b"],
        display_labels=["Coat", "Ankle boot", "Bag"],
    )
    assert display.true_names.tolist() == ["Coat", "Ankle boot", "Ankle boot", "Bag"]
    assert display.predicted_names.tolist() == ["Bag", "Bag", "Coat", "Ankle boot"]


def test_of_a_classifier(fitted, data):
    X, y, names = data
    display = MisclassifiedDisplay.from_estimator(
        fitted, X.reshape(len(X), -1), y, display_labels=names, n_images=1000
    )
    wrong = np.flatnonzero(fitted.predict(X) != y)
    assert sorted(display.indices) == wrong.tolist()
    assert (np.diff(display.probabilities) <= 0).all()
    np.testing.assert_array_equal(display.images[..., 0], X[display.indices])


def test_of_a_pipeline_and_of_a_vote(data):
    X, y = data[0].reshape(len(data[0]), -1), data[1]
    lenet = LeNet5Classifier(max_epochs=1, random_state=0)
    for estimator in (
        make_pipeline(MinMaxScaler(), lenet),
        VotingClassifier([("a", lenet)], voting="soft"),
        DummyClassifier(),
    ):
        display = MisclassifiedDisplay.from_estimator(estimator.fit(X, y), X, y)
        assert display.images.shape[1:] == (28, 28, 1)


def test_the_shape_that_was_learned(data):
    X, y = data[0].reshape(len(data[0]), -1), data[1]
    wide = LeNet5Classifier(max_epochs=1, random_state=0, image_shape=(14, 56)).fit(X, y)
    assert MisclassifiedDisplay.from_estimator(wide, X, y).images.shape[1:] == (14, 56, 1)


def test_nothing_is_wrong():
    display = MisclassifiedDisplay.from_predictions(IMAGES[:3], [0, 1, 2], np.eye(3))
    (text,) = display.figure_.axes[0].texts
    assert text.get_text() == "None of 3 images\nis misclassified."
    assert len(display.axes_) == display.n_misclassified == 0


def test_errors():
    with pytest.raises(ValueError, match=r"3 columns, but there are 2 classes: give classes="):
        MisclassifiedDisplay.from_predictions(IMAGES[:3], [0, 1, 1], np.eye(3))
    with pytest.raises(ValueError, match=r"not among the classes \[0, 1, 2\]: \[7\]"):
        MisclassifiedDisplay.from_predictions(IMAGES[:3], [0, 1, 7], np.eye(3), classes=[0, 1, 2])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        MisclassifiedDisplay.from_predictions(IMAGES[:3], [0, 1, 2, 2], np.eye(3))
    with pytest.raises(ValueError, match="y_proba contains NaN"):
        MisclassifiedDisplay.from_predictions(IMAGES[:3], [0, 1, 2], np.full((3, 3), np.nan))
    with pytest.raises(ValueError, match="n_images=0"):
        MisclassifiedDisplay.from_predictions(IMAGES, TRUTH, PROBABILITIES, n_images=0)


def test_predictions_in_the_place_of_probabilities():
    with pytest.raises(ValueError, match="y_proba has one axis: give the probabilities"):
        MisclassifiedDisplay.from_predictions(IMAGES[:3], [0, 1, 2], [0, 1, 1])


def test_what_is_no_probability(fitted, data):
    X, y, _ = data
    with pytest.raises(ValueError, match="y_proba has values from .* wanted: probabilities"):
        MisclassifiedDisplay.from_predictions(X, y, fitted.decision_function(X))


def test_without_probabilities(fitted, data):
    with pytest.raises(TypeError, match="of type LeNet5, has no predict_proba"):
        MisclassifiedDisplay.from_estimator(fitted.module_, *data[:2])


@pytest.mark.parametrize("n_images", [1, 3, 10])
def test_long_names_have_room(data, n_images):
    X, y = data[:2]
    names = [f"women's overcoat of wool {i}" for i in range(10)]
    guesses = np.eye(10)[(y + 1) % 10]
    display = MisclassifiedDisplay.from_predictions(
        X, y, guesses, classes=range(10), display_labels=names, n_images=n_images
    )
    display.figure_.canvas.draw()
    whole = display.figure_.bbox
    boxes = []
    for ax in display.axes_:
        for text in (ax.title, ax.xaxis.label):
            box = text.get_window_extent()
            boxes.append(box)
            assert whole.x0 <= box.x0
            assert box.x1 <= whole.x1
            assert whole.y0 <= box.y0
            assert box.y1 <= whole.y1
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
