"""A picture of what was made of a photo."""

from functools import lru_cache

import numpy as np

from .._optional import import_optional
from ._read import import_cv2, import_pillow, shrink

PANEL = 256  # height and width of each part, in pixels
BAR = 28  # height of the line of text
GROUND = 240  # what surrounds the cut-out
COLOUR = (220, 30, 60)  # of the box
LINE, FONT = 1 / 240, 1 / 22  # its width and the height of its text, as fractions of a picture
LEAST_LINE, LEAST_FONT = 2, 13  # in pixels


def draw_result(garment, image, text):
    """Draw a photo with its box, the cut-out, and the classifier's input, above a text.

    Parameters
    ----------
    garment : Garment
        The photo and where its garment is.
    image : ndarray of shape (H, W, C)
        The input of the classifier.
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
        draw_box(boxed, garment.box * (across, down, across, down))
    for i, panel in enumerate((boxed, cut_out, _enlarged(to_picture(image)))):
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


def draw_box(picture, box, text=""):
    """Draw a box into a picture, and a text at its upper edge.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), dtype uint8
        The picture in RGB, which is changed.
    box : sequence of float
        (left, top, right, bottom) in pixels, right and bottom exclusive.
    text : str, default=""
        The text; it is moved and cut so that it lies in the picture.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.photos import draw_box
    >>> picture = np.full((240, 320, 3), 255, np.uint8)
    >>> draw_box(picture, (80, 60, 240, 200), "Shirt 97 %")
    >>> picture[130, 80].tolist(), picture[130, 90].tolist()
    ([220, 30, 60], [255, 255, 255])
    """
    cv2 = import_cv2()
    height, width = picture.shape[:2]
    least = min(height, width)
    left, top, right, bottom = (int(side) for side in box)
    line = max(LEAST_LINE, round(LINE * least))
    cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), COLOUR, line)
    if text := " ".join(text.split()):
        label = _label(text, max(LEAST_FONT, round(FONT * least)))[:height, :width]
        row = top - len(label) if top >= len(label) else max(top, 0)
        row = min(row, height - len(label))
        column = min(max(left, 0), width - label.shape[1])
        picture[row : row + len(label), column : column + label.shape[1]] = label


@lru_cache(maxsize=256)
def _label(text, size):
    """Return a text in white on the colour of the box, (h, w, 3)."""
    pillow = import_pillow()
    font = import_optional("PIL.ImageFont", "photos", "Photographs").load_default(size)
    pad = max(2, size // 4)
    width = round(font.getlength(text)) + 2 * pad
    label = pillow.new("RGB", (width, size + 2 * pad), COLOUR)
    drawing = import_optional("PIL.ImageDraw", "photos", "Photographs").Draw(label)
    drawing.text((pad, pad + size // 2), text, fill=(255, 255, 255), font=font, anchor="lm")
    return np.asarray(label)


def to_picture(image):
    """Return the input of a classifier as a picture.

    Parameters
    ----------
    image : ndarray of shape (H, W, C)
        An image for a classifier, C being 1 or 3, in any range.

    Returns
    -------
    ndarray of shape (H, W, 3), dtype uint8
        Values from 0 to 255 stay; any others are stretched to that range.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.photos import to_picture
    >>> to_picture(np.array([[[-1.0], [0.0], [1.0]]])).tolist()
    [[[0, 0, 0], [128, 128, 128], [255, 255, 255]]]
    """
    image = np.asarray(image, np.float32)
    low, high = (0, 255) if image.min() >= 0 and image.max() > 1 else (image.min(), image.max())
    grey = np.rint(255 * (image - low) / max(high - low, 1e-6)).clip(0, 255).astype(np.uint8)
    grey = grey.reshape(*grey.shape[:2], -1)
    return grey.repeat(3, axis=2) if grey.shape[2] == 1 else grey


def _enlarged(picture):
    """Return a picture as large as a panel, its pixels to be seen."""
    cv2 = import_cv2()
    factor = PANEL / max(picture.shape[:2])
    size = [max(1, round(side * factor)) for side in picture.shape[1::-1]]
    return cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)
