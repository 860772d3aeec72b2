"""The networks, as plain torch modules.

Each takes images, (N, C, H, W) in floating point, and gives logits, (N, K);
``network.features(x)`` gives what its last hidden layer makes of them, (N, D). They need
nothing but torch.
"""

from ._cnn import CNN1Conv, CNN3Conv, CNN4Conv
from ._layers import Network, sample_weights
from ._lenet import LeNet5
from ._residual import V6, V7
from ._v5 import V5
from ._vgg import V1, V2, V3, V4, MiniVGG
from ._vgg19 import VGG19

__all__ = [
    "V1",
    "V2",
    "V3",
    "V4",
    "V5",
    "V6",
    "V7",
    "VGG19",
    "CNN1Conv",
    "CNN3Conv",
    "CNN4Conv",
    "LeNet5",
    "MiniVGG",
    "Network",
    "sample_weights",
]
