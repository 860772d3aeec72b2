"""A copy of a network whose weights are rounded to bfloat16."""

import copy
import operator

import torch
from torch import nn

LARGE = (nn.Conv2d, nn.Linear)  # what autocast runs in bfloat16


class RoundedNetwork:
    """A network to predict with in bfloat16, whose weights are rounded beforehand.

    autocast rounds all weights and lays them out for the processor in each call, which for a
    single image takes v5 a seventh of the rest. Layers without large weights are shared with
    the network.

    Parameters
    ----------
    network : nn.Module
        The network, with weights in float32. It may be trained further.
    """

    def __init__(self, network):
        self.parts = [*_parts(network)]
        shared = [x for x in network.modules() if not isinstance(x, LARGE) and not [*x.children()]]
        self.network = copy.deepcopy(network, {id(layer): layer for layer in shared})
        for layer in self.network.modules():
            if isinstance(layer, LARGE):
                layer.to(torch.bfloat16, memory_format=torch.channels_last).requires_grad_(False)
        weights = zip(network.parameters(), self.network.parameters(), strict=True)
        self.weights = [(own, rounded) for own, rounded in weights if own is not rounded]
        self.state = self._state()

    def is_of(self, network):
        """Return whether a network still consists of the parts that it consisted of."""
        parts = [*_parts(network)]
        return len(parts) == len(self.parts) and all(map(operator.is_, parts, self.parts))

    def up_to_date(self):
        """Return the rounded network, with the weights that the network has now."""
        state = self._state()
        if state != self.state:
            with torch.no_grad():
                for own, rounded in self.weights:
                    rounded.copy_(own)
            self.state = state
        return self.network

    def _state(self):
        # torch counts how often a tensor was changed in place, but not by fused optimizers:
        # hence the values, too.
        first = torch.stack([own.detach()[(0,) * own.ndim] for own, _ in self.weights])
        return first.tolist(), [(own.data_ptr(), own._version) for own, _ in self.weights]


def _parts(network):
    for module in network.modules():
        yield module
        yield from module._parameters.values()
