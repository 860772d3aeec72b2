"""LeNet-5 and CNN5 have the layers of their references, in their order."""

import pytest


@pytest.mark.parametrize(
    ("name", "changes", "count"),
    [("LeNet5", {}, 61706), ("CNN5", {}, 61750), ("CNN5", {"hidden_units": (128, 64)}, 62850)],
)
def test_number_of_trainable_parameters(build, name, changes, count):
    network = build(name, **changes)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


def test_layers_of_lenet5(build, layout):
    expected = [
        *layout.conv("Tanh", 6, 28, 28),
        *layout.pool(6, 14, 14, kind="AvgPool2d"),
        *layout.conv("Tanh", 16, 10, 10),
        *layout.pool(16, 5, 5, kind="AvgPool2d"),
        *layout.dense("Tanh", 120),
        *layout.dense("Tanh", 84),
        *layout.out,
    ]
    assert layout.stages(build("LeNet5")) == expected


def test_layers_of_cnn5(build, layout):
    expected = [
        *layout.normed("ELU", 6, 28, 28),
        *layout.pool(6, 14, 14),
        *layout.normed("ELU", 16, 10, 10),
        *layout.pool(16, 5, 5),
        *layout.dense("ELU", 120),
        *layout.drop(120),
        *layout.dense("ELU", 84),
        *layout.drop(84),
        *layout.out,
    ]
    assert layout.stages(build("CNN5")) == expected
