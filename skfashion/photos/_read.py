"""Image files, Pillow's images and arrays: all become uint8 arrays, upright, in RGB or RGBA.

Pillow decodes, because OpenCV gives the part that is there of a truncated JPEG without a word,
and cannot be asked for an image's size before it decodes it. What was decoded is converted in
strips of rows, so that no second copy of a large image is made.
"""

import math
import numbers
import os
import threading
import warnings

import numpy as np

from .._docs import substitute
from .._optional import import_optional
from ._png import ends_early

MAX_PIXELS = 100_000_000
STRIP = 1 << 21  # pixels that are converted at once
ORIENTATION = 0x112  # the EXIF tag
# The marks at the beginning of HEIC files, in their bytes 8 to 12.
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# Threads that change the filters of warnings at once would leave them changed.
_warnings_lock = threading.Lock()
if hasattr(os, "register_at_fork"):  # or a child would wait for a thread that it has not
    os.register_at_fork(
        before=_warnings_lock.acquire,
        after_in_parent=_warnings_lock.release,
        after_in_child=_warnings_lock.release,
    )
READING_TEXTS = {
    "max_pixels": """
        max_pixels : int, default=100_000_000
            Files with more pixels are refused before they are decoded. None takes all that
            Pillow does, see its ``PIL.Image.MAX_IMAGE_PIXELS``.
        """,
    "keep_alpha": """
        keep_alpha : bool, default={default}
            Whether images with transparency keep it, as a fourth channel. If False, they are
            put on white.
        """,
}


def import_cv2():
    """Return OpenCV, or raise an ImportError that names the extra."""
    return import_optional("cv2", "photos", "Photographs")


def import_pillow():
    """Return Pillow's module Image, or raise an ImportError that names the extra."""
    return import_optional("PIL.Image", "photos", "Photographs")


@substitute(
    max_pixels=READING_TEXTS["max_pixels"],
    keep_alpha=READING_TEXTS["keep_alpha"].format(default=False),
)
def read_image(path, *, max_size=None, max_pixels=MAX_PIXELS, keep_alpha=False):
    """Read an image file.

    Parameters
    ----------
    path : str or path-like
        A file of any format that Pillow reads: JPEG, PNG, WebP, TIFF, BMP, GIF and more.
        Greyscale, palettes, 16 bits, CMYK and transparency are fine.
    max_size : int, default=None
        Shrink the image so that neither side has more pixels. This is done while it is
        decoded where the format allows it, which saves time and memory.
    %(max_pixels)s
    %(keep_alpha)s

    Returns
    -------
    ndarray of shape (H, W, 3), or (H, W, 4) with transparency, dtype uint8
        Red, green, blue and opacity; rotated as its EXIF orientation says.

    Raises
    ------
    OSError
        If the file does not exist or cannot be read.
    ValueError
        If it is not an image, is damaged or truncated, or has too many pixels; or if
        `max_size` is not a number of at least 1.
    ImportError
        If OpenCV or Pillow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> from skfashion.photos import read_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "photo.jpg")
    ...     Image.new("RGB", (400, 300), "white").save(path)
    ...     read_image(path, max_size=200).shape
    (150, 200, 3)
    """
    import_cv2()
    pillow = import_pillow()
    check_limit("max_size", max_size)
    check_limit("max_pixels", max_pixels)
    with open(path, "rb") as file:
        try:
            image = _opened(file, pillow)
        except pillow.DecompressionBombError as error:
            raise ValueError(
                f"{path} is refused by Pillow: {error} Shrink it, or raise PIL.Image."
                "MAX_IMAGE_PIXELS."
            ) from None
        except Exception as error:  # a damaged head can raise anything
            raise ValueError(_not_an_image(path, file, error)) from None
        _check_n_pixels(path, image.size, max_pixels)
        try:
            if max_size is not None:
                image.draft(None, _size_within(image.size, max_size))
            image.load()
            # Black below, as where data are missing: only then is it worth to look once more.
            is_suspicious = image.format == "PNG" and not _has_light(image)
            if is_suspicious and ends_early(file):
                raise ValueError("its pixels are not all there")
            pixels = pillow_pixels(image, max_size)
        except MemoryError:
            width, height = image.size
            raise ValueError(
                f"{path} has {width} x {height} pixels, for which there is no memory: shrink it."
            ) from None
        except Exception as error:
            raise ValueError(
                f"{path} is damaged or truncated: {error or type(error).__name__}."
            ) from error
    return pixels if keep_alpha or pixels.shape[2] == 3 else on_white(pixels)


def _has_light(image):
    """Return whether there is anything but zeros in the last row of an image."""
    width, height = image.size
    return image.crop((0, height - 1, width, height)).getbbox(alpha_only=False) is not None


def _opened(file, pillow):
    """Let Pillow read the head of a file, without its own warning of large images."""
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", pillow.DecompressionBombWarning)
        return pillow.open(file)


def check_limit(name, value):
    """Raise ValueError if a limit is neither None nor a number of pixels of at least 1."""
    if value is None or (isinstance(value, numbers.Real) and value >= 1):
        return
    raise ValueError(f"{name}={value!r} is not a number of pixels of at least 1, or None.")


def check_fraction(name, value, below):
    """Raise ValueError if a parameter is not a number from 0 to below another."""
    if not isinstance(value, numbers.Real) or not 0 <= value < below:
        raise ValueError(f"{name}={value!r} is not a fraction: give 0 to below {below}.")


def _not_an_image(path, file, error):
    """Return why a file cannot be opened, in a sentence."""
    file.seek(0)
    head = file.read(12)
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return (
            f"{path} is a HEIC image, as iPhones save them, which Pillow cannot read: save it as "
            "JPEG or PNG, or install pillow-heif and call pillow_heif.register_heif_opener()."
        )
    if not head:
        return f"{path} is not an image: the file is empty."
    if type(error).__name__ == "UnidentifiedImageError":
        return f"{path} is not an image that Pillow can read."
    return f"{path} is not an image that Pillow can read: {error}."


def _check_n_pixels(path, size, max_pixels):
    width, height = size
    if max_pixels is not None and width * height > max_pixels:
        raise ValueError(
            f"{path} has {width} x {height} pixels, {width * height / 1e6:.0f} million, and at "
            f"most max_pixels={max_pixels} are read. Shrink it, or allow more."
        )


def pillow_pixels(image, max_size=None):
    """Return the pixels of one of Pillow's images, upright.

    Parameters
    ----------
    image : PIL.Image.Image
        An image of any mode.
    max_size : int, default=None
        Most pixels of a side; None keeps the size.

    Returns
    -------
    ndarray of shape (H, W, 3) or (H, W, 4), dtype uint8
    """
    image.load()
    width, height = image.size
    factor = 1 if max_size is None else max(1, int(max(width, height) // max_size))
    values = _values(image)
    n_rows = max(1, STRIP // (width * factor)) * factor
    strips = []
    for top in range(0, height, n_rows):
        strip = image.crop((0, top, width, min(top + n_rows, height)))
        strips.append(_shrunk_by(_strip_pixels(strip, values), factor))
    turned = _upright(np.concatenate(strips), _orientation(image))
    return np.ascontiguousarray(shrink(turned, max_size))


def _values(image):
    """Return the factor that takes the values of an image of one wide channel to 0 ... 255."""
    if image.mode not in ("I", "F"):
        return 1 / 257  # 16 bits
    largest = image.getextrema()[1]
    if not math.isfinite(largest):
        pixels = np.asarray(image)
        largest = float(pixels[np.isfinite(pixels)].max(initial=0))
    if image.mode == "F" and largest <= 1:
        return 255.0
    return next((255 / white for white in (255, 65535) if largest <= white), 255 / largest)


def _strip_pixels(image, factor):
    """Return some rows of one of Pillow's images as (h, w, 3) or (h, w, 4), uint8."""
    mode = image.mode
    if mode in ("I", "F") or mode.startswith("I;16"):
        grey = np.nan_to_num(np.asarray(image, np.float32) * np.float32(factor))
        return np.rint(grey.clip(0, 255)).astype(np.uint8)[:, :, None].repeat(3, axis=2)
    if mode == "LAB":  # Pillow's a and b are signed, those of OpenCV begin at 128
        lab = np.asarray(image) ^ np.array([0, 128, 128], np.uint8)
        cv2 = import_cv2()
        return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    if mode == "La":
        image = image.convert("LA")
    return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def _shrunk_by(pixels, factor):
    """Shrink some rows by a whole factor, each pixel the mean of those it covers."""
    if factor == 1:
        return pixels
    height, width = pixels.shape[:2]
    return _resized(pixels, max(1, round(height / factor)), max(1, width // factor))


def shrink(pixels, max_size):
    """Shrink an image of uint8 pixels so that no side is longer than `max_size`."""
    height, width = pixels.shape[:2]
    if max_size is None or max(height, width) <= max_size:
        return pixels
    width, height = _size_within((width, height), max_size)
    return _resized(pixels, height, width)


def _size_within(size, max_size):
    """Return (width, height) shrunk to at most `max_size`."""
    factor = min(1, max_size / max(size))
    return tuple(max(1, round(side * factor)) for side in size)


def _resized(pixels, height, width):
    """Average over areas; colours count as much as they are opaque."""
    cv2 = import_cv2()
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        weight = pixels[:, :, 3:].astype(np.float32)
        weighted = np.concatenate([pixels[:, :, :3] * weight, weight], axis=2)
        small = cv2.resize(weighted, (width, height), interpolation=cv2.INTER_AREA)
        small[:, :, :3] /= np.maximum(small[:, :, 3:], 1e-6)
        return np.rint(small).astype(np.uint8)
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return small.reshape(height, width, *pixels.shape[2:])


def _orientation(image):
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return image.getexif().get(ORIENTATION, 1)
        except Exception:  # damaged EXIF data are no reason to refuse the picture
            return 1


def _upright(pixels, orientation):
    """Turn an image as its EXIF orientation, 1 to 8, says."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)  # 5: along the main diagonal
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def on_white(pixels):
    """Put an image with transparency, (H, W, 4), on white: (H, W, 3) uint8."""
    white = np.empty((*pixels.shape[:2], 3), np.uint8)
    n_rows = max(1, STRIP // pixels.shape[1])
    for top in range(0, len(pixels), n_rows):
        strip = pixels[top : top + n_rows].astype(np.float32)
        opacity = strip[:, :, 3:] / 255
        white[top : top + n_rows] = np.rint(strip[:, :, :3] * opacity + 255 * (1 - opacity))
    return white


def as_pixels(photo, name, *, max_size=None, max_pixels=MAX_PIXELS):
    """Return a photo, whatever it came as, as an array.

    Parameters
    ----------
    photo : str, path-like, PIL.Image.Image or ndarray
        A file, an image of Pillow's, or an array of shape (H, W), (H, W, 1), (H, W, 3) or
        (H, W, 4) with pixels from 0 to 255.
    name : str
        What it is called in messages.
    max_size, max_pixels : int or None
        As for :func:`read_image`.

    Returns
    -------
    ndarray of shape (H, W, 3) or (H, W, 4), dtype uint8
        The first two axes at most `max_size` long.

    Raises
    ------
    OSError, ValueError, TypeError
        If it cannot be read, or is no image.
    """
    if isinstance(photo, (str, os.PathLike)):
        photo = os.fsdecode(photo)
        return read_image(photo, max_size=max_size, max_pixels=max_pixels, keep_alpha=True)
    if hasattr(photo, "getextrema") and hasattr(photo, "convert"):  # Pillow's
        if 0 in photo.size:
            raise ValueError(f"{name} has no pixels: it is {photo.width} x {photo.height}.")
        _check_n_pixels(name, photo.size, max_pixels)
        return pillow_pixels(photo, max_size)
    if not hasattr(photo, "__len__") or isinstance(photo, bytes):
        raise TypeError(
            f"{name} is a {type(photo).__name__}, and a path, an image of Pillow's or an array is "
            "wanted."
        )
    try:
        pixels = np.asarray(photo)
    except ValueError:  # rows of several lengths
        raise ValueError(f"{name} is a {type(photo).__name__} that makes no array.") from None
    return shrink(as_colour(pixels, name), max_size)


def as_colour(pixels, name="A picture"):
    """Return an array of a picture as (H, W, 3) or (H, W, 4), or say what is wrong with it."""
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.ndim not in (2, 3) or channels not in (1, 3, 4) or pixels.size == 0:
        raise ValueError(
            f"{name} came as {pixels.shape}, and is wanted as an array of shape (H, W), "
            "(H, W, 1), (H, W, 3) or (H, W, 4)."
        )
    if pixels.dtype != np.uint8:
        raise ValueError(
            f"{name} came as {pixels.dtype}, and is wanted with uint8 pixels, 0 to 255"
            f"{_how_to_bytes(pixels)}."
        )
    return pixels.reshape(*pixels.shape[:2], 1).repeat(3, axis=2) if channels == 1 else pixels


def _how_to_bytes(pixels):
    """Return how the pixels of a picture become bytes, if their range tells."""
    if pixels.dtype.kind not in "buif" or not np.isfinite(pixels).all() or pixels.min() < 0:
        return ""
    if pixels.dtype.kind in "bf" and pixels.max() <= 1:
        return ": fractions of 1 become that by (255 * image).round().astype('uint8')"
    if pixels.max() <= 255:
        return ": these become that by image.round().astype('uint8')"
    if pixels.max() <= 65535:
        return ": 16 bits become that by (image / 257).round().astype('uint8')"
    return ""
