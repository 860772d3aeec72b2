"""Augmenting a batch of 128 images."""

import torch

from skfashion import augmentation
from skfashion.augmentation import as_augmentation

from ._data import garments

CHAINS = ["shift_flip", "rotate_shift_shear_zoom"]
AUGMENTATIONS = [name for name in augmentation.__all__ if name.startswith("Random")] + CHAINS


class Augment:
    """Each augmentation with its defaults."""

    params = AUGMENTATIONS
    param_names = ["augmentation"]

    def setup(self, name):
        """Make a batch as training has it: bytes, (N, 1, 28, 28), channels last."""
        X, _ = garments(128)
        self.batch = torch.from_numpy(X.reshape(-1, 28, 28, 1)).permute(0, 3, 1, 2)
        self.augmentation = as_augmentation(getattr(augmentation, name)())
        self.generator = torch.Generator().manual_seed(0)

    def time_augment(self, name):
        """Augment the batch."""
        self.augmentation(self.batch, self.generator)
