"""The engine: a skorch net over batches that are made on the device."""

from ._batches import DeviceBatches, ImageData
from ._device import is_present, resolve_device
from ._epoch_tasks import EpochTasks
from ._isolation import isolated
from ._net import ImageNet
from ._precision import resolve_precision, storage_dtype
from ._progress import Progress
from ._schedules import early_stopping, learning_rates, resolve_optimizer

__all__ = [
    "DeviceBatches",
    "EpochTasks",
    "ImageData",
    "ImageNet",
    "Progress",
    "early_stopping",
    "is_present",
    "isolated",
    "learning_rates",
    "resolve_device",
    "resolve_optimizer",
    "resolve_precision",
    "storage_dtype",
]
