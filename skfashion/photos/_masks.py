"""Where the garment is: one function for each method, from a picture to a mask.

Each takes a picture (H, W, 3), uint8, and returns a mask (H, W) of bool, empty if it finds
no garment.
"""

import numpy as np

from . import _background
from ._read import import_cv2, shrink

CAMERA_SIZE = 640  # the longer side of the frames that the colour method was made for
HUE, SATURATION, VALUE = 50, 70, 70  # how far the colour method goes, in OpenCV's units
CENTRE = 20  # pixels in each direction whose colour the colour method takes
N_CLOSINGS = 5
WORKING_SIZE = 192  # longer side of the pictures that the other methods look at
LEAST_DISTANCE = 10.0  # in Lab: what differs by less is background
LEAST_PART = 0.1  # parts of a mask that are smaller than this share of the largest are specks
CENTRE_WIDTH = 0.9  # standard deviation of the prior for the centre, in half sides
SURE = 2.0  # how many thresholds away from the background a pixel is surely of the garment
DRAWN_SIZE = 64  # pictures on black that are no longer need no segmentation
N_CUTS = 4  # iterations of GrabCut


def colour_mask(image):
    """Find what has the colour of the centre, by the rules of the published camera demo.

    The mean colour of 20 pixels around the centre is taken in HSV; what is within 50 of its
    hue and 70 of its saturation and value is closed five times, and the part that contains
    the centre is the garment.
    """
    cv2 = import_cv2()
    small = shrink(image, CAMERA_SIZE)
    height, width = small.shape[:2]
    row, column = height // 2, width // 2
    around = small[max(0, row - CENTRE) : row + CENTRE, max(0, column - CENTRE) : column + CENTRE]
    mean = np.rint(around.reshape(-1, 3).mean(axis=0)).astype(np.uint8)
    centre = cv2.cvtColor(mean[None, None], cv2.COLOR_RGB2HSV)[0, 0].astype(int)
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(int)
    off = np.abs(hsv - centre)
    off[:, :, 0] = np.minimum(off[:, :, 0], 180 - off[:, :, 0])  # hues are a circle
    mask = (off <= (HUE, SATURATION, VALUE)).all(axis=2).astype(np.uint8)
    mask = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8), None, (-1, -1), N_CLOSINGS
    )
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    inside = [c for c in contours if cv2.pointPolygonTest(c, (column, row), False) >= 0]
    filled = np.zeros_like(mask)
    if inside:
        cv2.drawContours(filled, [max(inside, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return enlarged(filled, image.shape)


def border_mask(image):
    """Find what differs from the colours along the border, measured in Lab."""
    small, off, threshold = _off_the_background(image)
    return enlarged(cleaned(off > threshold, small.shape), image.shape)


def grabcut_mask(image):
    """Refine what differs from the border's colours, with a prior for the centre, by GrabCut."""
    small, off, threshold = _off_the_background(image)
    first = cleaned(off > threshold, small.shape)
    likely = off / threshold * _centre_prior(small.shape)
    return enlarged(_cut(small, first, likely > SURE, likely > 1, off < threshold / 3), image.shape)


def saliency_mask(image, saliency):
    """Refine what a saliency network sees by GrabCut.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), dtype uint8
        The picture.
    saliency : ndarray of shape (h, w), dtype float32
        How salient each of its points is, from 0 to 1.
    """
    cv2 = import_cv2()
    small = shrink(image, WORKING_SIZE)
    saliency = cv2.resize(saliency, small.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    first = cleaned(saliency > 0.5, small.shape)
    return enlarged(
        _cut(small, first, saliency > 0.95, saliency > 0.5, saliency < 0.05), image.shape
    )


def drawn_mask(image):
    """Return what is not black in a small grey picture on black, as of Fashion-MNIST, or None."""
    edge = _background.border(image)
    small = max(image.shape[:2]) <= DRAWN_SIZE
    if not small or np.median(edge) > 0 or np.ptp(image, axis=2).max() > 0:
        return None
    return image[:, :, 0] > 0


def enlarged(mask, shape):
    """Return a mask of another size as a mask of bool of the height and width of `shape`."""
    if mask.shape == tuple(shape[:2]):
        return mask.astype(bool)
    cv2 = import_cv2()
    size = (shape[1], shape[0])
    return cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5


def _off_the_background(image):
    """Return the picture that is looked at, its distance from the background, and a threshold."""
    cv2 = import_cv2()
    small = shrink(image, WORKING_SIZE)
    inset = _background.frame_width(small.astype(np.float32), 2 * LEAST_DISTANCE)
    inner = small[inset : len(small) - inset, inset : small.shape[1] - inset]
    inner = np.ascontiguousarray(inner)
    if min(inner.shape[:2]) >= 64:  # noise and the weave of a cloth go, edges stay
        inner = cv2.medianBlur(inner, 3)
    lab = cv2.cvtColor(inner, cv2.COLOR_RGB2LAB).astype(np.float32)
    off, noise = _background.distance(lab)
    threshold = max(LEAST_DISTANCE, _background.WHITE_NOISE * noise, 0.8 * _otsu(off))
    if (off > threshold).mean() < 0.01:  # a garment of nearly the colour of the background
        threshold = max(LEAST_DISTANCE, _background.WHITE_NOISE * noise)
    return small, np.pad(off, inset), threshold


def _otsu(values):
    """Return Otsu's threshold of values of at least 0."""
    cv2 = import_cv2()
    scaled = np.rint(values.clip(0, 255)).astype(np.uint8)
    return cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]


def _centre_prior(shape):
    """Return how much more a pixel counts in the centre than at the border, (H, W)."""
    y, x = (np.linspace(-1, 1, side)[:, None] for side in shape[:2])
    return np.exp(-(y**2 + x.T**2) / (2 * CENTRE_WIDTH**2))


def _cut(image, first, sure, likely, background):
    """Run GrabCut from what is surely and what is likely the garment, and surely the background.

    Returns `first` if what comes out is empty or nearly all of the picture.
    """
    cv2 = import_cv2()
    if not first.any() or min(image.shape[:2]) < 8:
        return first
    labels = np.full(image.shape[:2], cv2.GC_PR_BGD, np.uint8)
    labels[likely] = cv2.GC_PR_FGD
    labels[background] = cv2.GC_BGD
    labels[sure & first] = cv2.GC_FGD
    n_garment = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).sum()
    if min(n_garment, labels.size - n_garment) < 10:  # GrabCut needs colours of both
        return first
    cv2.setRNGSeed(0)  # it starts from random clusters
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(image[:, :, ::-1].copy(), labels, None, *models, N_CUTS, cv2.GC_INIT_WITH_MASK)
    mask = cleaned(np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)), image.shape)
    kept = mask[first].mean()
    return mask if kept > 0.3 and mask.mean() < 0.95 else first


def cleaned(mask, shape):
    """Close gaps, leave out specks, and fill small holes of a mask."""
    cv2 = import_cv2()
    mask = mask.astype(np.uint8)
    side = max(shape[:2])
    if side >= 64:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel, None, (-1, -1), max(1, side // 128))
        opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
        mask = opened if opened.any() else mask
    mask = without_specks(mask.astype(bool))
    holes = without_specks(~mask)
    return ~holes if holes.any() else mask


def without_specks(mask):
    """Return the parts of a mask that are not much smaller than its largest."""
    cv2 = import_cv2()
    n_parts, parts, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if n_parts < 3:
        return mask
    areas = facts[1:, cv2.CC_STAT_AREA]
    return np.isin(parts, 1 + (areas >= LEAST_PART * areas.max()).nonzero()[0])


def box_of(mask):
    """Return (left, top, right, bottom) of a mask, right and bottom exclusive; NaN if empty."""
    rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
    if not len(rows):
        return np.full(4, np.nan)
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)


def score_of(mask, image):
    """Return how well a mask separates a picture, from 0 to 1.

    The product of how different the colours inside and outside are (the Hellinger distance
    of their histograms) and which fraction of the border the mask leaves free.
    """
    if not mask.any() or mask.all():
        return 0.0
    colours = (image >> 5).astype(np.int64) @ (64, 8, 1)  # (H, W)
    inside = np.bincount(colours[mask], minlength=512) / mask.sum()
    outside = np.bincount(colours[~mask], minlength=512) / (~mask).sum()
    difference = np.sqrt(max(0.0, 1 - np.sqrt(inside * outside).sum()))
    free = 1 - _background.border(mask[:, :, None]).mean()
    return float(difference * free)
