"""Networks as arrays and back."""

import numpy as np
import pytest
import torch
from torch import nn

from skfashion.inference._weights import from_skeleton, to_skeleton


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64]
)
def test_every_dtype_comes_back(dtype):
    network = nn.Module()
    network.register_buffer("values", torch.arange(6).reshape(2, 3).to(dtype))
    skeleton, arrays = to_skeleton(network)
    assert skeleton.values.device.type == "meta"
    again = from_skeleton(skeleton, arrays).values
    assert again.dtype == dtype
    assert torch.equal(again, network.values)


def test_layouts_and_ties_come_back():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1))
    network.to(memory_format=torch.channels_last)
    network[2].bias = network[1].bias
    skeleton, arrays = to_skeleton(network)
    assert all(type(array) is np.ndarray for array in arrays)
    assert len(arrays) == len(network.state_dict()) - 1
    again = from_skeleton(skeleton, arrays)
    assert again[2].bias is again[1].bias
    assert again[0].weight.stride() == network[0].weight.stride()
    for name, value in network.state_dict().items():
        assert torch.equal(again.state_dict()[name], value)


def test_arrays_are_copied():
    network = nn.Linear(2, 2)
    skeleton, arrays = to_skeleton(network)
    for array in arrays:
        array.flags.writeable = False  # as joblib's memory maps
    again = from_skeleton(skeleton, arrays)
    with torch.no_grad():
        again.weight.zero_()
    assert np.abs(arrays[0]).max() > 0
