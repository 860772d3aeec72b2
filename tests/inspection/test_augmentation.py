"""What augmentation does to images."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skfashion import LeNet5Classifier, RandomBrightness, RandomHorizontalFlip, RandomShift
from skfashion.augmentation import shift_flip
from skfashion.inspection import AugmentationDisplay


def test_the_first_column_is_as_it_was(data):
    X = data[0]
    display = AugmentationDisplay.from_augmentation(RandomShift(4), X, n_images=3, n_draws=5)
    assert display.axes_.shape == display.images_.shape == (3, 6)
    for image, drawn in zip(X, display.images_[:, 0], strict=False):
        np.testing.assert_allclose(drawn.get_array(), image / 255)
    assert display.axes_[0, 0].get_title() == "as it is"


def test_each_other_one_is_drawn_anew(data):
    display = AugmentationDisplay.from_augmentation(RandomShift(4), data[0], n_draws=6)
    assert len({draw.tobytes() for draw in display.augmented[0]}) > 3


def test_what_the_augmentation_does(data):
    flipped = AugmentationDisplay.from_augmentation([RandomHorizontalFlip(p=1.0)], data[0])
    np.testing.assert_array_equal(flipped.augmented[:, 0, ..., 0], data[0][:4, :, ::-1])


def test_darker_images_look_darker(data):
    dark = AugmentationDisplay.from_augmentation(
        RandomBrightness((0.2, 0.2)), data[0].astype(float), n_images=1, n_draws=1
    )
    before, after = (drawn.get_array() for drawn in dark.images_[0])
    np.testing.assert_allclose(after, before * 0.2, atol=1e-6)


def test_of_a_classifier(data):
    X = data[0].reshape(len(data[0]), -1)
    lenet = LeNet5Classifier(augment=make_pipeline(RandomShift(2)), image_shape=(14, 56))
    display = AugmentationDisplay.from_estimator(lenet, X, n_draws=2, random_state=1)
    assert display.augmented.shape == (4, 2, 14, 56, 1)
    fitted = make_pipeline(lenet.set_params(max_epochs=1)).fit(X, data[1])
    assert AugmentationDisplay.from_estimator(fitted, X).images.shape == (4, 14, 56, 1)


def test_what_earlier_steps_make_of_images(data):
    lenet = LeNet5Classifier(augment=RandomShift(2), max_epochs=1)
    negated = make_pipeline(FunctionTransformer(np.invert), lenet).fit(*data[:2])
    display = AugmentationDisplay.from_estimator(negated, data[0])
    np.testing.assert_array_equal(display.images[..., 0], 255 - data[0][:4])


def test_colour_images():
    display = AugmentationDisplay.from_augmentation(RandomShift(1), np.random.rand(2, 3, 8, 8))
    assert display.augmented.shape == (2, 8, 8, 8, 3)


def test_images_that_cannot_be_written_to(data):
    X = data[0].copy()
    X.flags.writeable = False
    AugmentationDisplay.from_augmentation(RandomShift(1), X, n_draws=1)


def test_errors(data):
    X = data[0]
    with pytest.raises(ValueError, match="LeNet5Classifier has augment=None: there is nothing"):
        AugmentationDisplay.from_estimator(LeNet5Classifier(), X)
    with pytest.raises(ValueError, match=r"augment=\[\] is empty: there is nothing to show"):
        AugmentationDisplay.from_augmentation([], X)
    with pytest.raises(TypeError, match="'flip', which is no augmentation"):
        AugmentationDisplay.from_augmentation("flip", X)
    for name in ("n_images", "n_draws"):
        with pytest.raises(ValueError, match=f"{name}=0"):
            AugmentationDisplay.from_augmentation(RandomShift(), X, **{name: 0})


def test_another_byte_order(data):
    X = data[0][:4]
    one, other = (
        AugmentationDisplay.from_augmentation(shift_flip(), X.astype(dtype)).augmented
        for dtype in ("<f4", ">f4")
    )
    assert (one == other).all()
