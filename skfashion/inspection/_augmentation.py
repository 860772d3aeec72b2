"""What augmentation does to images."""

import numpy as np
from sklearn.utils import check_random_state

from .._images import as_native
from .._lazy import torch
from ..augmentation import as_augmentation
from ..estimators import ImageClassifier
from ._axes import TEXT_SIZE, make_axes, pyplot, show_image
from ._classifiers import find_classifier
from ._images import as_images, check_n, drawable
from ._texts import documented


@documented
class AugmentationDisplay:
    """Images, and next to each of them its augmented versions in several epochs.

    Make one with :meth:`from_augmentation` or :meth:`from_estimator`.

    Parameters
    ----------
    images : ndarray of shape (n, H, W, C)
        The images.
    augmented : ndarray of shape (n, n_draws, H, W, C)
        What became of each of them.
    cmap : str or matplotlib Colormap, default="gray"
        Colours of grey images.

    Attributes
    ----------
    %(drawn)s
        Of shape (n, n_draws + 1); the first column has the images as they are.
    images_ : ndarray of matplotlib AxesImage
        What is drawn in each of them.
    """

    def __init__(self, images, augmented, *, cmap="gray"):
        self.images = images
        self.augmented = augmented
        self.cmap = cmap

    @classmethod
    @documented
    def from_estimator(cls, estimator, X, **how):
        """Draw what the `augment` parameter of a classifier does.

        Parameters
        ----------
        estimator : object
            A classifier of this package, which need not be fitted; or a fitted Pipeline or search
            of one, whose earlier steps make what is augmented.
        %(images)s
        **how : dict
            `n_images`, `n_draws`, `random_state`, `image_shape`, `cmap` and `ax`, as
            :meth:`from_augmentation` has them.

        %(display)s
        ValueError
            If the classifier augments nothing, or the images or a parameter are not what they
            have to be.
        """
        pyplot()
        if not isinstance(estimator, ImageClassifier):
            estimator, X = find_classifier(estimator, X)
        if estimator.augment is None:
            raise ValueError(
                f"{type(estimator).__name__} has augment=None: there is nothing to show. Set it, "
                "to RandomHorizontalFlip() or shift_flip(), say."
            )
        learned = getattr(estimator, "image_shape_", estimator.image_shape)
        shape = learned if np.ndim(X) == 2 else None
        return cls.from_augmentation(estimator.augment, X, **{"image_shape": shape} | how)

    @classmethod
    @documented
    def from_augmentation(
        cls,
        augment,
        X,
        *,
        n_images=4,
        n_draws=8,
        random_state=0,
        image_shape=None,
        cmap="gray",
        ax=None,
    ):
        """Draw what an augmentation does, as in training: at random for each image and each time.

        Parameters
        ----------
        augment : Augmentation, list or tuple of them, or Pipeline of them
            What is applied.
        %(images)s
        n_images : int, default=4
            Number of images, from the first on.
        n_draws : int, default=8
            How often each of them is augmented.
        random_state : int, RandomState instance or None, default=0
            Seed of the random numbers.
        %(of_images)s
        TypeError
            If `augment` has something that is no augmentation.

        Examples
        --------
        >>> from skfashion.augmentation import shift_flip
        >>> from skfashion.datasets import make_garments
        >>> from skfashion.inspection import AugmentationDisplay
        >>> X, y = make_garments(20, random_state=0, return_X_y=True)
        >>> display = AugmentationDisplay.from_augmentation(shift_flip(), X, n_draws=5)
        >>> display.axes_.shape
        (4, 6)
        """
        pyplot()
        images = as_images(X, image_shape)[: check_n("n_images", n_images)]
        n_draws = check_n("n_draws", n_draws)
        apply = as_augmentation(augment)
        if apply is None:
            raise ValueError(
                f"augment={augment!r} is empty: there is nothing to show. Give an augmentation "
                "such as RandomShift(2), a list or a Pipeline of them."
            )
        seed = check_random_state(random_state).randint(np.iinfo(np.int32).max)
        batch = torch.from_numpy(np.repeat(as_native(images), n_draws, axis=0)).permute(0, 3, 1, 2)
        changed = apply(batch, torch.Generator().manual_seed(seed))
        augmented = (
            changed.permute(0, 2, 3, 1).numpy().reshape(len(images), n_draws, *images.shape[1:])
        )
        return cls(images, augmented, cmap=cmap).plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        %(plot)s
        """
        rows = np.concatenate([self.images[:, None], self.augmented], axis=1)
        n_rows, n_columns = rows.shape[:2]
        # All on one scale: else one that has been made darker would look as before.
        tiles = drawable(rows.reshape(-1, *rows.shape[2:]))
        self.figure_, self.axes_ = make_axes(ax, n_rows, n_columns, (0.95, 0.98))
        drawn = [
            show_image(ax, tile, self.cmap)
            for ax, tile in zip(self.axes_.ravel(), tiles, strict=True)
        ]
        self.images_ = np.array(drawn, dtype=object).reshape(n_rows, n_columns)
        self.axes_[0, 0].set_title("as it is", fontsize=TEXT_SIZE)
        middle = self.axes_[0, (n_columns + 1) // 2]
        middle.set_title("augmented", fontsize=TEXT_SIZE)
        return self
