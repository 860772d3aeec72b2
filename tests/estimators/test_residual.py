"""The residual classifiers have the networks that their docstrings tell."""

import re

import pytest

from skfashion import V6Classifier, V7Classifier


def counted(classifier, image_shape=(28, 28, 1)):
    network = classifier.build_network(image_shape, 10)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


@pytest.mark.parametrize(
    ("cls", "n_parameters"), [(V6Classifier, 490_186), (V7Classifier, 3_235_594)]
)
def test_number_of_parameters(cls, n_parameters):
    assert counted(cls()) == n_parameters
    assert re.search(f"{n_parameters:,}", cls.__doc__)


def test_the_bottleneck_is_narrower():
    assert counted(V6Classifier(bottleneck_width=8)) < counted(V6Classifier())
