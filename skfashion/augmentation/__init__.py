"""Random image transforms: a mini-batch in, a mini-batch out, on its device."""

from ._base import Augmentation
from ._chains import as_augmentation, rotate_shift_shear_zoom, shift_flip
from ._cut_outs import (
    RandomLight,
    RandomMissingParts,
    RandomRaggedOutline,
    RandomSharpness,
    RandomTexture,
    RandomTone,
)
from ._garments import (
    GarmentAugmentation,
    RandomBoxFit,
    RandomLegs,
    RandomPair,
    RandomSleeves,
)
from ._geometric import (
    GeometricAugmentation,
    RandomHeightShift,
    RandomHorizontalFlip,
    RandomShift,
    RandomWidthShift,
)
from ._photo_like import photo_like
from ._photometric import (
    PhotometricAugmentation,
    RandomBrightness,
    RandomContrast,
    RandomErasing,
    RandomNoise,
)
from ._warps import (
    RandomElasticDeformation,
    RandomPerspective,
    RandomRotation,
    RandomShear,
    RandomZoom,
)

__all__ = [
    "Augmentation",
    "GarmentAugmentation",
    "GeometricAugmentation",
    "PhotometricAugmentation",
    "RandomBoxFit",
    "RandomBrightness",
    "RandomContrast",
    "RandomElasticDeformation",
    "RandomErasing",
    "RandomHeightShift",
    "RandomHorizontalFlip",
    "RandomLegs",
    "RandomLight",
    "RandomMissingParts",
    "RandomNoise",
    "RandomPair",
    "RandomPerspective",
    "RandomRaggedOutline",
    "RandomRotation",
    "RandomSharpness",
    "RandomShear",
    "RandomShift",
    "RandomSleeves",
    "RandomTexture",
    "RandomTone",
    "RandomWidthShift",
    "RandomZoom",
    "as_augmentation",
    "photo_like",
    "rotate_shift_shear_zoom",
    "shift_flip",
]
