"""The chain that makes Fashion-MNIST look like cut-outs of photos."""

import numpy as np
import pytest
import torch
from sklearn.base import clone

from skfashion import LeNet5Classifier
from skfashion.augmentation import as_augmentation, photo_like
from skfashion.datasets import make_garments


def test_images_stay_garments():
    images = make_garments(60, random_state=0).images
    after = photo_like().fit_transform(images)
    assert after.shape == images.shape
    assert after.dtype == np.uint8
    assert (after != images).any((1, 2)).all()
    garment = (after > 15).mean((1, 2))
    assert (garment > 0.05).all()
    inside = np.array([image[image > 15].mean() for image in after])
    assert np.median(inside) == pytest.approx(165, abs=15)


def test_classes_are_found_by_name():
    names = ["Trouser", "Sandal", "Hat", "Coat"]  # sorted: Coat, Hat, Sandal, Trouser
    steps = photo_like(names).named_steps
    assert steps["randomsleeves"].classes == [0]
    assert steps["randompair"].classes == [2]
    assert steps["randomlegs"].classes == [3]
    assert photo_like().named_steps["randomsleeves"].classes == [2, 4, 6]
    assert photo_like(np.array(names)).named_steps["randompair"].classes == [2]


@pytest.mark.parametrize("wrong", ["Coat", [0, 1]])
def test_class_names_are_strings(wrong):
    with pytest.raises(TypeError, match="is not a sequence of strings: give the names"):
        photo_like(wrong)


def test_a_classifier_trains_with_it():
    """What legs do changes the training: nested parameters are searchable."""
    data = make_garments(60, random_state=0)
    classifier = LeNet5Classifier(max_epochs=1, augment=photo_like(), random_state=0, device="cpu")
    other = clone(classifier).set_params(augment__randomlegs__degrees=45.0)
    first, second = (model.fit(data.images, data.target) for model in (classifier, other))
    assert not np.array_equal(first.predict_proba(data.images), second.predict_proba(data.images))


def test_whole_chain_is_batched():
    batch = torch.zeros(0, 1, 28, 28)
    assert as_augmentation(photo_like())(batch, torch.Generator()).shape == batch.shape
