"""The CNNs of Fashion-MNIST as scikit-learn estimators."""

from . import augmentation, datasets, ensemble, estimators, inspection
from ._version import __version__ as __version__
from .augmentation import *  # noqa: F403
from .ensemble import *  # noqa: F403
from .estimators import *  # noqa: F403
from .persistence import ModelFileError, from_state_dict, load, save
from .pretrained import load_pretrained

__all__ = [
    "ModelFileError",
    "augmentation",
    "datasets",
    "ensemble",
    "from_state_dict",
    "inspection",
    "load",
    "load_pretrained",
    "save",
]
__all__ += augmentation.__all__
__all__ += ensemble.__all__
__all__ += estimators.__all__
