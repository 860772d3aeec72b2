"""The classifiers in the manner of VGG have the networks of their references."""

import pytest

from skfashion import MiniVGGClassifier, V1Classifier, V2Classifier, V3Classifier, V4Classifier


def counted(classifier, image_shape=(28, 28, 1)):
    network = classifier.build_network(image_shape, 10)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


@pytest.mark.parametrize(
    ("classifier", "n_parameters"),
    [
        (MiniVGGClassifier(), 2_167_786),
        (V1Classifier(), 259_434),
        (V2Classifier(), 1_802_698),
        (V3Classifier(), 1_278_410),
        (V4Classifier(), 2_596_810),
    ],
    ids=repr,
)
def test_number_of_parameters(classifier, n_parameters):
    assert counted(classifier) == n_parameters


def test_colour_adds_to_the_first_convolution_alone():
    grey, colour = (counted(V1Classifier(), (28, 28, c)) for c in (1, 3))
    assert colour - grey == 2 * 9 * 32
