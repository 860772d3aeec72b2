"""What a training learned, and how to predict with it."""

from .._shared import SharedSetting, after_fork
from .._torch_state import neutral_torch
from ._budget import Budget
from ._device import images_at_once, is_present, resolve_device
from ._fitted import FittedNetwork, as_tensor, views
from ._precision import autocast, resolve_precision, storage_dtype
from ._scaling import scaled

__all__ = [
    "Budget",
    "FittedNetwork",
    "SharedSetting",
    "after_fork",
    "as_tensor",
    "autocast",
    "images_at_once",
    "is_present",
    "neutral_torch",
    "resolve_device",
    "resolve_precision",
    "scaled",
    "storage_dtype",
    "views",
]
