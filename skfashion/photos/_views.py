"""Views of a garment, over which a pipeline averages probabilities."""

from dataclasses import replace
from itertools import product
from numbers import Integral

import numpy as np

from ._masks import box_of, drawn_mask
from ._read import import_cv2

# Rotation in degrees, the factor of the width by height, and whether it is mirrored. The first
# view is the garment as it is.
VIEWS = [
    (degrees, stretch, mirrored)
    for stretch, degrees, mirrored in product((1.0, 1.12), (0.0, -8.0, 8.0), (False, True))
]


def check_n_views(n_views):
    """Raise ValueError unless there are so many views."""
    whole = isinstance(n_views, Integral) and not isinstance(n_views, bool)
    if not whole or not 1 <= n_views <= len(VIEWS):
        raise ValueError(f"n_views={n_views!r} is not a whole number from 1 to {len(VIEWS)}.")


def seen_in(garment, view):
    """Return a garment as another view shows it.

    Parameters
    ----------
    garment : Garment
        The garment.
    view : tuple of (float, float, bool)
        Rotation in degrees, stretch and whether it is mirrored.

    Returns
    -------
    Garment
        Cropped to its box. One that was not found is as it was; an image on black, as those of
        Fashion-MNIST are, is mirrored only, since it is not a photo.
    """
    degrees, stretch, mirrored = view
    if view == VIEWS[0] or not garment.found:
        return garment
    if drawn_mask(garment.image) is not None:
        degrees, stretch = 0.0, 1.0
    image, mask = garment.image, garment.mask
    if degrees or stretch != 1:
        image, mask = _warped(garment, degrees, stretch)
    if mirrored:
        image, mask = image[:, ::-1], mask[:, ::-1]
    if not mask.any():  # a thin line may fall between the pixels
        return garment
    image, mask = np.ascontiguousarray(image), np.ascontiguousarray(mask)
    return replace(garment, image=image, mask=mask, box=box_of(mask))


def _warped(garment, degrees, stretch):
    """Return image and mask, rotated about the centre of the box and stretched."""
    cv2 = import_cv2()
    left, top, right, bottom = garment.box
    x, y = (left + right) / 2, (top + bottom) / 2
    turned = cv2.getRotationMatrix2D((x, y), degrees, 1.0)
    turned[0] *= stretch
    # The size that holds the box, with some of the background around it.
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]])
    placed = corners @ turned[:, :2].T + turned[:, 2]
    low, high = np.floor(placed.min(axis=0)) - 2, np.ceil(placed.max(axis=0)) + 2
    turned[:, 2] -= low
    size = tuple(int(side) for side in high - low)
    how = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
    image = cv2.warpAffine(garment.image, turned, size, **how)
    mask = cv2.warpAffine(garment.mask.astype(np.uint8) * 255, turned, size, flags=cv2.INTER_LINEAR)
    return image, mask > 127
