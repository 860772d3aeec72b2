"""A classifier in a notebook."""

import numpy as np
import pytest
import sklearn
from torch import nn

from skfashion import LeNet5Classifier, ModuleClassifier

X = np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)
Y = np.arange(30) % 2


@pytest.fixture(scope="module")
def fitted():
    return LeNet5Classifier(max_epochs=1, random_state=0).fit(X, Y)


def test_the_network_stands_below_the_diagram(fitted):
    html = fitted._repr_html_()
    diagram, _, network = html.partition("Network: LeNet5")
    assert "sk-container-id" in diagram
    for told in ("convolutions.0", "Conv2d", "6 x 28 x 28", "117,600"):
        assert told in network
    assert fitted._repr_mimebundle_()["text/html"].count("Network: LeNet5") == 1


def test_before_fit_there_is_none():
    html = LeNet5Classifier()._repr_html_()
    assert "sk-container-id" in html
    assert "Network:" not in html


def test_only_where_diagrams_are_wanted(fitted):
    with sklearn.config_context(display="text"):
        assert "text/html" not in fitted._repr_mimebundle_()


class OnlyOnce(nn.Module):
    """A module that works until its classifier is to be shown."""

    works = True

    def __init__(self):
        super().__init__()
        self.out = nn.Linear(784, 2)

    def forward(self, x):
        if not OnlyOnce.works:
            raise RuntimeError("never again")
        return self.out(x.flatten(1))


def test_showing_a_classifier_never_fails():
    own = ModuleClassifier(module=lambda *shape: OnlyOnce(), max_epochs=1, random_state=0)
    own.fit(X, Y)
    OnlyOnce.works = False
    try:
        html = own._repr_html_()
    finally:
        OnlyOnce.works = True
    assert "sk-container-id" in html
    assert "Network:" not in html
