"""Each network has its reference's layers, in its order, and so its number of parameters."""

import pytest
import torch

from skfashion import networks

COUNTS = [
    ("LeNet5", {}, 61_706),
    ("LeNet5", {"batch_norm": True}, 61_750),
    ("LeNet5", {"batch_norm": True, "hidden_units": (128, 64)}, 62_850),
    ("MiniVGG", {}, 2_167_786),
    ("V5", {}, 902_154),
]


@pytest.mark.parametrize(("name", "parameters", "count"), COUNTS)
def test_number_of_trainable_parameters(name, parameters, count):
    network = getattr(networks, name)((28, 28, 1), 10, **parameters)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


def test_v5_has_the_statistics_of_its_reference():
    network = networks.V5((28, 28, 1), 10)
    statistics = [
        b.numel() for name, b in network.named_buffers() if "running" in name
    ]
    assert 902_154 + sum(statistics) == 904_074


# A stage is a kind of layer and the shape of what it gives, without N.
STAGES = {
    "LeNet5": [
        ("Conv2d", (6, 28, 28)),
        ("Tanh", (6, 28, 28)),
        ("AvgPool2d", (6, 14, 14)),
        ("Conv2d", (16, 10, 10)),
        ("Tanh", (16, 10, 10)),
        ("AvgPool2d", (16, 5, 5)),
        ("Linear", (120,)),
        ("Tanh", (120,)),
        ("Linear", (84,)),
        ("Tanh", (84,)),
        ("Linear", (10,)),
    ],
    "MiniVGG": [
        ("Conv2d", (32, 32, 32)),
        ("ReLU", (32, 32, 32)),
        ("Conv2d", (32, 32, 32)),
        ("ReLU", (32, 32, 32)),
        ("MaxPool2d", (32, 16, 16)),
        ("Conv2d", (64, 16, 16)),
        ("ReLU", (64, 16, 16)),
        ("Conv2d", (64, 16, 16)),
        ("ReLU", (64, 16, 16)),
        ("MaxPool2d", (64, 8, 8)),
        ("Linear", (512,)),
        ("ReLU", (512,)),
        ("Linear", (10,)),
    ],
    "V5": [
        ("Conv2d", (64, 28, 28)),
        ("ReLU", (64, 28, 28)),
        ("BatchNorm", (64, 28, 28)),
        ("Conv2d", (128, 28, 28)),
        ("ReLU", (128, 28, 28)),
        ("MaxPool2d", (128, 14, 14)),
        ("Dropout", (128, 14, 14)),
        ("BatchNorm", (128, 14, 14)),
        ("Conv2d", (64, 14, 14)),
        ("ReLU", (64, 14, 14)),
        ("BatchNorm", (64, 14, 14)),
        ("Conv2d", (128, 14, 14)),
        ("ReLU", (128, 14, 14)),
        ("MaxPool2d", (128, 7, 7)),
        ("Dropout", (128, 7, 7)),
        ("BatchNorm", (128, 7, 7)),
        ("Conv2d", (64, 7, 7)),
        ("ReLU", (64, 7, 7)),
        ("BatchNorm", (64, 7, 7)),
        ("Conv2d", (128, 5, 5)),
        ("ReLU", (128, 5, 5)),
        ("MaxPool2d", (128, 2, 2)),
        ("Dropout", (128, 2, 2)),
        ("BatchNorm", (512,)),
        ("Linear", (512,)),
        ("ReLU", (512,)),
        ("Dropout", (512,)),
        ("Linear", (512,)),
        ("ReLU", (512,)),
        ("Dropout", (512,)),
        ("Linear", (10,)),
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
    network = getattr(networks, name)((28, 28, 1), 10)
    assert stages(network, torch.zeros(2, 1, 28, 28)) == STAGES[name]


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (1, 5, 1), (1, 1, 1)])
def test_every_size_of_image_goes_through(name, shape):
    height, width, channels = shape
    network = getattr(networks, name)(shape, 4)
    x = torch.randn(3, channels, height, width)
    features = network.eval().features(x)
    assert features.shape == (3, network.output.in_features)
    assert network(x).shape == (3, 4)
    torch.testing.assert_close(network.output(features), network(x))


def test_l2_of_v5_is_on_the_weights_of_the_dense_layers():
    network = networks.V5((28, 28, 1), 10, l2=0.5)
    dense = [network.hidden[1], network.hidden[4], network.output]
    expected = 0.5 * sum(layer.weight.square().sum() for layer in dense)
    torch.testing.assert_close(network.penalty(), expected)
    assert networks.V5((28, 28, 1), 10, l2=0).penalty() is None


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"activation": "rellu"}, "Did you mean 'relu'"),
        ({"pooling": "mean"}, "it can be 'max', 'avg'"),
    ],
)
def test_unknown_names_offer_the_known(parameters, message):
    with pytest.raises(ValueError, match=message):
        networks.LeNet5((28, 28, 1), 10, **parameters)


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
