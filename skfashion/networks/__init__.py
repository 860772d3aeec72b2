"""The networks, as plain torch modules.

Each takes images, (N, C, H, W) in floating point, and gives logits, (N, K);
``network.features(x)`` gives what its last hidden layer makes of them, (N, D). They need
neither scikit-learn nor skorch. :func:`as_network` gives the same to any other torch module.
"""

from ._batch_norm import sample_weights
from ._cnn import CNN1Conv, CNN3Conv, CNN4Conv
from ._hooks import is_watched
from ._lenet import LeNet5
from ._network import Network
from ._randomness import is_native, set_dropout_generator
from ._residual import V6, V7
from ._state_dicts import convert_state_dict, starting_weights
from ._summary import LayerSummary, NetworkSummary, summarize_network
from ._v5 import V5
from ._vgg import V1, V2, V3, V4, MiniVGG
from ._vgg19 import VGG19
from ._wrapped import WrappedNetwork, as_network

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
    "LayerSummary",
    "LeNet5",
    "MiniVGG",
    "Network",
    "NetworkSummary",
    "WrappedNetwork",
    "as_network",
    "convert_state_dict",
    "is_native",
    "is_watched",
    "sample_weights",
    "set_dropout_generator",
    "starting_weights",
    "summarize_network",
]
