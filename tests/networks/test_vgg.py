"""The small VGGs have the layers of their references, in their order."""

import pytest


@pytest.mark.parametrize(
    ("name", "changes", "count"),
    [
        ("MiniVGG", {}, 2167786),
        ("V1", {}, 259434),
        ("V2", {}, 1802698),
        ("V3", {}, 1278410),
        ("V4", {}, 2596810),
    ],
)
def test_number_of_trainable_parameters(build, name, changes, count):
    network = build(name, **changes)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count


def test_layers_of_minivgg(build, layout):
    expected = [
        *layout.conv("ReLU", 32, 32, 32) * 2,
        *layout.pool(32, 16, 16),
        *layout.conv("ReLU", 64, 16, 16) * 2,
        *layout.pool(64, 8, 8),
        *layout.dense("ReLU", 512),
        *layout.out,
    ]
    assert layout.stages(build("MiniVGG")) == expected


def test_layers_of_v1(build, layout):
    expected = layout.pairs("ReLU", 32, 1, 2, 3, tail=[*layout.dense("ReLU", 64), *layout.out])
    assert layout.stages(build("V1")) == expected


def test_layers_of_v2(build, layout):
    expected = layout.pairs(
        "ReLU", 64, 1, 2, 4, tail=[*layout.dense("ReLU", 256) * 2, *layout.drop(256), *layout.out]
    )
    assert layout.stages(build("V2")) == expected


def test_layers_of_v3(build, layout):
    expected = [
        *layout.pairs("LeakyReLU", 64, 1, 2, tail=[]),
        *layout.conv("LeakyReLU", 256, 7, 7),
        *layout.conv("LeakyReLU", 256, 5, 5),
        *layout.pool(256, 1, 1),
        *[*layout.dense("LeakyReLU", 256), *layout.drop(256)] * 2,
        *layout.out,
    ]
    assert layout.stages(build("V3")) == expected


def test_layers_of_v4(build, layout):
    expected = layout.pairs(
        "LeakyReLU",
        64,
        1,
        2,
        4,
        tail=[
            *layout.drop(256, 3, 3),
            *layout.norm(2304),
            *[*layout.dense("LeakyReLU", 512), *layout.drop(512)] * 2,
            *layout.out,
        ],
    )
    assert layout.stages(build("V4")) == expected
