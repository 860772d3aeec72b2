"""A picture of what was made of a photo."""

import numpy as np

from .._optional import import_optional
from ._read import import_cv2, import_pillow, shrink

PANEL = 256  # height and width of each part, in pixels
BAR = 28  # height of the line of text
GROUND = 240  # what surrounds the cut-out
COLOUR = (220, 30, 60)  # of the box


def draw_result(garment, image, text):
    """Draw a photo with its box, the cut-out, and what the classifier sees, above a text.

    Parameters
    ----------
    garment : Garment
        The photo and where its garment is.
    image : ndarray of shape (H, W, C)
        What the classifier sees.
    text : str
        What it says.

    Returns
    -------
    ndarray of shape (284, 768, 3), dtype uint8
        The picture in RGB.
    """
    cv2 = import_cv2()
    photo = shrink(garment.image, PANEL)
    mask = cv2.resize(garment.mask.astype(np.uint8), photo.shape[1::-1]) > 0
    cut_out = np.where(mask[:, :, None], photo, np.uint8(GROUND))
    picture = np.full((PANEL + BAR, 3 * PANEL, 3), 255, np.uint8)
    boxed = photo.copy()
    if garment.found:
        across, down = (photo.shape[i] / garment.image.shape[i] for i in (1, 0))
        left, top, right, bottom = (garment.box * (across, down, across, down)).astype(int)
        corners = [(int(left), int(top)), (int(right) - 1, int(bottom) - 1)]
        cv2.rectangle(boxed, *corners, COLOUR, 2)
    for i, panel in enumerate((boxed, cut_out, _enlarged(image))):
        top, left = (PANEL - panel.shape[0]) // 2, (PANEL - panel.shape[1]) // 2 + i * PANEL
        picture[top : top + panel.shape[0], left : left + panel.shape[1]] = panel
    drawn = import_pillow().fromarray(picture)
    drawing = import_optional("PIL.ImageDraw", "photos", "Photographs").Draw(drawn)
    drawing.text((8, PANEL + 6), text, fill=(0, 0, 0), font_size=15)
    return np.asarray(drawn)


def write_image(path, pixels):
    """Write an array of RGB pixels to a file, in the format that its name ends with.

    Parameters
    ----------
    path : str or path-like
        The file.
    pixels : ndarray of shape (H, W, 3), dtype uint8
        The picture.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import_pillow().fromarray(pixels).save(path)


def _enlarged(image):
    """Return an image of any range as large as a panel, in RGB, its pixels to be seen."""
    cv2 = import_cv2()
    image = np.asarray(image, np.float32)
    low, high = (0, 255) if image.min() >= 0 and image.max() > 1 else (image.min(), image.max())
    grey = np.rint(255 * (image - low) / max(high - low, 1e-6)).clip(0, 255).astype(np.uint8)
    factor = PANEL / max(grey.shape[:2])
    size = [max(1, round(side * factor)) for side in grey.shape[1::-1]]
    large = cv2.resize(grey, size, interpolation=cv2.INTER_NEAREST)
    large = large.reshape(*large.shape[:2], -1)
    return large.repeat(3, axis=2) if large.shape[2] == 1 else large
