"""The CNNs of Fashion-MNIST as scikit-learn estimators."""

from . import augmentation, datasets, estimators, inspection
from ._version import __version__ as __version__
from .augmentation import *  # noqa: F403
from .estimators import *  # noqa: F403
from .persistence import from_state_dict, load, save

__all__ = ["augmentation", "datasets", "from_state_dict", "inspection", "load", "save"]
__all__ += augmentation.__all__
__all__ += estimators.__all__
