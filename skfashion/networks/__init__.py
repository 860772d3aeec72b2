"""The networks, as plain torch modules.

Each takes images, (N, C, H, W) in floating point, and gives logits, (N, K);
``network.features(x)`` gives what its last hidden layer makes of them, (N, D). They need
nothing but torch.
"""

from ._layers import Network, sample_weights
from ._lenet import LeNet5
from ._v5 import V5
from ._vgg import MiniVGG

__all__ = ["V5", "LeNet5", "MiniVGG", "Network", "sample_weights"]
