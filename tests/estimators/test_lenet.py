"""The classifiers on LeNet-5 have the networks of their references."""

import numpy as np
import pytest

from skfashion import CNN5Classifier, LeNet5Classifier


def counted(classifier, image_shape=(28, 28, 1)):
    network = classifier.build_network(image_shape, 10)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


@pytest.mark.parametrize(
    ("classifier", "n_parameters"),
    [
        (LeNet5Classifier(), 61_706),
        (CNN5Classifier(), 61_750),
        (CNN5Classifier(hidden_units=(128, 64)), 62_850),
        (LeNet5Classifier(hidden_units=np.array([128, 64]), batch_norm=True), 62_850),
    ],
    ids=repr,
)
def test_number_of_parameters(classifier, n_parameters):
    assert counted(classifier) == n_parameters


def test_cnn5_is_lenet5_with_other_defaults():
    network = {"activation": "elu", "pooling": "max", "batch_norm": True, "dropout": 0.5}
    other = network | {"max_epochs": 20, "label_smoothing": 0.0}
    assert LeNet5Classifier(**other).get_params() == CNN5Classifier().get_params()
