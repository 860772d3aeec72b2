"""CNNs of one, three and four convolutions have the layers of their references, in order."""

import pytest


@pytest.mark.parametrize(
    ("name", "changes", "count"),
    [("CNN1Conv", {}, 693962), ("CNN3Conv", {}, 241546), ("CNN4Conv", {}, 1219754)],
)
def test_number_of_trainable_parameters(build, name, changes, count):
    network = build(name, **changes)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


def test_layers_of_cnn1conv(build, layout):
    expected = [
        *layout.conv("ReLU", 32, 26, 26),
        *layout.pool(32, 13, 13),
        *layout.drop(32, 13, 13),
        *layout.dense("ReLU", 128),
        *layout.out,
    ]
    assert layout.stages(build("CNN1Conv")) == expected


def test_layers_of_cnn3conv(build, layout):
    expected = [
        *layout.conv("ReLU", 32, 26, 26),
        *layout.pool(32, 13, 13),
        *layout.drop(32, 13, 13),
        *layout.conv("ReLU", 64, 11, 11),
        *layout.pool(64, 5, 5),
        *layout.drop(64, 5, 5),
        *layout.conv("ReLU", 128, 3, 3),
        *layout.drop(128, 3, 3),
        *layout.dense("ReLU", 128),
        *layout.drop(128),
        *layout.out,
    ]
    assert layout.stages(build("CNN3Conv")) == expected


def test_layers_of_cnn4conv(build, layout):
    expected = [
        *layout.conv("ReLU", 32, 26, 26),
        *layout.norm(32, 26, 26),
        *layout.conv("ReLU", 32, 24, 24),
        *layout.norm(32, 24, 24),
        *layout.pool(32, 12, 12),
        *layout.drop(32, 12, 12),
        *layout.conv("ReLU", 64, 10, 10),
        *layout.norm(64, 10, 10),
        *layout.drop(64, 10, 10),
        *layout.conv("ReLU", 128, 8, 8),
        *layout.norm(128, 8, 8),
        *layout.pool(128, 4, 4),
        *layout.drop(128, 4, 4),
        *layout.dense("ReLU", 512),
        *layout.norm(512),
        *layout.drop(512),
        *layout.dense("ReLU", 128),
        *layout.norm(128),
        *layout.drop(128),
        *layout.out,
    ]
    assert layout.stages(build("CNN4Conv")) == expected
