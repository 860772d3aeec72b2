"""Each network has its reference's layers, in its order, and so its number of parameters."""

import pytest
import torch

import skfashion
from skfashion import networks

IMAGE = (28, 28, 1)
COUNTS = [
    (skfashion.LeNet5Classifier(), 61_706),
    (skfashion.CNN5Classifier(), 61_750),
    (skfashion.CNN5Classifier(hidden_units=(128, 64)), 62_850),
    (skfashion.MiniVGGClassifier(), 2_167_786),
    (skfashion.V1Classifier(), 259_434),
    (skfashion.V2Classifier(), 1_802_698),
    (skfashion.V3Classifier(), 1_278_410),
    (skfashion.V4Classifier(), 2_596_810),
    (skfashion.V5Classifier(), 902_154),
    (skfashion.V6Classifier(), 490_186),
    (skfashion.V7Classifier(width=64, hidden_units=(512, 256)), 3_235_594),
    (skfashion.CNN1ConvClassifier(), 693_962),
    (skfashion.CNN3ConvClassifier(), 241_546),
    (skfashion.CNN4ConvClassifier(), 1_219_754),
]


def network_of(classifier, image_shape=IMAGE, n_classes=10):
    """Return the network that a classifier would train."""
    network = getattr(networks, classifier._network_name)
    return network(image_shape, n_classes, **classifier._own_parameters())


@pytest.mark.parametrize(("classifier", "count"), COUNTS, ids=repr)
def test_number_of_trainable_parameters(classifier, count):
    network = network_of(classifier)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


@pytest.mark.parametrize(
    ("classifier", "count"),
    [(skfashion.V5Classifier(), 904_074), (skfashion.CNN4ConvClassifier(), 1_221_546)],
)
def test_number_of_parameters_with_statistics(classifier, count):
    """The references' own counts have BatchNorm's running means and variances in them."""
    network = network_of(classifier)
    statistics = [b.numel() for name, b in network.named_buffers() if "running" in name]
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
    "LeNet5Classifier": [
        *conv("Tanh", 6, 28, 28),
        *pool(6, 14, 14, kind="AvgPool2d"),
        *conv("Tanh", 16, 10, 10),
        *pool(16, 5, 5, kind="AvgPool2d"),
        *dense("Tanh", 120),
        *dense("Tanh", 84),
        *OUT,
    ],
    "CNN5Classifier": [
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
    "MiniVGGClassifier": [
        *conv("ReLU", 32, 32, 32) * 2,
        *pool(32, 16, 16),
        *conv("ReLU", 64, 16, 16) * 2,
        *pool(64, 8, 8),
        *dense("ReLU", 512),
        *OUT,
    ],
    "V1Classifier": pairs("ReLU", 32, 1, 2, 3, tail=[*dense("ReLU", 64), *OUT]),
    "V2Classifier": pairs("ReLU", 64, 1, 2, 4, tail=[*dense("ReLU", 256) * 2, *drop(256), *OUT]),
    "V3Classifier": [
        *pairs(LEAKY, 64, 1, 2, tail=[]),
        *conv(LEAKY, 256, 7, 7),
        *conv(LEAKY, 256, 5, 5),
        *pool(256, 1, 1),
        *[*dense(LEAKY, 256), *drop(256)] * 2,
        *OUT,
    ],
    "V4Classifier": pairs(
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
    "V5Classifier": [
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
    "V6Classifier": [
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
    "V7Classifier": [
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
    "CNN1ConvClassifier": [
        *conv("ReLU", 32, 26, 26),
        *pool(32, 13, 13),
        *drop(32, 13, 13),
        *dense("ReLU", 128),
        *OUT,
    ],
    "CNN3ConvClassifier": [
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
    "CNN4ConvClassifier": [
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


@pytest.mark.parametrize("name", STAGES)
def test_layers_follow_the_reference(name):
    network = network_of(getattr(skfashion, name)())
    seen = stages(in_order_of_reference(network), torch.zeros(2, 1, 28, 28))
    assert seen == STAGES[name]


def in_order_of_reference(network):
    """Let activations run before the max pool that follows them, not after it."""
    network.convolutions.order.sort()
    return network


@pytest.mark.parametrize("name", STAGES)
def test_pooling_before_activating_changes_nothing(name):
    network = network_of(getattr(skfashion, name)(), (28, 28, 1), 10).train()
    x = torch.randn(4, 1, 28, 28)
    results = []
    for _ in range(2):
        torch.manual_seed(0)
        network.zero_grad()
        y = network(x)
        y.square().sum().backward()
        results.append([y, *(p.grad.clone() for p in network.parameters())])
        in_order_of_reference(network)
    torch.testing.assert_close(*results)


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (1, 5, 1), (1, 1, 1)])
def test_every_size_of_image_goes_through(estimator_class, shape):
    height, width, channels = shape
    network = network_of(estimator_class(), shape, 4).eval()
    x = torch.randn(3, channels, height, width)
    features = network.features(x)
    assert features.shape == (3, network.output.in_features)
    torch.testing.assert_close(network.output(features), network(x))
    assert network(x).shape == (3, 4)


def test_least_size_is_the_least(estimator_class):
    """One pixel less would not go through: nothing is enlarged more than it has to be."""
    network = network_of(estimator_class())
    if hasattr(network, "image_size"):
        pytest.skip("every image is resized to a size that the user gives")
    height, width = network.least_size
    assert network.convolutions.eval()(torch.zeros(1, 1, height, width)).numel()
    if height > 1:
        with pytest.raises(RuntimeError):
            network.convolutions(torch.zeros(1, 1, height - 1, width - 1))


@pytest.mark.parametrize("cls", [networks.V5, networks.V6, networks.V7])
def test_l2_is_on_the_weights_of_the_dense_layers(cls):
    classifier = getattr(skfashion, cls.__name__ + "Classifier")
    network = network_of(classifier(l2=0.5))
    layers = [layer for layer in network.hidden if isinstance(layer, torch.nn.Linear)]
    assert len(layers) == 2
    expected = 0.5 * sum(layer.weight.square().sum() for layer in [*layers, network.output])
    torch.testing.assert_close(network.penalty(), expected)
    assert network_of(classifier(l2=0)).penalty() is None


@pytest.mark.parametrize(
    ("classifier", "message"),
    [
        (skfashion.LeNet5Classifier(activation="rellu"), "Did you mean 'relu'"),
        (skfashion.LeNet5Classifier(pooling="mean"), "it can be 'max', 'avg'"),
        (skfashion.LeNet5Classifier(hidden_units=84), "give a tuple"),
        (skfashion.LeNet5Classifier(hidden_units=(84, 0)), "whole number of at least 1, not 0"),
        (skfashion.LeNet5Classifier(dropout=1), "from 0 to less than 1, not 1"),
        (skfashion.MiniVGGClassifier(width=1.5), "whole number of at least 1, not 1.5"),
        (skfashion.MiniVGGClassifier(dropout=(0.1, 0.2)), "dropout=.* has 2 rates for 1 layers"),
        (skfashion.V2Classifier(hidden_dropout=(0.1,)), "hidden_dropout=.* has 1 rates for 2"),
        (skfashion.CNN3ConvClassifier(dropout=(0.1, 0.2)), "dropout=.* has 2 rates for 3"),
        (skfashion.V5Classifier(l2=-1), "l2 is a number of at least 0, not -1"),
    ],
    ids=repr,
)
def test_bad_parameters(classifier, message):
    with pytest.raises(ValueError, match=message):
        network_of(classifier)


class TestBatchNorm:
    """Batch normalization that heeds sample weights."""

    x = torch.randn(6, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    counts = torch.tensor([1, 2, 1, 3, 1, 2])

    def both(self, x, weight=None):
        from skfashion.networks._layers import BatchNorm, sample_weights

        norm = BatchNorm(3).double()
        with sample_weights(norm, weight):
            return norm(x), norm

    def test_a_weight_is_the_same_as_repeating_the_image(self):
        repeated, norm_repeated = self.both(self.x.repeat_interleave(self.counts, 0))
        weighted, norm_weighted = self.both(self.x, self.counts.double())
        first = self.counts.cumsum(0) - self.counts
        torch.testing.assert_close(weighted, repeated[first])
        for a, b in zip(norm_weighted.buffers(), norm_repeated.buffers(), strict=True):
            torch.testing.assert_close(a, b)

    def test_equal_weights_change_nothing(self):
        plain, _ = self.both(self.x)
        weighted, norm = self.both(self.x, torch.full((6,), 0.01, dtype=torch.float64))
        torch.testing.assert_close(weighted, plain)
        assert norm.sample_weight is None

    def test_a_single_value_is_no_error(self):
        out, norm = self.both(torch.ones(1, 3, dtype=torch.float64))
        assert torch.isfinite(out).all()
        torch.testing.assert_close(norm.running_mean, torch.zeros(3, dtype=torch.float64))
