"""Classifiers from what others have trained."""

import numpy as np
import pytest
import torch
from torch import nn

from skfashion import CNN5Classifier, MiniVGGClassifier, from_state_dict, load
from skfashion.datasets import make_garments

X = make_garments(64, random_state=0).images


class CNN5(nn.Module):
    """CNN5 as the authors of its documents have it in their training code."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.bn2 = nn.BatchNorm2d(16)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(16 * 5 * 5, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)
        self.drop = nn.Dropout(0.5)
        self.elu = nn.ELU()

    def forward(self, x):
        x = self.pool(self.elu(self.bn1(self.conv1(x))))
        x = self.pool(self.elu(self.bn2(self.conv2(x))))
        x = x.view(-1, 400)  # channels first
        x = self.drop(self.elu(self.fc1(x)))
        x = self.drop(self.elu(self.fc2(x)))
        return self.fc3(x)


@pytest.fixture(scope="module")
def other():
    torch.manual_seed(0)
    module = CNN5()
    images = torch.from_numpy(X[:, None] / 127.5 - 1).float()
    for _ in range(3):  # so that the batch normalizations have seen something
        module(images)
    return module.eval()


def expected(module, images=X):
    with torch.no_grad():
        return module(torch.from_numpy(images[:, None] / 127.5 - 1).float()).numpy()


SCALE = {"mean": 127.5, "std": 127.5, "image_shape": (28, 28)}
CNN = CNN5Classifier(hidden_units=(128, 64), precision="float32")


def test_a_published_checkpoint_predicts_the_same(other, tmp_path):
    torch.save({"epoch": 69, "state_dict": other.state_dict()}, tmp_path / "checkpoint.pt")
    for source in (other.state_dict(), tmp_path / "checkpoint.pt"):
        classifier = from_state_dict(CNN, source, classes=range(10), **SCALE)
        np.testing.assert_allclose(classifier.decision_function(X), expected(other), atol=1e-4)
        assert classifier.n_parameters_ == 62_850
    assert not hasattr(CNN, "classes_")


def test_it_is_a_fitted_classifier(other, tmp_path):
    names = np.array(sorted("abcdefghij"))
    classifier = from_state_dict(CNN, other.state_dict(), classes=names, **SCALE)
    codes = expected(other).argmax(axis=1)
    np.testing.assert_array_equal(classifier.predict(X), names[codes])
    classifier.save(tmp_path / "model")
    again = load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))
    assert again.partial_fit(X, names[codes]).n_iter_ == 1
    assert classifier.net_.predict_proba(X).shape == (64, 10)


@pytest.mark.parametrize("precision", ["auto", "bfloat16", "float64"])
def test_precision(other, precision):
    classifier = from_state_dict(
        CNN5Classifier(hidden_units=(128, 64), precision=precision),
        other.state_dict(),
        classes=range(10),
        **SCALE,
    )
    np.testing.assert_allclose(classifier.decision_function(X), expected(other), atol=0.1)
    assert (classifier.precision_ == precision) == (precision != "auto")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"estimator": CNN5Classifier()}, r"fc1.weight \(128, 400\) for hidden.0.weight"),
        ({"estimator": MiniVGGClassifier()}, "do not fit the network MiniVGG"),
        ({"classes": range(9)}, r"fc3.weight \(10, 64\) for output.weight \(9, 64\)"),
        ({"classes": [0]}, "not at least two labels"),
        ({"classes": [1, 0, *range(2, 10)]}, "in increasing order"),
        ({"image_shape": (32, 32)}, "hidden.0.weight"),
        ({"image_shape": 28}, "is not a shape"),
        ({"mean": [1, 2]}, "neither a number nor one for each channel"),
        ({"std": 0}, "is not above 0"),
        ({"flatten": "channels"}, "Did you mean 'channels_"),
        ({"state": {}}, "has no tensors"),
        ({"state": 3}, "state is int"),
    ],
)
def test_what_does_not_fit(other, change, message):
    usual = {"estimator": CNN, "state": other.state_dict(), "classes": range(10), **SCALE}
    with pytest.raises(ValueError, match=message):
        from_state_dict(**usual | change)
