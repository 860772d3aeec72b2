"""Meta-estimators that scikit-learn lacks."""

from ._coarse_to_fine import CoarseToFineClassifier

__all__ = ["CoarseToFineClassifier"]
