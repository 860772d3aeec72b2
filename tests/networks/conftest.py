from types import SimpleNamespace

import pytest
import torch

from skfashion import networks

IMAGE = (28, 28, 1)
# The references' networks, and what makes them small, for tests that are not about their size.
VGG = {"hidden_units": (256, 256), "hidden_dropout": (0.0, 0.5), "activation": "relu"}
REFERENCES = {
    "LeNet5": ("LeNet5", {}, {}),
    "CNN5": (
        "LeNet5",
        {"activation": "elu", "pooling": "max", "batch_norm": True, "dropout": 0.5},
        {},
    ),
    "MiniVGG": ("MiniVGG", {}, {"width": 4, "hidden_units": 12}),
    "V1": (
        "V1",
        {"activation": "relu", "hidden_units": (64,), "hidden_dropout": 0.0},
        {"width": 4, "hidden_units": (12,)},
    ),
    "V2": ("V2", VGG, {"width": 4, "hidden_units": (12, 10)}),
    "V3": (
        "V3",
        VGG | {"activation": "leaky_relu", "hidden_dropout": (0.2, 0.5)},
        {"width": 4, "hidden_units": (12, 10)},
    ),
    "V4": (
        "V4",
        {
            "activation": "leaky_relu",
            "dropout": 0.2,
            "hidden_units": (512, 512),
            "hidden_dropout": 0.5,
        },
        {"width": 4, "hidden_units": (12, 10)},
    ),
    "V5": ("V5", {}, {"width": 4, "hidden_units": (12, 10)}),
    "V6": (
        "V6",
        {
            "width": 64,
            "bottleneck_width": 32,
            "activation": "relu",
            "dropout": 0.2,
            "hidden_units": (256, 256),
            "hidden_dropout": (0.2, 0.5),
            "l2": 1e-5,
        },
        {"width": 6, "bottleneck_width": 4, "hidden_units": (12, 10)},
    ),
    "V7": (
        "V7",
        {
            "width": 64,
            "activation": "relu",
            "dropout": 0.25,
            "hidden_units": (512, 256),
            "hidden_dropout": 0.5,
            "l2": 1e-5,
        },
        {"width": 4, "hidden_units": (12, 10)},
    ),
    "CNN1Conv": (
        "CNN1Conv",
        {
            "width": 32,
            "activation": "relu",
            "dropout": 0.2,
            "hidden_units": (128,),
            "hidden_dropout": 0.0,
        },
        {"width": 4, "hidden_units": (12,)},
    ),
    "CNN3Conv": (
        "CNN3Conv",
        {
            "width": 32,
            "activation": "relu",
            "dropout": (0.25, 0.25, 0.4),
            "hidden_units": (128,),
            "hidden_dropout": 0.3,
        },
        {"width": 4, "hidden_units": (12,)},
    ),
    "CNN4Conv": (
        "CNN4Conv",
        {
            "width": 32,
            "activation": "relu",
            "dropout": 0.25,
            "hidden_units": (512, 128),
            "hidden_dropout": 0.5,
        },
        {"width": 4, "hidden_units": (12, 10)},
    ),
    "VGG19": (
        "VGG19",
        {
            "weights": None,
            "image_size": 150,
            "fine_tune": 0,
            "hidden_units": (512,),
            "dropout": 0.5,
        },
        {"image_size": 32, "hidden_units": (12,)},
    ),
}
SMALL = [name for name in REFERENCES if name != "VGG19"]


def make(name, image_shape=IMAGE, n_classes=10, *, small=False, **changes):
    cls, parameters, smaller = REFERENCES[name]
    parameters = parameters | (smaller if small else {}) | changes
    return getattr(networks, cls)(image_shape, n_classes, **parameters)


# A stage is a kind of layer and the shape of what it gives, without N.
# Conv and Dense stand with the activation that follows them.
def conv(name, *shape):
    return [("Conv2d", shape), (name, shape)]


def dense(name, n):
    return [("Linear", (n,)), (name, (n,))]


def pool(*shape, kind="MaxPool2d"):
    return [(kind, shape)]


def drop(*shape):
    return [("Dropout", shape)]


def norm(*shape):
    return [("BatchNorm", shape)]


def normed(name, *shape):
    return [("Conv2d", shape), ("BatchNorm", shape), (name, shape)]


def pairs(name, c, *factors, tail):
    """Return pairs of convolutions with a pool after each; `tail` is what the last has."""
    stages, side = [], 28
    for factor in factors:
        stages += conv(name, factor * c, side, side) * 2
        side //= 2
        stages += pool(factor * c, side, side)
    return stages + tail


def residual(c, side):
    return [
        *normed("ReLU", c, side, side),
        ("Conv2d", (c, side, side)),
        ("BatchNorm", (c, side, side)),
        ("ReLU", (c, side, side)),
    ]


def bottleneck(c, inner, side):
    return [
        *normed("ReLU", inner, side, side) * 2,
        ("Conv2d", (c, side, side)),
        ("BatchNorm", (c, side, side)),
        ("ReLU", (c, side, side)),
    ]


def stages(network):
    """Return the kind and the output shape of each layer, in the order in which they run."""
    seen = []

    def watch(layer, inputs, output):
        seen.append((type(layer).__name__, tuple(output.shape[1:])))

    for layer in network.modules():
        if not list(layer.children()):
            layer.register_forward_hook(watch)
    network.eval()(torch.zeros(2, 1, 28, 28))
    return seen


@pytest.fixture(scope="session")
def layout():
    """Return the words in which the tests say the layers of a network."""
    words = (conv, dense, pool, drop, norm, normed, pairs, residual, bottleneck, stages)
    return SimpleNamespace(**{word.__name__: word for word in words}, out=[("Linear", (10,))])


@pytest.fixture(scope="session")
def build():
    """Return what builds a reference's network by its name, with other parameters if need be."""
    return make


def pytest_generate_tests(metafunc):
    """Run a test that asks for `network_name` for each network that is quickly built."""
    if "network_name" in metafunc.fixturenames:
        metafunc.parametrize("network_name", SMALL)
