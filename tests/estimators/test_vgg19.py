"""The classifier on VGG-19 trains its head alone, unless it is told to train more."""

import pytest

from skfashion import VGG19Classifier

pytestmark = pytest.mark.slow  # twenty million weights


def trainable(**parameters):
    network = VGG19Classifier(**parameters).build_network((28, 28, 1), 10)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


def test_number_of_parameters():
    assert trainable() == 4_199_946
    assert trainable(fine_tune=5) == 4_199_946 + 20_024_384


def test_random_convolutions_are_told(garments):
    X, y = (part[:20] for part in garments)
    classifier = VGG19Classifier(image_size=32, max_epochs=1, random_state=0)
    with pytest.warns(UserWarning, match="convolutions of VGG-19 are random"):
        classifier.fit(X, y)
    assert classifier.std_[0] == X.max() - X.min()
