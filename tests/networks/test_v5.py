"""v5 has the layers of its reference, in its order."""

import pytest
from torch import nn


@pytest.mark.parametrize(
    ("name", "changes", "count"),
    [("V5", {}, 902154)],
)
def test_number_of_trainable_parameters(build, name, changes, count):
    network = build(name, **changes)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


def test_layers_of_v5(build, layout):
    expected = [
        *layout.conv("ReLU", 64, 28, 28),
        *layout.norm(64, 28, 28),
        *layout.conv("ReLU", 128, 28, 28),
        *layout.pool(128, 14, 14),
        *layout.drop(128, 14, 14),
        *layout.norm(128, 14, 14),
        *layout.conv("ReLU", 64, 14, 14),
        *layout.norm(64, 14, 14),
        *layout.conv("ReLU", 128, 14, 14),
        *layout.pool(128, 7, 7),
        *layout.drop(128, 7, 7),
        *layout.norm(128, 7, 7),
        *layout.conv("ReLU", 64, 7, 7),
        *layout.norm(64, 7, 7),
        *layout.conv("ReLU", 128, 5, 5),
        *layout.pool(128, 2, 2),
        *layout.drop(128, 2, 2),
        *layout.norm(512),
        *[*layout.dense("ReLU", 512), *layout.drop(512)] * 2,
        *layout.out,
    ]
    assert layout.stages(build("V5")) == expected


def test_a_rate_for_each_stage(build):
    network = build("V5", small=True, dropout=(0.1, 0, 0.3))
    assert [x.p for x in network.convolutions if isinstance(x, nn.Dropout)] == [0.1, 0.3]
