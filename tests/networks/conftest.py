import pytest

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


@pytest.fixture(scope="session")
def build():
    """Return what builds a reference's network by its name, with other parameters if need be."""
    return make


def pytest_generate_tests(metafunc):
    """Run a test that asks for `network_name` for each network that is quickly built."""
    if "network_name" in metafunc.fixturenames:
        metafunc.parametrize("network_name", SMALL)
