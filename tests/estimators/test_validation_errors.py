"""Errors say what came, what was wanted, and how to mend it."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skfashion import LeNet5Classifier, RandomShift

rng = np.random.default_rng(0)
X = rng.integers(0, 256, (24, 28, 28), dtype=np.uint8)
y = np.arange(24) % 3


def fit(X=X, y=y, *, sample_weight=None, X_val=None, y_val=None, **parameters):
    classifier = LeNet5Classifier(**{"max_epochs": 1, "random_state": 0} | parameters)
    return classifier.fit(X, y, sample_weight, X_val=X_val, y_val=y_val)


@pytest.fixture(scope="module")
def fitted():
    return fit()


@pytest.mark.parametrize(
    "method",
    ["predict", "predict_proba", "predict_log_proba", "decision_function", "transform"],
)
@pytest.mark.parametrize("tta", [None, "flip"])
def test_before_fit(method, tta):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(LeNet5Classifier(tta=tta), method)(X)


def test_feature_names_before_fit():
    with pytest.raises(NotFittedError):
        LeNet5Classifier().get_feature_names_out()


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (X[:, :14, :14], r"X has 196 features, but LeNet5Classifier is expecting 784"),
        (X.reshape(24, 14, 56), r"shape \(14, 56, 1\).*fitted on images of shape \(28, 28, 1\)"),
        (X[0, 0], "Expected 2D array, got 1D array instead"),
        (X[None, None], r"X has 5 dimensions.*Images are \(n, H, W\)"),
        (X[:0], "0 sample"),
    ],
)
def test_images_of_another_shape(fitted, images, message):
    with pytest.raises(ValueError, match=message):
        fitted.predict(images)


def with_value(value):
    bad = X.astype(type(value))
    bad[3, 4, 5] = value
    return bad


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (with_value(np.nan), "contains NaN"),
        (with_value(np.inf), "contains infinity"),
        (with_value(np.float64(1e300)), "too large for dtype.'float32'"),
        (X.astype(complex), "Complex data not supported"),
        (np.full((24, 784), "pixel", dtype=object), "could not convert string to float"),
        (X[:0], "0 sample"),
        (X[:, :0], "0 feature"),
        (np.zeros((24, 785)), r"785 columns, one more than the 784 pixels of 28 x 28.*label"),
        (np.zeros((24, 65)), r"65 columns, one more than the 64 pixels"),
        ([[1, 2], [3]], "inhomogeneous"),
    ],
)
def test_bad_images(images, message):
    with pytest.raises(ValueError, match=message):
        fit(images, y[: len(images)])


def test_images_of_no_known_shape_are_taken_as_one_row():
    with pytest.warns(UserWarning, match="30 columns.*one-row images.*image_shape"):
        classifier = fit(np.random.default_rng(0).random((24, 30)))
    assert classifier.image_shape_ == (1, 30, 1)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(24), "at least 2 classes, but y has one class only: .*0.0"),
        (y[:20], r"inconsistent numbers of samples: \[24, 20\]"),
        (y + 0.5, "Unknown label type: continuous"),
        (np.array([np.nan, *y[1:]]), "contains NaN"),
        (None, "requires y to be passed"),
        (np.column_stack([y, y, y]), "y should be a 1d array"),
    ],
)
def test_bad_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        fit(y=labels)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.ones(3), "sample_weight.shape == "),
        (np.full(24, -1.0), "Negative values"),
        (np.zeros(24), "zero"),
        ((y == 1).astype(float), "one class only"),
    ],
)
def test_bad_weights(weight, message):
    with pytest.raises(ValueError, match=message):
        fit(sample_weight=weight)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"optimizer": "adamm"}, "optimizer='adamm'.*Did you mean 'adam'"),
        ({"lr_schedule": "onecycle"}, "lr_schedule='onecycle'.*Did you mean 'one-cycle'"),
        ({"precision": "bf16"}, "precision='bf16'.*'bfloat16'"),
        ({"monitor": "val_loss"}, "Did you mean 'valid_loss'"),
        ({"tta": "flipp"}, "Did you mean 'flip'"),
        ({"activation": "Relu"}, "Did you mean 'relu'"),
        ({"pooling": "average"}, "pooling='average'"),
        ({"lr": 0.0}, r"'lr' parameter of .* must be"),
        ({"weight_decay": -1.0}, r"'weight_decay' parameter of .* must be"),
        ({"max_epochs": 0}, r"'max_epochs' parameter of .* must be"),
        ({"batch_size": 0}, r"'batch_size' parameter of .* must be"),
        ({"label_smoothing": 1.5}, r"'label_smoothing' parameter of .* must be"),
        ({"warmup_fraction": -0.1}, r"'warmup_fraction' parameter of .* must be"),
        ({"warmup_fraction": 1.0}, r"'warmup_fraction' parameter of .* must be"),
        ({"ema_decay": 1.0}, r"'ema_decay' parameter of .* must be"),
        ({"validation_fraction": 1.0}, r"'validation_fraction' parameter of .* must be"),
        ({"patience": 0}, r"'patience' parameter of .* must be"),
        ({"image_shape": (28,)}, r"image_shape=\(28,\) is not a shape"),
        ({"image_shape": (28, -28)}, "is not a shape"),
        ({"image_shape": (14, 56)}, r"images of shape \(28, 28, 1\), but image_shape=\(14, 56\)"),
        ({"class_weight": "balance"}, "balanced"),
        ({"device": "cuda:99"}, "device='cuda:99' is not on this machine; it has cpu"),
        ({"device": "gpu"}, "device='gpu' is not a device; give 'auto'"),
        ({"lr": 1e38, "batch_size": 4, "activation": "relu"}, "diverged. Lower lr=1e.38"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        fit(**parameters)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"max_epochs": 1.5},
            "'max_epochs' parameter of LeNet5Classifier must be an int in the range",
        ),
        ({"lr": "fast"}, "'lr' parameter of LeNet5Classifier must be a float in the range"),
        ({"augment": "flip"}, "'flip', which is no augmentation"),
        ({"augment": [RandomShift]}, "which is no augmentation: give an instance"),
    ],
)
def test_parameters_of_a_wrong_type(parameters, message):
    with pytest.raises(TypeError, match=message):
        fit(**parameters)


def test_image_shape_that_does_not_fit_the_columns():
    with pytest.raises(ValueError, match=r"784 columns, but images of image_shape=\(28, 27\)"):
        fit(X.reshape(24, 784), image_shape=(28, 27))


def test_validation_fraction_that_leaves_a_class_out():
    labels = np.array([0] * 12 + [1] * 11 + [2])
    with pytest.raises(ValueError, match="leaves a class out.*smallest class has 1 images"):
        fit(y=labels, early_stopping=True)
    with pytest.raises(ValueError, match="leaves a class out"):
        fit(early_stopping=True, validation_fraction=0.05)


def test_validation_set_without_labels_or_with_unknown_ones():
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        fit(X_val=X)
    with pytest.raises(ValueError, match=r"y_val has labels .*\[0, 1, 2\]: \[7\]"):
        fit(X_val=X, y_val=np.full(24, 7))


def test_partial_fit_with_labels_that_were_not_announced():
    classifier = LeNet5Classifier(random_state=0).partial_fit(X, y)
    with pytest.raises(ValueError, match=r"y has labels .*\[0, 1, 2\]: \[3\].*partial_fit"):
        classifier.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] are not those of the first call"):
        classifier.partial_fit(X, y, classes=[0, 1])


def test_warm_start_with_other_classes():
    classifier = fit(warm_start=True)
    with pytest.raises(ValueError, match="y has labels .*warm_start=False"):
        classifier.fit(X, y + 1)


def test_unknown_parameter():
    with pytest.raises(TypeError, match="unexpected keyword argument 'learning_rate'"):
        LeNet5Classifier(learning_rate=0.1)
    with pytest.raises(ValueError, match="Invalid parameter 'learning_rate'"):
        LeNet5Classifier().set_params(learning_rate=0.1)
