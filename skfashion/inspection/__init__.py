"""Pictures of data, trainings and what networks see, in the manner of scikit-learn's displays.

Each display is made by a class method - `from_estimator`, `from_predictions`, `from_history`,
whatever it is made from - which computes what is drawn, draws it and returns the display. Its
attributes have what was computed and the drawn objects; `plot` draws it once more.

The pictures need matplotlib, the extra ``plots``, which is imported when the first one is drawn.
Colours of text and background are matplotlib's: under ``plt.style.use("dark_background")`` the
pictures are legible too.

What is logged for TensorBoard - curves, pictures, the Embedding Projector - needs the extra
``tensorboard``.
"""

from ._activation_maps import ActivationMapDisplay
from ._augmentation import AugmentationDisplay
from ._embedding import EmbeddingDisplay
from ._filters import FilterDisplay
from ._grad_cam import GradCAMDisplay
from ._history import TrainingHistoryDisplay
from ._image_grid import ImageGridDisplay
from ._live import LiveTrainingHistory
from ._misclassified import MisclassifiedDisplay
from ._projector import log_embedding
from ._summary import summarize
from ._tensorboard import TensorBoardLogger, log_display

__all__ = [
    "ActivationMapDisplay",
    "AugmentationDisplay",
    "EmbeddingDisplay",
    "FilterDisplay",
    "GradCAMDisplay",
    "ImageGridDisplay",
    "LiveTrainingHistory",
    "MisclassifiedDisplay",
    "TensorBoardLogger",
    "TrainingHistoryDisplay",
    "log_display",
    "log_embedding",
    "summarize",
]
