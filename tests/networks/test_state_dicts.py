"""Weights of other authors' modules predict the same in the package's networks."""

import copy
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from skfashion import networks
from skfashion.networks import as_network, convert_state_dict, starting_weights
from skfashion.networks._batch_norm import BatchNorm
from skfashion.networks._residual import Residual


class CNN5(nn.Module):
    """The documents' CNN5, as its author wrote it: flattened channels first, named by kind."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 6, 5, padding=2), nn.BatchNorm2d(6)
        self.conv2, self.bn2 = nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 128), nn.Linear(128, 64), nn.Linear(64, 10)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = functional.max_pool2d(functional.elu(self.bn1(self.conv1(x))), 2)
        x = functional.max_pool2d(functional.elu(self.bn2(self.conv2(x))), 2)
        x = self.dropout(functional.elu(self.fc1(x.view(-1, 400))))
        return self.fc3(self.dropout(functional.elu(self.fc2(x))))


class Added(nn.Module):
    def __init__(self, layers, activation):
        super().__init__()
        self.body, self.activation = nn.Sequential(*layers), activation

    def forward(self, x):
        return self.activation(x + self.body(x))


def twin(network):
    """Return a network's layers as torch's own, flattened channels first, with other weights."""

    def plain(layer):
        if isinstance(layer, Residual):
            return Added(map(plain, layer.layers), copy.deepcopy(layer.activation))
        if isinstance(layer, nn.Conv2d):
            sizes = layer.in_channels, layer.out_channels, layer.kernel_size
            return nn.Conv2d(*sizes, padding=layer.padding)
        if isinstance(layer, nn.Linear):
            return nn.Linear(layer.in_features, layer.out_features)
        return copy.deepcopy(layer)

    layers = [
        *map(plain, network.convolutions),
        nn.Flatten(),
        *map(plain, network.hidden),
        plain(network.output),
    ]
    return learned(nn.Sequential(*layers))


def learned(module):
    """Return a module whose statistics and weights are none that a new one has."""
    generator = torch.Generator().manual_seed(1)
    for layer in module.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            for value in (layer.weight.data, layer.running_var):
                value.uniform_(0.5, 2, generator=generator)
            for value in (layer.bias.data, layer.running_mean):
                value.uniform_(-1, 1, generator=generator)
            layer.num_batches_tracked.fill_(7)
        elif isinstance(layer, nn.Conv2d | nn.Linear):
            layer.weight.data.mul_(6**0.5)  # with torch's own, deep networks give nearly a constant
    return module.eval()


def images(n_images=6):
    return torch.randn(n_images, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def assert_same(network, module):
    """Check that both give the same logits, and not by chance: not the same for all images.

    In float64: the random weights of deep networks can add up to what float32 rounds.
    """
    x = images().double()
    with torch.no_grad():
        logits, expected = (copy.deepcopy(m).eval().double()(x) for m in (network, module))
    assert expected.std(0).min() > 1e-4
    torch.testing.assert_close(logits, expected, rtol=1e-4, atol=1e-5)


@pytest.fixture
def cnn5():
    return learned(CNN5())


@pytest.fixture
def network(build):
    return build("CNN5", hidden_units=(128, 64))


def test_the_documents_cnn5(cnn5, network):
    state = convert_state_dict(cnn5.state_dict(), network)
    assert [*state] == [*network.state_dict()]
    network.load_state_dict(state)
    assert_same(network, cnn5)


def test_twins_of_all_networks(build, network_name):
    network = build(network_name, small=True)
    module = twin(network)
    assert starting_weights(network, module.state_dict()) is network
    assert_same(network, module)


@pytest.mark.parametrize("image_shape", [(20, 28, 1), (28, 28, 3)])
def test_other_images(build, image_shape):
    network = build("MiniVGG", image_shape, small=True, batch_norm=True)
    module = twin(network)
    starting_weights(network, module.state_dict())
    x = torch.randn(3, image_shape[2], *image_shape[:2])
    torch.testing.assert_close(network.eval()(x), module(x), rtol=1e-4, atol=1e-5)


def test_no_hidden_layers(build):
    network = build("LeNet5", hidden_units=())
    module = twin(network)
    starting_weights(network, module.state_dict())
    assert_same(network, module)


def arrays(state):
    return {name: value.numpy() for name, value in state.items()}


def read_only(state):
    state = arrays(state)
    for value in state.values():
        value.flags.writeable = False
    return state


@pytest.mark.parametrize(
    "wrap",
    [
        arrays,
        read_only,
        lambda s: {name: value.astype(">f4") for name, value in arrays(s).items()},
        lambda s: OrderedDict(s),
        lambda s: {name: nn.Parameter(v) for name, v in s.items() if v.is_floating_point()},
        lambda s: {f"module.{name}": value for name, value in s.items()},
        lambda s: {f"model.net.{name}": value for name, value in s.items()},
        lambda s: {"state_dict": s, "epoch": 3, "optimizer": {"state": {}, "param_groups": []}},
        lambda s: {"epoch": torch.tensor(3), "loss": np.float64(0.5), "model_state_dict": s},
        lambda s: {"best": {"state_dict": s}},
        lambda s: dict(sorted(s.items())),
        lambda s: s | {"note": "by me", "epoch": 3},
    ],
)
def test_forms_of_state_dicts(cnn5, network, wrap):
    starting_weights(network, wrap(cnn5.state_dict()))
    assert_same(network, cnn5)


def test_a_module_or_what_it_is_in(cnn5, build):
    for state in (cnn5, {"model": cnn5}):
        network = build("CNN5", hidden_units=(128, 64))
        assert_same(starting_weights(network, state), cnn5)


@pytest.mark.parametrize("prefix", ["", "module.", "model.", "a.b.c."])
def test_own_names_are_taken_as_they_are(build, prefix):
    network, other = (build("V7", small=True) for _ in range(2))
    learned(other)
    nn.init.normal_(other.output.weight)
    state = {prefix + name: value for name, value in other.state_dict().items()}
    starting_weights(network, state)
    for name, value in other.state_dict().items():
        assert torch.equal(network.state_dict()[name], value)


def test_a_wrapped_module_takes_its_own_names(cnn5):
    network = as_network(CNN5(), (28, 28, 1), 10)
    for state in (cnn5.state_dict(), as_network(cnn5, (28, 28, 1), 10).state_dict()):
        converted = convert_state_dict(state, network)
        assert all(name.startswith("module.") for name in converted)
        assert torch.equal(converted["module.fc1.weight"], cnn5.fc1.weight)
    starting_weights(network, {f"net.{k}": v for k, v in cnn5.state_dict().items()})
    assert_same(network, cnn5)


def test_a_module_takes_the_packages_weights_of_the_same_layout(build):
    """Its own layers, its own order of features: nothing is permuted."""
    module = learned(CNN5())
    wrapped = as_network(CNN5(), (28, 28, 1), 10)
    state = {name.replace("fc", "dense"): v for name, v in module.state_dict().items()}
    assert_same(starting_weights(wrapped, state), module)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_dtypes_are_kept(cnn5, network, dtype):
    state = cnn5.to(dtype).state_dict()
    converted = convert_state_dict(state, network)
    floats = {name: v for name, v in converted.items() if "num_batches" not in name}
    assert {value.dtype for value in floats.values()} == {dtype}
    network.load_state_dict(converted)


def test_nothing_is_shared_or_changed(cnn5, network):
    before = copy.deepcopy(cnn5.state_dict())
    starting_weights(network, cnn5.state_dict())
    with torch.no_grad():
        for value in network.parameters():
            value.add_(1)
    assert all(torch.equal(before[name], value) for name, value in cnn5.state_dict().items())


def test_channels_last(cnn5, network):
    """Where the other module flattens as the package does, the inputs stay as they are."""
    state = convert_state_dict(cnn5.state_dict(), network, flatten="channels_last")
    assert torch.equal(state["hidden.0.weight"], cnn5.fc1.weight)
    with pytest.raises(ValueError, match="flatten='channels-last' .* mean 'channels_last'"):
        convert_state_dict(cnn5.state_dict(), network, flatten="channels-last")


def test_files_sorted_by_the_alphabet(build):
    """There layer 10 stands before layer 2."""
    network = build("V6", small=True)
    module = twin(network)
    starting_weights(network, dict(sorted(module.state_dict().items())))
    assert_same(network, module)


def test_an_output_layer_that_stands_first(cnn5, network):
    state = cnn5.state_dict()
    first = {name: state.pop(name) for name in ("fc3.weight", "fc3.bias")}
    starting_weights(network, first | state)
    assert_same(network, cnn5)


def test_layers_without_bias(build):
    network = build("CNN5")
    module = twin(network)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            layer.bias = None
    starting_weights(network, module.state_dict())
    assert_same(network, module)


def test_batch_normalizations_without_weights(build):
    network = build("CNN5")
    module = twin(network)
    state = dict(module.state_dict())
    for name, layer in module.named_modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.weight = layer.bias = None
            del state[f"{name}.weight"], state[f"{name}.bias"]
    starting_weights(network, state)
    assert_same(network, module)


def test_statistics_without_their_count(cnn5, network):
    """They are kept by a training that goes on, and not replaced by its first mini-batch."""
    state = {n: v for n, v in cnn5.state_dict().items() if "num_batches" not in n}
    starting_weights(network, state)
    norm = next(layer for layer in network.modules() if isinstance(layer, BatchNorm))
    network.train()(images())
    torch.testing.assert_close(norm.running_mean, cnn5.bn1.running_mean, atol=0.15, rtol=0)


class TestOtherNumberOfClasses:
    def test_output_is_left_as_it_is(self, cnn5, build):
        network = build("CNN5", n_classes=4, hidden_units=(128, 64))
        network.assume(torch.tensor([0.4, 0.3, 0.2, 0.1]))
        kept = network.output.bias.clone()
        starting_weights(network, cnn5, strict_output=False)
        assert torch.equal(network.output.bias, kept)
        expected = build("CNN5", hidden_units=(128, 64))
        starting_weights(expected, cnn5)
        x = images()
        assert torch.equal(network.eval().features(x), expected.eval().features(x))

    def test_own_names(self, build):
        other, network = build("V5", small=True), build("V5", n_classes=3, small=True)
        starting_weights(network, other.state_dict(), strict_output=False)
        assert torch.equal(network.hidden[1].weight, other.hidden[1].weight)
        with pytest.raises(
            ValueError, match=r"output.weight \(10, 10\) for output.weight \(3, 10\)"
        ):
            starting_weights(network, other.state_dict())

    def test_the_same_number_is_taken(self, cnn5, network):
        starting_weights(network, cnn5, strict_output=False)
        assert_same(network, cnn5)

    def test_wrapped(self, cnn5):
        other = CNN5()
        other.fc3 = nn.Linear(64, 3)
        network = as_network(other, (28, 28, 1), 3)
        kept = other.fc3.weight.clone()
        starting_weights(network, cnn5, strict_output=False)
        assert torch.equal(other.fc3.weight, kept)
        assert torch.equal(other.fc1.weight, cnn5.fc1.weight)

    def test_other_inputs_of_the_output_layer_do_not_fit(self, cnn5, build):
        network = build("CNN5", n_classes=4, hidden_units=(128, 60))
        with pytest.raises(ValueError, match=r"fc3.weight \(10, 64\) for output.weight \(4, 60\)"):
            starting_weights(network, cnn5, strict_output=False)


def without(*names):
    return lambda state: {n: v for n, v in state.items() if not n.startswith(names)}


def changed(**shapes):
    shapes = {name.replace("__", "."): shape for name, shape in shapes.items()}
    return lambda state: state | {n: torch.zeros(shape) for n, shape in shapes.items()}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (without("conv2."), [r"missing: convolutions.4.weight \(16, 6, 5, 5\)", "4.bias"]),
        (without("bn1."), [r"missing: convolutions.1.running_mean \(6,\)"]),
        (without("fc2.bias"), [r"missing: hidden.3.bias \(64,\)"]),
        (without("bn1.running_var"), [r"missing: convolutions.1.running_var \(6,\)"]),
        (
            without("conv1.", "fc3."),
            [
                r"missing: convolutions.0.weight \(6, 1, 5, 5\)",
                r"missing: output.weight \(10, 64\)",
            ],
        ),
        (changed(fc4__weight=(10, 10)), [r"unexpected: fc4.weight \(10, 10\)"]),
        (changed(fc2__extra=(3,)), [r"unexpected: fc2.extra \(3,\)"]),
        (changed(scale=(3,)), [r"unexpected: scale \(3,\)"]),
        (
            changed(conv1__weight=(6, 3, 5, 5), fc1__weight=(128, 256)),
            [
                r"of another shape: conv1.weight \(6, 3, 5, 5\) for convolutions.0.weight "
                r"\(6, 1, 5, 5\)",
                r"of another shape: fc1.weight \(128, 256\) for hidden.0.weight \(128, 400\)",
            ],
        ),
    ],
)
def test_layers_that_do_not_fit_are_all_named(cnn5, network, change, named):
    state = {name: value.clone() for name, value in network.state_dict().items()}
    with pytest.raises(ValueError, match="do not fit the network LeNet5. Build it") as error:
        starting_weights(network, change(cnn5.state_dict()))
    for line in named:
        assert error.match(line)
    assert all(torch.equal(state[name], value) for name, value in network.state_dict().items())


def test_own_names_that_do_not_fit_are_named(build):
    state = build("V7", small=True).state_dict()
    del state["hidden.0.weight"]
    state["hidden.9.weight"] = torch.zeros(2, 3)
    with pytest.raises(ValueError, match="do not fit the network V7") as error:
        starting_weights(build("V7", small=True), state)
    assert error.match(r"missing: hidden.0.weight \(12, 144\)")
    assert error.match(r"unexpected: hidden.9.weight \(2, 3\)")


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ([1, 2], "a dictionary of names and tensors, not list. Read a file of weights"),
        ("cnn5.pth", "not str. Read a file"),
        ({}, "has no tensors, but nothing"),
        ({"epoch": 3, "name": "x"}, "has no tensors, but 'epoch', 'name'"),
        ({"a": {"w": torch.ones(1)}, "b": {}}, "has no tensors, but 'a', 'b'. Give the one"),
    ],
)
def test_no_state_dicts(network, state, message):
    with pytest.raises(ValueError, match=message):
        convert_state_dict(state, network)


def test_a_network_that_flattens_in_another_order():
    class ChannelsFirst(networks.LeNet5):
        @staticmethod
        def flatten(x):
            return x.flatten(1)

    network = ChannelsFirst((28, 28, 1), 10)
    module = twin(network)
    assert_same(starting_weights(network, module), module)
