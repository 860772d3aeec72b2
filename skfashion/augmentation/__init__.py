"""Random image transforms: a mini-batch in, a mini-batch out, on its device."""

from ._base import Augmentation
from ._chains import as_augmentation, rotate_shift_shear_zoom, shift_flip
from ._geometric import (
    GeometricAugmentation,
    RandomHeightShift,
    RandomHorizontalFlip,
    RandomShift,
    RandomWidthShift,
)
from ._photometric import (
    PhotometricAugmentation,
    RandomBrightness,
    RandomContrast,
    RandomErasing,
    RandomNoise,
)
from ._warps import RandomElasticDeformation, RandomRotation, RandomShear, RandomZoom

__all__ = [
    "Augmentation",
    "GeometricAugmentation",
    "PhotometricAugmentation",
    "RandomBrightness",
    "RandomContrast",
    "RandomElasticDeformation",
    "RandomErasing",
    "RandomHeightShift",
    "RandomHorizontalFlip",
    "RandomNoise",
    "RandomRotation",
    "RandomShear",
    "RandomShift",
    "RandomWidthShift",
    "RandomZoom",
    "as_augmentation",
    "rotate_shift_shear_zoom",
    "shift_flip",
]
