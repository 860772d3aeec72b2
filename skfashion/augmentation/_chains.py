"""Composed augmentations, and the chains that published networks were trained with."""

import numpy as np
from sklearn.pipeline import Pipeline, make_pipeline

from ._geometric import (
    GeometricAugmentation,
    RandomHeightShift,
    RandomHorizontalFlip,
    RandomShift,
    RandomWidthShift,
    resample_at_once,
)
from ._warps import RandomRotation, RandomShear, RandomZoom


def as_augmentation(augment):
    """Return one function ``(batch, generator, targets) -> batch`` for an `augment` parameter.

    The targets are optional: codes of the images' classes, (N,), which are handed to
    augmentations whose attribute `uses_targets` is True.

    Consecutive geometric augmentations are applied in one resampling if they fill the border
    alike: pixels that one moves out of the image can be moved back by the next. One that fills
    the border differently starts a new resampling. Batches are returned in torch's
    ``channels_last`` layout, the fast one for convolutions.

    Parameters
    ----------
    augment : Augmentation, list or tuple of them, Pipeline of them, or None
        What to apply, in this order. Lists and Pipelines may be nested.

    Returns
    -------
    callable or None
        None if there is nothing to apply.

    Raises
    ------
    TypeError
        If a step has no method `augment`.

    Examples
    --------
    >>> import torch
    >>> from skfashion.augmentation import RandomHorizontalFlip, as_augmentation
    >>> augment = as_augmentation([RandomHorizontalFlip(p=1.0)])
    >>> images = torch.tensor([[[[1, 2], [3, 4]]]])  # (N, C, H, W)
    >>> augment(images, torch.Generator().manual_seed(0))
    tensor([[[[2, 1],
              [4, 3]]]])
    """
    steps = _flattened(augment)
    for step in steps:
        if isinstance(step, type) or not hasattr(step, "augment"):
            raise TypeError(
                f"augment has {step!r}, which is no augmentation: give an instance such as "
                "RandomShift(2), a list of them, a Pipeline of them, or None."
            )
        if hasattr(step, "check"):
            step.check()
    groups = _grouped(steps)

    def apply(batch, generator, targets=None):
        for group in groups:
            if len(group) > 1:
                batch = resample_at_once(group, batch, generator)
            elif getattr(group[0], "uses_targets", False):
                batch = group[0].augment(batch, generator, targets)
            else:
                batch = group[0].augment(batch, generator)
        return _channels_last(batch)

    return apply if groups else None


def _flattened(augment):
    if augment is None or (isinstance(augment, str) and augment == "passthrough"):
        return []
    if isinstance(augment, Pipeline):
        augment = [step for _, step in augment.steps]
    if isinstance(augment, np.ndarray):
        augment = augment.tolist()
    if isinstance(augment, list | tuple):
        return [step for part in augment for step in _flattened(part)]
    return [augment]


def _grouped(steps):
    """Return the steps as lists, each of which is applied at once."""
    groups, fill = [], None
    for step in steps:
        geometric = isinstance(step, GeometricAugmentation)
        joins = geometric and groups and isinstance(groups[-1][-1], GeometricAugmentation)
        if joins and (fill is None or step.fill in (None, fill)):
            groups[-1].append(step)
            fill = fill or step.fill
        else:
            groups.append([step])
            fill = step.fill if geometric else None
    return groups


def _channels_last(batch):
    """Return a batch in the channels_last layout, without a copy if it has one channel."""
    n, channels, height, width = batch.shape
    # Convolutions choose their layout by the strides. Those of a grey image are ambiguous:
    # `contiguous(memory_format=...)` would not change them, and the network would be slower.
    rows = batch.permute(0, 2, 3, 1).flatten(1)  # (N, H*W*C)
    return rows.view(n, height, width, channels).permute(0, 3, 1, 2)


def shift_flip(max_shift=3):
    """Return a chain of shifts along both axes, filled with black, and horizontal flips.

    The networks v1 to v5 of Fashion-MNIST's VGG family were trained with it, at three pixels.
    Pixels are copied, never interpolated.

    Parameters
    ----------
    max_shift : int, default=3
        Largest shift along each axis, in pixels.

    Returns
    -------
    sklearn.pipeline.Pipeline
        For the `augment` parameter of an estimator; its steps can be searched, as
        ``augment__randomshift__max_shift``.

    Examples
    --------
    >>> from skfashion.augmentation import shift_flip
    >>> list(shift_flip(2).named_steps)
    ['randomshift', 'randomhorizontalflip']
    """
    return make_pipeline(RandomShift(max_shift), RandomHorizontalFlip())


def rotate_shift_shear_zoom(degrees=8.0, max_shift=0.08, shear=0.3, zoom=0.08):
    """Return a chain of small rotations, shifts, shears and zooms, filled from the edge.

    The networks of one to four convolutions were trained with its defaults. Order and units
    are those of Keras, which was used there: an ``ImageDataGenerator`` with
    ``rotation_range=8, width_shift_range=0.08, height_shift_range=0.08, shear_range=0.3,
    zoom_range=0.08``, which fills from the nearest pixel and zooms each axis by its own factor.
    In `augment`, the chain is one resampling; in another Pipeline, each step is one.

    Parameters
    ----------
    degrees : float, default=8.0
        Largest rotation, in degrees.
    max_shift : float or int, default=0.08
        Largest shift along each axis: a float is a fraction of the side, an int is a number
        of pixels.
    shear : float, default=0.3
        Largest shear, in degrees.
    zoom : float, default=0.08
        Largest distance of the zoom factors from 1.0.

    Returns
    -------
    sklearn.pipeline.Pipeline
        For the `augment` parameter of an estimator; its steps can be searched, as
        ``augment__randomrotation__degrees``.

    Notes
    -----
    Two details differ, by less than a tenth of a pixel in 28. In Keras, a shear shifts columns
    and a zoom of 1.08 makes an image smaller; here, a shear shifts rows and a zoom of 1.08 makes
    an image larger.

    Examples
    --------
    >>> from skfashion.augmentation import rotate_shift_shear_zoom
    >>> len(rotate_shift_shear_zoom())
    5
    """
    return make_pipeline(
        RandomRotation(degrees, fill_mode="edge"),
        RandomHeightShift(max_shift, fill_mode="edge"),
        RandomWidthShift(max_shift, fill_mode="edge"),
        RandomShear(shear, fill_mode="edge"),
        RandomZoom(zoom, keep_aspect=False, fill_mode="edge"),
    )
