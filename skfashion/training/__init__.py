"""One training: data and parameters in, a fitted network out."""

from ._batches import DeviceBatches, ImageData
from ._checkpoints import Checkpoint, FitKey, open_checkpoint
from ._epoch_tasks import EpochTasks
from ._initial import initial_state
from ._muon import Muon
from ._net import ImageNet
from ._progress import Progress
from ._run import Architecture, Model, make_net, new_history, run
from ._schedules import early_stopping, learning_rates

__all__ = [
    "Architecture",
    "Checkpoint",
    "DeviceBatches",
    "EpochTasks",
    "FitKey",
    "ImageData",
    "ImageNet",
    "Model",
    "Muon",
    "Progress",
    "early_stopping",
    "initial_state",
    "learning_rates",
    "make_net",
    "new_history",
    "open_checkpoint",
    "run",
]
