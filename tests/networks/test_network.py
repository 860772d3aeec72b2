"""Each network has its reference's layers, in its order, and what all networks have in common."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from skfashion import networks

COUNTS = [
    ("LeNet5", {}, 61_706),
    ("CNN5", {}, 61_750),
    ("CNN5", {"hidden_units": (128, 64)}, 62_850),
    ("MiniVGG", {}, 2_167_786),
    ("V1", {}, 259_434),
    ("V2", {}, 1_802_698),
    ("V3", {}, 1_278_410),
    ("V4", {}, 2_596_810),
    ("V5", {}, 902_154),
    ("V6", {}, 490_186),
    ("V7", {}, 3_235_594),
    ("CNN1Conv", {}, 693_962),
    ("CNN3Conv", {}, 241_546),
    ("CNN4Conv", {}, 1_219_754),
]


@pytest.mark.parametrize(("name", "changes", "count"), COUNTS)
def test_number_of_trainable_parameters(build, name, changes, count):
    network = build(name, **changes)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


@pytest.mark.parametrize(("name", "count"), [("V5", 904_074), ("CNN4Conv", 1_221_546)])
def test_number_of_parameters_with_statistics(build, name, count):
    """The references' own counts have BatchNorm's running means and variances in them."""
    network = build(name)
    statistics = [b.numel() for n, b in network.named_buffers() if "running" in n]
    assert sum(p.numel() for p in network.parameters()) + sum(statistics) == count


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


OUT = [("Linear", (10,))]
LEAKY = "LeakyReLU"
STAGES = {
    "LeNet5": [
        *conv("Tanh", 6, 28, 28),
        *pool(6, 14, 14, kind="AvgPool2d"),
        *conv("Tanh", 16, 10, 10),
        *pool(16, 5, 5, kind="AvgPool2d"),
        *dense("Tanh", 120),
        *dense("Tanh", 84),
        *OUT,
    ],
    "CNN5": [
        *normed("ELU", 6, 28, 28),
        *pool(6, 14, 14),
        *normed("ELU", 16, 10, 10),
        *pool(16, 5, 5),
        *dense("ELU", 120),
        *drop(120),
        *dense("ELU", 84),
        *drop(84),
        *OUT,
    ],
    "MiniVGG": [
        *conv("ReLU", 32, 32, 32) * 2,
        *pool(32, 16, 16),
        *conv("ReLU", 64, 16, 16) * 2,
        *pool(64, 8, 8),
        *dense("ReLU", 512),
        *OUT,
    ],
    "V1": pairs("ReLU", 32, 1, 2, 3, tail=[*dense("ReLU", 64), *OUT]),
    "V2": pairs("ReLU", 64, 1, 2, 4, tail=[*dense("ReLU", 256) * 2, *drop(256), *OUT]),
    "V3": [
        *pairs(LEAKY, 64, 1, 2, tail=[]),
        *conv(LEAKY, 256, 7, 7),
        *conv(LEAKY, 256, 5, 5),
        *pool(256, 1, 1),
        *[*dense(LEAKY, 256), *drop(256)] * 2,
        *OUT,
    ],
    "V4": pairs(
        LEAKY,
        64,
        1,
        2,
        4,
        tail=[
            *drop(256, 3, 3),
            *norm(2304),
            *[*dense(LEAKY, 512), *drop(512)] * 2,
            *OUT,
        ],
    ),
    "V5": [
        *conv("ReLU", 64, 28, 28),
        *norm(64, 28, 28),
        *conv("ReLU", 128, 28, 28),
        *pool(128, 14, 14),
        *drop(128, 14, 14),
        *norm(128, 14, 14),
        *conv("ReLU", 64, 14, 14),
        *norm(64, 14, 14),
        *conv("ReLU", 128, 14, 14),
        *pool(128, 7, 7),
        *drop(128, 7, 7),
        *norm(128, 7, 7),
        *conv("ReLU", 64, 7, 7),
        *norm(64, 7, 7),
        *conv("ReLU", 128, 5, 5),
        *pool(128, 2, 2),
        *drop(128, 2, 2),
        *norm(512),
        *[*dense("ReLU", 512), *drop(512)] * 2,
        *OUT,
    ],
    "V6": [
        ("Conv2d", (64, 28, 28)),
        *bottleneck(64, 32, 28),
        *pool(64, 14, 14),
        *drop(64, 14, 14),
        ("Conv2d", (128, 14, 14)),
        *bottleneck(128, 64, 14),
        *pool(128, 7, 7),
        *drop(128, 7, 7),
        ("Conv2d", (192, 7, 7)),
        *bottleneck(192, 96, 7),
        *pool(192, 2, 2),
        *drop(192, 2, 2),
        *norm(768),
        *dense("ReLU", 256),
        *drop(256),
        *norm(256),
        *dense("ReLU", 256),
        *drop(256),
        *norm(256),
        *OUT,
    ],
    "V7": [
        ("Conv2d", (64, 28, 28)),
        *residual(64, 28),
        *pool(64, 14, 14),
        *drop(64, 14, 14),
        *norm(64, 14, 14),
        *conv("ReLU", 128, 14, 14),
        *residual(128, 14),
        *pool(128, 7, 7),
        *drop(128, 7, 7),
        *norm(128, 7, 7),
        *conv("ReLU", 256, 7, 7),
        *residual(256, 7),
        *pool(256, 3, 3),
        *drop(256, 3, 3),
        *dense(LEAKY, 512),
        *drop(512),
        *dense(LEAKY, 256),
        *drop(256),
        *norm(256),
        *OUT,
    ],
    "CNN1Conv": [
        *conv("ReLU", 32, 26, 26),
        *pool(32, 13, 13),
        *drop(32, 13, 13),
        *dense("ReLU", 128),
        *OUT,
    ],
    "CNN3Conv": [
        *conv("ReLU", 32, 26, 26),
        *pool(32, 13, 13),
        *drop(32, 13, 13),
        *conv("ReLU", 64, 11, 11),
        *pool(64, 5, 5),
        *drop(64, 5, 5),
        *conv("ReLU", 128, 3, 3),
        *drop(128, 3, 3),
        *dense("ReLU", 128),
        *drop(128),
        *OUT,
    ],
    "CNN4Conv": [
        *conv("ReLU", 32, 26, 26),
        *norm(32, 26, 26),
        *conv("ReLU", 32, 24, 24),
        *norm(32, 24, 24),
        *pool(32, 12, 12),
        *drop(32, 12, 12),
        *conv("ReLU", 64, 10, 10),
        *norm(64, 10, 10),
        *drop(64, 10, 10),
        *conv("ReLU", 128, 8, 8),
        *norm(128, 8, 8),
        *pool(128, 4, 4),
        *drop(128, 4, 4),
        *dense("ReLU", 512),
        *norm(512),
        *drop(512),
        *dense("ReLU", 128),
        *norm(128),
        *drop(128),
        *OUT,
    ],
}


def stages(network, x):
    """Return the kind and the output shape of each layer, in the order in which they run."""
    seen = []

    def watch(layer, inputs, output):
        seen.append((type(layer).__name__, tuple(output.shape[1:])))

    for layer in network.modules():
        if not list(layer.children()):
            layer.register_forward_hook(watch)
    network.eval()(x)
    return seen


def test_layers_follow_the_reference(build, network_name):
    network = build(network_name)
    assert stages(network, torch.zeros(2, 1, 28, 28)) == STAGES[network_name]


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (1, 5, 1), (1, 1, 1)])
def test_every_size_of_image_goes_through(build, network_name, shape):
    height, width, channels = shape
    network = build(network_name, shape, 4, small=True).eval()
    x = torch.randn(3, channels, height, width)
    features = network.features(x)
    assert features.shape == (3, network.n_features_out)
    torch.testing.assert_close(network.output(features), network(x))
    assert network(x).shape == (3, network.n_classes) == (3, 4)


def test_least_size_is_the_least(build, network_name):
    """One pixel less would not go through: nothing is enlarged more than it has to be."""
    network = build(network_name, small=True)
    height, width = network.least_size
    assert network.convolutions.eval()(torch.zeros(1, 1, height, width)).numel()
    if height > 1:
        with pytest.raises(RuntimeError):
            network.convolutions(torch.zeros(1, 1, height - 1, width - 1))


@pytest.mark.parametrize("name", ["V5", "V6", "V7"])
def test_l2_is_on_the_weights_of_the_dense_layers(build, name):
    network = build(name, l2=0.5)
    layers = [layer for layer in network.hidden if isinstance(layer, torch.nn.Linear)]
    assert len(layers) == 2
    expected = 0.5 * sum(layer.weight.square().sum() for layer in [*layers, network.output])
    torch.testing.assert_close(network.penalty(), expected)
    assert build(name, l2=0).penalty() is None


BAD = [
    ("LeNet5", {"activation": "rellu"}, "Did you mean 'relu'"),
    ("LeNet5", {"pooling": "mean"}, "pooling.* it can be 'max', 'avg'"),
    ("LeNet5", {"hidden_units": "84"}, "hidden_units='84' are no widths: give a whole number"),
    ("LeNet5", {"hidden_units": (84, 0)}, "hidden_units is a whole number of at least 1, not 0"),
    ("LeNet5", {"hidden_units": 0}, "hidden_units is a whole number of at least 1, not 0"),
    ("LeNet5", {"hidden_units": True}, "hidden_units=True are no widths"),
    ("LeNet5", {"hidden_units": (8, True)}, "hidden_units is a whole number .*, not True"),
    ("LeNet5", {"dropout": 1}, "dropout is a number from 0 to less than 1, not 1"),
    ("LeNet5", {"batch_norm": "no"}, "batch_norm is True or False, not 'no'"),
    ("MiniVGG", {"width": 1.5}, "width is a whole number of at least 1, not 1.5"),
    ("MiniVGG", {"width": True}, "width is a whole number of at least 1, not True"),
    ("MiniVGG", {"dropout": (0.1, 0.2)}, "dropout=.* has 2 rates for 1 layers"),
    ("V1", {"width": 0}, "width is a whole number of at least 1, not 0"),
    ("V2", {"hidden_dropout": (0.1,)}, "hidden_dropout=.* has 1 rates for 2"),
    ("V4", {"dropout": "a"}, "dropout is a number from 0 to less than 1, not 'a'"),
    ("CNN3Conv", {"dropout": (0.1, 0.2)}, "dropout=.* has 2 rates for 3"),
    ("V5", {"dropout": (0.1, 0.2)}, "dropout=.* has 2 rates for 3"),
    ("V5", {"l2": -1}, "l2 is a number of at least 0, not -1"),
    ("V5", {"l2": float("inf")}, "l2 is a number of at least 0, not inf"),
    ("V6", {"bottleneck_width": 0}, "bottleneck_width is a whole number of at least 1, not 0"),
]


@pytest.mark.parametrize(("name", "parameters", "message"), BAD)
def test_bad_parameters(build, name, parameters, message):
    with pytest.raises(ValueError, match=message):
        build(name, **parameters)


@pytest.mark.parametrize("image_shape", [(28, 28), 28, (28, 28, 0), (28, 28, True)])
def test_bad_image_shape(image_shape):
    with pytest.raises(ValueError, match="image_shape"):
        networks.Network(image_shape, 10, [], None)


GRID = [
    ("LeNet5", {"hidden_units": np.array([64, 32]), "dropout": np.array([0.25, 0.5])}),
    ("LeNet5", {"hidden_units": np.array(64), "dropout": np.float32(0.25)}),
    ("LeNet5", {"hidden_units": np.int64(64), "dropout": np.array(0.25)}),
    ("LeNet5", {"hidden_units": [np.int32(64), 32], "dropout": [np.float64(0.25), 0]}),
    ("LeNet5", {"hidden_units": 64, "batch_norm": np.bool_(True), "activation": np.str_("relu")}),
    ("LeNet5", {"hidden_units": range(8, 10), "batch_norm": np.array(True)}),
    ("LeNet5", {"hidden_units": (), "batch_norm": 0, "pooling": np.str_("max")}),
    ("MiniVGG", {"width": np.uint8(8), "dropout": np.array([0.25]), "hidden_units": (8,)}),
    ("V1", {"width": np.array(8), "dropout": np.array([0.25]), "hidden_units": 8}),
    ("V4", {"width": np.int64(8), "hidden_dropout": np.array([0.25, 0.5])}),
    ("V5", {"width": np.int64(8), "dropout": np.array([0.25, 0.5, 0.125]), "l2": np.float32(0.5)}),
    ("V6", {"width": np.int64(8), "bottleneck_width": np.int64(4), "l2": np.array(0.5)}),
    ("V7", {"width": np.int64(8), "dropout": np.float64(0.25), "hidden_units": np.array([8, 4])}),
    ("CNN3Conv", {"width": np.int64(8), "dropout": np.array([0.25, 0.5, 0.125])}),
    ("CNN4Conv", {"width": np.int64(8), "hidden_dropout": np.array([0.25, 0.5])}),
]


@pytest.mark.parametrize(("name", "parameters"), GRID)
def test_numbers_from_a_numpy_grid(build, name, parameters):
    given = build(name, np.array((28, 28, 1)), np.int64(10), **parameters)
    plain = {n: v.tolist() if hasattr(v, "tolist") else v for n, v in parameters.items()}
    expected = build(name, **plain)
    assert repr(given) == repr(expected)
    assert given.l2 == expected.l2


def test_one_width_is_one_layer(build):
    assert repr(build("LeNet5", hidden_units=64)) == repr(build("LeNet5", hidden_units=(64,)))


def test_a_rate_for_each_stage(build):
    network = build("V5", small=True, dropout=(0.1, 0, 0.3))
    assert [x.p for x in network.convolutions if isinstance(x, nn.Dropout)] == [0.1, 0.3]


class TestInitialWeights:
    def weights(self, build, name, seed=0):
        generator = torch.Generator().manual_seed(seed)
        return build(name, small=True, generator=generator).state_dict()

    def test_generator_decides_and_nothing_else_is_drawn(self, build, network_name):
        before = torch.get_rng_state()
        first, again, other = (self.weights(build, network_name, seed) for seed in (0, 0, 1))
        assert torch.equal(torch.get_rng_state(), before)
        for name, value in first.items():
            assert torch.equal(value, again[name])
        drawn = [
            n for n in first if n.endswith("weight") and first[n].ndim > 1 and "output" not in n
        ]
        assert all(not torch.equal(first[n], other[n]) for n in drawn)

    def test_torchs_global_generator_by_default(self, build):
        networks = []
        for _ in range(2):
            torch.manual_seed(3)
            networks.append(build("V6", small=True).state_dict())
        assert all(torch.equal(networks[0][name], networks[1][name]) for name in networks[0])

    def test_threads_build_what_they_build_alone(self, build):
        names = ["CNN5", "V6", "V7", "V5"] * 5
        alone = [self.weights(build, name, seed) for seed, name in enumerate(names)]
        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(self.weights, build, name, i) for i, name in enumerate(names)]
        for expected, job in zip(alone, jobs, strict=True):
            assert all(torch.equal(expected[n], v) for n, v in job.result().items())

    def test_layers_of_torchs_own_keep_what_torch_drew(self):
        convolution, linear = nn.Conv2d(1, 4, 3), nn.Linear(4 * 36, 8)
        kept = [convolution.weight.clone(), linear.weight.clone()]
        network = networks.Network(
            (8, 8, 1),
            3,
            [convolution, nn.ReLU()],
            lambda n_flat: (nn.Sequential(linear, nn.ReLU()), 8),
            generator=torch.Generator(),
        )
        assert torch.equal(network.convolutions[0].weight, kept[0])
        assert torch.equal(network.hidden[0].weight, kept[1])

    def test_resetting_a_trained_network(self, build):
        network = build("V5", small=True, generator=torch.Generator().manual_seed(0))
        new = {name: value.clone() for name, value in network.state_dict().items()}
        network.assume(torch.tensor([0.55] + [0.05] * 9))
        network(torch.randn(4, 1, 28, 28)).sum().backward()
        torch.optim.SGD(network.parameters(), lr=1.0).step()
        network.reset_parameters(torch.Generator().manual_seed(0))
        assert all(torch.equal(new[name], value) for name, value in network.state_dict().items())


def test_classes_have_the_probabilities_that_are_assumed(build):
    network = build("LeNet5", n_classes=3)
    x = torch.randn(2, 1, 28, 28)
    torch.testing.assert_close(network(x).softmax(1), torch.full((2, 3), 1 / 3))
    network.assume(torch.tensor([0.5, 0.3, 0.2]))
    torch.testing.assert_close(network(x).softmax(1), torch.tensor([[0.5, 0.3, 0.2]] * 2))


def test_what_a_training_asks_of_a_network(build, network_name):
    network = build(network_name, small=True)
    assert network.scaling == "standard"
    assert network.precomputes is False


def test_a_subclass_may_have_layers_of_its_own_for_embedding():
    class Normalized(networks.Network):
        def __init__(self, image_shape, n_classes):
            nn.Module.__init__(self)
            self.first = nn.BatchNorm2d(image_shape[2])
            super().__init__(image_shape, n_classes, [], lambda n: (nn.Sequential(), n))

        def embed(self, x):
            return super().embed(self.first(x))

    network = Normalized((4, 4, 1), 3)
    assert network(torch.zeros(2, 1, 4, 4)).shape == (2, 3)
    assert "first.weight" in network.state_dict()
