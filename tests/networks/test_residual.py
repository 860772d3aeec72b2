"""v6 and v7 have the layers of their references, in their order."""

import pytest


@pytest.mark.parametrize(
    ("name", "changes", "count"),
    [("V6", {}, 490186), ("V7", {}, 3235594)],
)
def test_number_of_trainable_parameters(build, name, changes, count):
    network = build(name, **changes)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


def test_layers_of_v6(build, layout):
    expected = [
        ("Conv2d", (64, 28, 28)),
        *layout.bottleneck(64, 32, 28),
        *layout.pool(64, 14, 14),
        *layout.drop(64, 14, 14),
        ("Conv2d", (128, 14, 14)),
        *layout.bottleneck(128, 64, 14),
        *layout.pool(128, 7, 7),
        *layout.drop(128, 7, 7),
        ("Conv2d", (192, 7, 7)),
        *layout.bottleneck(192, 96, 7),
        *layout.pool(192, 2, 2),
        *layout.drop(192, 2, 2),
        *layout.norm(768),
        *layout.dense("ReLU", 256),
        *layout.drop(256),
        *layout.norm(256),
        *layout.dense("ReLU", 256),
        *layout.drop(256),
        *layout.norm(256),
        *layout.out,
    ]
    assert layout.stages(build("V6")) == expected


def test_layers_of_v7(build, layout):
    expected = [
        ("Conv2d", (64, 28, 28)),
        *layout.residual(64, 28),
        *layout.pool(64, 14, 14),
        *layout.drop(64, 14, 14),
        *layout.norm(64, 14, 14),
        *layout.conv("ReLU", 128, 14, 14),
        *layout.residual(128, 14),
        *layout.pool(128, 7, 7),
        *layout.drop(128, 7, 7),
        *layout.norm(128, 7, 7),
        *layout.conv("ReLU", 256, 7, 7),
        *layout.residual(256, 7),
        *layout.pool(256, 3, 3),
        *layout.drop(256, 3, 3),
        *layout.dense("LeakyReLU", 512),
        *layout.drop(512),
        *layout.dense("LeakyReLU", 256),
        *layout.drop(256),
        *layout.norm(256),
        *layout.out,
    ]
    assert layout.stages(build("V7")) == expected
