import os
import signal
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # Tests that run side by side share the cores: read by torch when it is first imported.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from skfashion import LeNet5Classifier
from skfashion.cli._models import models
from skfashion.datasets import fetch_fashion_mnist, make_garments

REAL_DATA = Path(__file__).parents[2] / "shared" / "fashion-mnist"


@pytest.fixture(autouse=True)
def torch_seed():
    """Begin each test with the same global generator: modules of the tests' own draw from it."""
    torch.manual_seed(0)


@pytest.fixture
def on_cpu(monkeypatch):
    """Let device="auto" be the CPU, for what is told of it alone."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def default_sigint_handler():
    """Let Ctrl-C interrupt, which a process that a shell started in the background ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pytest_generate_tests(metafunc):
    """Run a test that asks for `estimator_class` for every exported estimator."""
    if "estimator_class" in metafunc.fixturenames:
        # Two of them tell most of it in little time.
        quick = ("LeNet5Classifier", "MiniVGGClassifier")
        classes = [
            pytest.param(
                cls, marks=() if cls.__name__ in quick else pytest.mark.slow, id=cls.__name__
            )
            for cls in models().values()
        ]
        metafunc.parametrize("estimator_class", classes)


@pytest.fixture
def narrow_vgg19(monkeypatch):
    """Give VGG-19 a quarter of its channels, which are no parameter of its estimator."""
    from skfashion.networks import _vgg19

    blocks = [(channels // 4, depth) for channels, depth in _vgg19.BLOCKS]
    monkeypatch.setattr(_vgg19, "BLOCKS", blocks)


@pytest.fixture(scope="session")
def garments():
    """600 drawn garments, X of shape (600, 784), and their labels."""
    return make_garments(600, random_state=0, return_X_y=True)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """Return the file of a model, trained enough to know trousers."""
    bunch = make_garments(1500, random_state=0)
    labels = bunch.target_names[bunch.target]
    classifier = LeNet5Classifier(max_epochs=3, random_state=0, device="cpu")
    path = tmp_path_factory.mktemp("model") / "lenet5.skfashion"
    classifier.fit(bunch.images, labels).save(path)
    return path


@pytest.fixture(scope="session")
def fashion_mnist():
    """The real data: training images and labels, test images and labels."""
    if not REAL_DATA.exists() and "SKFASHION_DATA_HOME" not in os.environ:
        pytest.skip("the real Fashion-MNIST files are neither in ../shared nor in a data home")
    home = REAL_DATA if REAL_DATA.exists() else None
    train, test = (
        fetch_fashion_mnist(subset=subset, data_home=home, return_X_y=True)
        for subset in ("train", "test")
    )
    return *train, *test
