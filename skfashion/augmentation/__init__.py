"""Random image transforms: a batch in, a batch out, on the batch's device."""

from ._base import Augmentation, as_augmentation
from ._geometric import RandomHorizontalFlip, RandomShift

__all__ = ["Augmentation", "RandomHorizontalFlip", "RandomShift", "as_augmentation"]
