"""The background that a garment lies on, and how far each pixel is from it."""

import numpy as np

from ._read import import_cv2

N_ROUNDS = 4  # of the robust fit
N_COLOURS = 4  # of a background that is not plain
MOST_FRAMES = 0.03  # of the shorter side: how wide a frame around a picture can be
NEAR = 30.0  # pixels that differ by no more, in Lab, have a colour of the border
PLAIN = 7.0  # how much a plain background varies, in units of 255,
PLAIN_SHARE = 0.7  # along this share of the border
BIN = 16  # pixels that differ by no more than this have about one colour
LEAST_SHARE = 0.25  # of the border that has one colour on a plain background
STIFFNESS = 1e-3  # how much a surface prefers a single colour
LEAST_NOISE = 3.0  # what a camera's noise is at least
WHITE_NOISE = 4.0  # how many standard deviations of the noise are background


def border(image, width=1):
    """Return the outermost pixels of an image, (n, C), in rings of a width."""
    width = max(1, min(width, (min(image.shape[:2]) + 1) // 2))
    inner = image[width:-width]
    parts = [image[:width], image[-width:], inner[:, :width], inner[:, -width:]]
    return np.concatenate([part.reshape(-1, image.shape[2]) for part in parts])


def frame_width(image, tolerance):
    """Return how many of the outermost pixels are a frame of one colour around the picture.

    A ring of another colour than the background inside it is a frame if the background inside it is
    plain, too, and has something on it: without that, the ring is the background itself.

    Parameters
    ----------
    image : ndarray of shape (H, W, C)
        The picture.
    tolerance : float
        Largest difference between pixels of one colour.

    Returns
    -------
    int
        The width of the frame, 0 if there is none.
    """
    most = max(1, int(MOST_FRAMES * min(image.shape[:2])))
    if min(image.shape[:2]) < 8:
        return 0
    outer = np.median(border(image), axis=0)
    if not _is_plain(border(image), outer, tolerance):
        return 0
    for width in range(1, most + 1):
        inside = image[width:-width, width:-width]
        ring = border(inside)
        colour = np.median(ring, axis=0)
        if np.abs(colour - outer).max() > tolerance and _is_plain(ring, colour, tolerance):
            other = (np.abs(inside - colour) > tolerance).any(axis=2).mean()
            return width if other > 0.005 else 0
    return 0


def _is_plain(pixels, colour, tolerance):
    return (np.abs(pixels - colour) <= tolerance).all(axis=1).mean() > 0.8


def light(image, width=1):
    """Fit the colours of a background that is lit unevenly.

    A surface of second degree goes through the border of the picture, robustly: the garment
    may touch the border.

    Parameters
    ----------
    image : ndarray of shape (H, W, C)
        The picture.
    width : int, default=1
        How many pixels from the edge count as border.

    Returns
    -------
    surface : ndarray of shape (H, W, C), dtype float32
        The colour of the background at each pixel.
    noise : float
        The standard deviation of the background's pixels from it, robustly estimated.
    """
    height, n_columns = image.shape[:2]
    b = border(image, width).astype(np.float32)
    good = _of_one_colour(b)
    if good.mean() < LEAST_SHARE or min(height, n_columns) < 8:
        colour = np.median(b, axis=0)
        surface = np.broadcast_to(colour, image.shape).astype(np.float32)
        return surface, _spread(b - colour)
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, n_columns), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=2).astype(np.float32)
    A = border(terms, width)
    for _ in range(N_ROUNDS):
        # Towards a single colour, where the border tells no more: the garment may cover it.
        ridge = np.sqrt(STIFFNESS * good.sum()) * np.eye(6, dtype=np.float32)[1:]
        start = np.median(b[good], axis=0)
        rows = np.concatenate([A[good], ridge])
        values = np.concatenate([b[good] - start, np.zeros((5, b.shape[1]), np.float32)])
        fit = np.linalg.lstsq(rows, values, rcond=None)[0]
        residual = b - start - A @ fit
        limit = max(LEAST_NOISE, 3 * _spread(residual[good]))
        good = np.abs(residual).max(axis=1) <= limit
        if good.mean() < LEAST_SHARE / 2:
            break
    return terms @ fit + start, _spread(residual[good])


def _of_one_colour(pixels):
    """Return which pixels are near the most frequent colour, (n,) of bool."""
    bins = np.floor(pixels / BIN).astype(np.int64) @ (64 * 64, 64, 1)[: pixels.shape[1]]
    _, which, counts = np.unique(bins, return_inverse=True, return_counts=True)
    colour = np.median(pixels[which == counts.argmax()], axis=0)
    return (np.abs(pixels - colour) <= BIN).all(axis=1)


def _spread(residual):
    return float(1.4826 * np.median(np.abs(residual))) if residual.size else 0.0


def distance(lab):
    """Return how far each pixel is from the background, in Lab.

    Parameters
    ----------
    lab : ndarray of shape (H, W, 3), dtype float32
        The picture, each channel about 0 to 255.

    Returns
    -------
    distance : ndarray of shape (H, W), dtype float32
        At least 0; differences of colour.
    noise : float
        What of it is noise of the background.
    """
    width = max(1, round(0.03 * min(lab.shape[:2])))
    surface, noise = light(lab, width)
    ring = border(lab, width)
    off = np.linalg.norm(ring - border(surface, width), axis=1)
    if np.quantile(off, PLAIN_SHARE) <= PLAIN:
        return np.linalg.norm(lab - surface, axis=2), noise
    centres, shares, spreads = _colours(ring)
    each = np.stack([np.linalg.norm(lab - centre, axis=2) for centre in centres])
    background = _is_background(each, shares)
    return np.min(each[background], axis=0), float(np.mean(spreads[background]))


def _is_background(distances, shares):
    """Return which colours of the border are of the background, (n,) of bool.

    A colour that the centre has more of than the border is that of a garment which touches
    the border.
    """
    height, width = distances.shape[1:]
    centre = distances[:, height // 4 : -height // 4, width // 4 : -width // 4]
    if centre.size == 0:
        return np.ones(len(shares), bool)
    nearest = np.where(centre.min(axis=0) <= NEAR, centre.argmin(axis=0), -1)
    in_centre = np.array([(nearest == i).mean() for i in range(len(shares))])
    background = in_centre <= shares
    background[np.argmax(shares - in_centre)] = True  # one at least
    return background


def _colours(ring):
    """Return the most frequent colours of a border, their shares, and how much they vary."""
    cv2 = import_cv2()
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    # Each starts at a quantile of the lightness, not at a random colour: the same each time.
    n_colours = min(N_COLOURS, len(ring))
    order = np.argsort(ring[:, 0], kind="stable")
    labels = np.empty((len(ring), 1), np.int32)
    labels[order, 0] = np.arange(len(ring)) * n_colours // len(ring)
    ring = np.ascontiguousarray(ring, np.float32)
    flags = cv2.KMEANS_USE_INITIAL_LABELS
    _, labels, centres = cv2.kmeans(ring, n_colours, labels, criteria, 1, flags)
    shares = np.bincount(labels[:, 0], minlength=n_colours) / len(ring)
    kept = shares > 0.08
    spreads = [_spread(ring[labels[:, 0] == i] - centres[i]) for i in kept.nonzero()[0]]
    return centres[kept], shares[kept], np.array(spreads)
