"""All displays: without matplotlib, and beside scikit-learn's own."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.calibration import CalibrationDisplay
from sklearn.metrics import ConfusionMatrixDisplay, PrecisionRecallDisplay, RocCurveDisplay
from sklearn.model_selection import LearningCurveDisplay, ValidationCurveDisplay
from sklearn.pipeline import make_pipeline

from skfashion import LeNet5Classifier, RandomShift, inspection
from skfashion.inspection import (
    ActivationMapDisplay,
    AugmentationDisplay,
    EmbeddingDisplay,
    FilterDisplay,
    GradCAMDisplay,
    ImageGridDisplay,
    LiveTrainingHistory,
    MisclassifiedDisplay,
    TrainingHistoryDisplay,
)

HISTORY = {"train_loss": [1.0], "train_acc": [0.5]}
MAKERS = [
    lambda fitted, X, y, **how: ActivationMapDisplay.from_estimator(fitted, X[:2], **how),
    lambda fitted, X, y, **how: AugmentationDisplay.from_augmentation(RandomShift(), X, **how),
    lambda fitted, X, y, **how: AugmentationDisplay.from_estimator(
        LeNet5Classifier(augment=RandomShift()), X, **how
    ),
    lambda fitted, X, y, **how: EmbeddingDisplay.from_estimator(fitted, X, y, **how),
    lambda fitted, X, y, **how: EmbeddingDisplay.from_features(np.eye(3), **how),
    lambda fitted, X, y, **how: FilterDisplay.from_estimator(fitted, **how),
    lambda fitted, X, y, **how: GradCAMDisplay.from_estimator(fitted, X[:2], **how),
    lambda fitted, X, y, **how: ImageGridDisplay.from_images(X[:5], **how),
    lambda fitted, X, y, **how: MisclassifiedDisplay.from_estimator(fitted, X, y, **how),
    lambda fitted, X, y, **how: MisclassifiedDisplay.from_predictions(
        X, y, np.roll(np.eye(10)[y], 1, axis=1), **how
    ),
    lambda fitted, X, y, **how: TrainingHistoryDisplay.from_estimator(fitted, **how),
    lambda fitted, X, y, **how: TrainingHistoryDisplay.from_history(HISTORY, **how),
]


@pytest.mark.usefixtures("without_matplotlib")
@pytest.mark.parametrize("make", MAKERS)
def test_without_matplotlib_the_extra_is_named(make, fitted, data):
    with pytest.raises(ImportError, match=r'Pictures need matplotlib.*"skfashion\[plots\]"'):
        make(fitted, *data[:2])


@pytest.mark.usefixtures("without_matplotlib")
def test_what_else_needs_matplotlib():
    with pytest.raises(ImportError, match=r"skfashion\[plots\]"):
        LiveTrainingHistory()
    with pytest.raises(ImportError, match=r"skfashion\[plots\]"):
        ImageGridDisplay(np.zeros((1, 2, 2, 1))).plot()


def test_importing_the_displays_imports_neither_torch_nor_matplotlib():
    code = "import sys, skfashion.inspection; print({'torch', 'matplotlib'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_all_displays_are_made_here():
    displays = {name for name in inspection.__all__ if name.endswith("Display")}
    assert displays <= set(globals())


@pytest.mark.parametrize("make", MAKERS)
def test_drawn_within_an_axes_of_the_user(make, fitted, data):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, layout="constrained")
    display = make(fitted, *data[:2], ax=axes[0])
    assert display.figure_ is figure
    figure.draw_without_rendering()
    for drawn in np.ravel(getattr(display, "axes_", getattr(display, "ax_", None))):
        assert drawn.get_position().x1 < axes[1].get_position().x0 + 0.01


@pytest.mark.parametrize("make", MAKERS)
def test_texts_take_the_colour_of_the_style(make, fitted, data):
    import matplotlib.pyplot as plt

    with plt.style.context("dark_background"):
        display = make(fitted, *data[:2])
        black = [
            text.get_text()
            for text in display.figure_.findobj(plt.Text)
            if text.get_text() and plt.matplotlib.colors.to_hex(text.get_color()) == "#000000"
        ]
    assert not black
    assert plt.matplotlib.colors.to_hex(display.figure_.get_facecolor()) == "#000000"


@pytest.mark.parametrize("make", MAKERS)
def test_drawn_twice(make, fitted, data):
    display = make(fitted, *data[:2])
    before = display.figure_
    assert display.plot() is display
    assert display.figure_ is not before
    display.figure_.draw_without_rendering()


# scikit-learn's own.


def test_confusion_matrix(fitted, data):
    X, y, names = data
    display = ConfusionMatrixDisplay.from_estimator(fitted, X, y, display_labels=names)
    assert display.confusion_matrix.sum() == len(X)


def test_displays_of_two_classes(data):
    X, y, _ = data
    shoes = np.isin(y, [5, 7, 9])
    two = LeNet5Classifier(max_epochs=2, random_state=0).fit(X, shoes)
    for display in (PrecisionRecallDisplay, RocCurveDisplay, CalibrationDisplay):
        assert display.from_estimator(two, X, shoes).ax_.has_data()


def test_learning_and_validation_curve(data):
    X, y, _ = data
    lenet = LeNet5Classifier(max_epochs=1, random_state=0)
    folds = {"cv": 2, "score_type": "both"}
    learning = LearningCurveDisplay.from_estimator(lenet, X, y, train_sizes=[40, 70], **folds)
    assert learning.train_scores.shape == (2, 2)
    validation = ValidationCurveDisplay.from_estimator(
        make_pipeline(lenet),
        X,
        y,
        param_name="lenet5classifier__lr",
        param_range=[1e-3, 1e-2],
        **folds,
    )
    assert validation.test_scores.shape == (2, 2)
