"""What all networks have in common."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from skfashion import networks


@pytest.mark.parametrize(("name", "count"), [("V5", 904_074), ("CNN4Conv", 1_221_546)])
def test_number_of_parameters_with_statistics(build, name, count):
    """The references' own counts have BatchNorm's running means and variances in them."""
    network = build(name)
    statistics = [b.numel() for n, b in network.named_buffers() if "running" in n]
    assert sum(p.numel() for p in network.parameters()) + sum(statistics) == count


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


def is_identity(weight):
    """Return whether a convolution hands its channels on and does nothing else."""
    return weight.ndim == 4 and torch.equal(weight, torch.nn.init.dirac_(torch.empty_like(weight)))


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
            name
            for name, value in first.items()
            if name.endswith("weight") and value.ndim > 1 and "output" not in name
            if not is_identity(value)
        ]
        assert drawn
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
