"""The garment in each frame of a video, which is segmented in some frames only."""

import numpy as np

from ..photos import Garment
from ._sources import import_cv2

REFRESH = 10  # frames until a garment is segmented again
FLOW_SIZE = 320  # longer side of the pictures in which points are followed
N_POINTS, LEAST_POINTS = 80, 4
WINDOW = 15  # pixels around a point that are found again
MOST_CHANGE = 25.0  # mean difference of the pixels in such a window, of 255
LEAST_INLIERS = 0.5  # share of the points that move as one
LEAST_OVERLAP = 0.4  # of two masks of one garment, as intersection over union


class GarmentTracker:
    """Find the garment in frames that follow each other.

    A segmenter cuts it out in some frames. In the frames between, points of the garment are
    followed by their optical flow, and its mask moves, turns and grows with them. Where they
    are lost, as after a cut, it is segmented again at once.

    Parameters
    ----------
    segmenter : GarmentSegmenter
        Finds the garment in a frame; it was fitted.
    refresh : int, default=10
        The garment is segmented again in each `refresh`-th frame; 1 does so in all frames.

    Attributes
    ----------
    is_same : bool
        Whether the garment that was found last is that of the frame before.

    Raises
    ------
    ValueError
        If `refresh` is not a whole number of at least 1.
    """

    def __init__(self, segmenter, refresh=REFRESH):
        if not isinstance(refresh, (int, np.integer)) or refresh < 1:
            raise ValueError(f"refresh={refresh!r} is not a number of frames of at least 1.")
        self.segmenter = segmenter
        self.refresh = refresh
        self.is_same = False
        self._cut_out = None  # the garment as it was cut out last
        self._shape = None  # of that frame
        self._age = 0  # frames since then

    def find(self, frame):
        """Find the garment of the next frame.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3), dtype uint8
            The frame in RGB.

        Returns
        -------
        garment : Garment
            The frame, shrunk as the segmenter does it, with mask and box.
        """
        grey = _grey(frame)
        if self._shape != frame.shape:
            self._cut_out = None
        before, mask = self._cut_out, self._followed_mask(grey)
        self._age += 1
        lost = before is None or (before.found and mask is None)
        if not lost and self._age < self.refresh:
            self.is_same = True
            return self._kept(frame, mask)
        garment = self.segmenter.find(frame, "frame")
        # A garment without points to follow is the same if it is about where it was.
        expected = before.mask if before is not None and not self._has_points else mask
        self.is_same = expected is not None and _overlap(expected, garment.mask) >= LEAST_OVERLAP
        self._shape = frame.shape
        self._start(garment, grey)
        return garment

    def _start(self, garment, grey):
        """Choose the points of a garment that was cut out to follow from here on."""
        cv2 = import_cv2()
        self._cut_out, self._grey, self._age = garment, grey, 0
        points = None
        if garment.found:
            inside = cv2.resize(garment.mask.astype(np.uint8), grey.shape[::-1])
            points = cv2.goodFeaturesToTrack(grey, N_POINTS, 0.01, 3, mask=inside)
        self._has_points = points is not None and len(points) >= LEAST_POINTS
        self._first = self._last = points  # (n, 1, 2), where they were and are
        self._least = max(LEAST_POINTS, len(points) // 2) if self._has_points else 0

    def _followed_mask(self, grey):
        """Return the mask moved to where the points are now, or None if they are lost."""
        cv2 = import_cv2()
        if self._cut_out is None or not self._has_points or len(self._first) < self._least:
            return None
        now, found, change = cv2.calcOpticalFlowPyrLK(
            self._grey, grey, self._last, None, winSize=(WINDOW, WINDOW), maxLevel=3
        )
        good = (found == 1).ravel() & (change <= MOST_CHANGE).ravel()
        self._grey, self._first, self._last = grey, self._first[good], now[good]
        if len(self._first) < self._least:
            return None
        mask = self._cut_out.mask
        scale = np.float32(mask.shape[1] / grey.shape[1])
        motion, inliers = cv2.estimateAffinePartial2D(scale * self._first, scale * self._last)
        if motion is None or inliers.mean() < LEAST_INLIERS:
            return None
        moved = cv2.warpAffine(mask.astype(np.uint8), motion, mask.shape[::-1]) > 0
        return moved if moved.mean() >= self.segmenter.min_area else None

    def _kept(self, frame, mask):
        """Return the garment of a frame in which it was followed, or was not there before."""
        cv2 = import_cv2()
        before = self._cut_out
        size = before.mask.shape[::-1]
        image = frame
        if frame.shape[1::-1] != size:
            image = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        if mask is None:
            return Garment(image, before.mask, before.box, 0.0, before.name)
        return Garment(image, mask, _box(mask), before.score, before.name)


def _grey(frame):
    """Return a frame as the small grey picture in which points are followed."""
    cv2 = import_cv2()
    factor = min(1, FLOW_SIZE / max(frame.shape[:2]))
    size = [max(1, round(side * factor)) for side in frame.shape[1::-1]]
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)


def _box(mask):
    """Return (left, top, right, bottom) of a mask that is not empty."""
    left, top, width, height = import_cv2().boundingRect(mask.astype(np.uint8))
    return np.array([left, top, left + width, top + height], float)


def _overlap(mask, other):
    """Return the intersection over the union of two masks of one size."""
    union = (mask | other).sum()
    return (mask & other).sum() / union if union else 0.0
