import os
import sys

import pytest
from torch import nn

from skfashion import LeNet5Classifier, ModuleClassifier
from skfashion.datasets import make_garments

os.environ["MPLBACKEND"] = "agg"
plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def data():
    """Images, labels and the names of the classes."""
    drawn = make_garments(150, random_state=0)
    return drawn.images, drawn.target, drawn.target_names


@pytest.fixture(scope="session")
def fitted(data):
    """LeNet-5 with ReLU, after three epochs with validation data."""
    X, y, _ = data
    lenet = LeNet5Classifier(
        max_epochs=3, activation="relu", pooling="max", lr=0.003, batch_size=32, random_state=0
    )
    return lenet.fit(X, y, X_val=X[:50], y_val=y[:50])


@pytest.fixture(scope="session")
def dense(data):
    """A network without convolutions."""
    X, y, _ = data

    def module(image_shape, n_classes):
        return nn.Sequential(nn.Flatten(), nn.Linear(784, n_classes))

    return ModuleClassifier(module=module, max_epochs=1, random_state=0).fit(X, y)


@pytest.fixture
def without_matplotlib(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)

    class Nowhere:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "matplotlib":
                raise ModuleNotFoundError(f"No module named {name!r}", name="matplotlib")

    monkeypatch.setattr(sys, "meta_path", [Nowhere(), *sys.meta_path])
