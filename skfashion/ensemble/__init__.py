"""Meta-estimators that scikit-learn lacks."""

from ._coarse_to_fine import CoarseToFineClassifier
from ._self_trained import SelfTrainedClassifier

__all__ = ["CoarseToFineClassifier", "SelfTrainedClassifier"]
