"""Annotated videos."""

import errno
import math
import os
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from .._lazy import uninterrupted
from ._annotator import document
from ._sources import import_cv2, opencv_path, quiet

SUFFIX, CODEC = ".mp4", "mp4v"  # MPEG-4, which each build of OpenCV writes
MOST_TICKS = 65_535  # the largest numerator of a frame rate in MPEG-4


class VideoWriter:
    """Write pictures to a video file.

    The file is begun with the first picture, whose size it has; sides of an odd number of
    pixels lose one, as MPEG-4 wants it. Whatever ends the block, Ctrl-C too, the file is
    finished with what it has. It is written under another name, and renamed when it is complete.

    Parameters
    ----------
    path : str or path-like
        The file, whose name ends in ".mp4"; it is replaced if it is there.
    fps : float
        Frames a second, which are rounded to what MPEG-4 can have.

    Attributes
    ----------
    n_frames : int
        How many pictures were written.

    Raises
    ------
    ValueError
        If the name ends in anything else or is not in UTF-8, or if the file is there and not a
        regular one, such as a pipe.
    OSError
        If the folder is not there, or the file cannot be written, at the end of the block too.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from skfashion.camera import VideoWriter, open_source
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "clip.mp4")
    ...     with VideoWriter(path, fps=25) as video:
    ...         for i in range(5):
    ...             video.write(np.full((48, 64, 3), 50 * i, np.uint8))
    ...     sum(1 for frame in open_source(path))
    5
    """

    def __init__(self, path, fps):
        self.path = Path(path)
        self.fps = _rate(fps)
        self.n_frames = 0
        self._writer = self._size = self._part = None
        import_cv2()
        if self.path.suffix.lower() != SUFFIX:
            raise ValueError(
                f"{self.path} would be no MP4, and videos are written as that: give a name that "
                f"ends in {SUFFIX}."
            )
        if self.path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "this is a folder, not a file", str(self.path))
        if self.path.exists() and not self.path.is_file():
            raise ValueError(f"{self.path} is there, and is no regular file.")
        if not self.path.parent.is_dir():
            raise FileNotFoundError(
                f"There is no folder {self.path.parent} to write {self.path.name} to."
            )
        for target in (self.path, self.path.resolve().parent):
            if target.exists() and not os.access(target, os.W_OK):
                raise PermissionError(errno.EACCES, "cannot be written to", str(target))
        opencv_path(self.path)  # which raises an error now, and not after the first frame

    def write(self, picture):
        """Add a picture; one of another size than the first is fitted in, on black.

        Parameters
        ----------
        picture : ndarray of shape (H, W, 3), dtype uint8
            The picture in RGB.

        Raises
        ------
        OSError
            If the file cannot be begun.
        """
        cv2 = import_cv2()
        if self._writer is None:
            self._size = picture.shape[1::-1]
            self._begin(cv2)
        frame = cv2.cvtColor(_fitted(picture, self._size), cv2.COLOR_RGB2BGR)
        with uninterrupted(), quiet(cv2):  # what is written is counted; `close` tells of a failure
            self._writer.write(frame)
            self.n_frames += 1

    def _begin(self, cv2):
        target = self.path.resolve()
        self._part = target.with_name(f".{target.stem}.{os.getpid()}.part{SUFFIX}")
        codec, path = cv2.VideoWriter_fourcc(*CODEC), opencv_path(self._part)
        with quiet(cv2):
            self._writer = cv2.VideoWriter(path, cv2.CAP_FFMPEG, codec, self.fps, self._size)
        if not self._writer.isOpened():
            self._writer = None
            self._part.unlink(missing_ok=True)
            width, height = self._size
            raise OSError(
                f"OpenCV cannot write a video of {width} x {height} pixels and {self.fps:g} "
                f"frames a second to {self.path}."
            )

    def close(self):
        """Finish the file.

        Raises
        ------
        OSError
            If it is not complete, as on a full disk, of which OpenCV says nothing.
        """
        if self._writer is None:
            return
        with uninterrupted(), quiet(import_cv2()):
            self._writer.release()
            self._writer = None
            if _n_frames(self._part) < self.n_frames:
                self._part.unlink(missing_ok=True)
                raise OSError(
                    f"{self.path} is not written: the video could not be finished. Is the disk "
                    "full?"
                )
            os.replace(self._part, self.path.resolve())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


@document
def record(source, annotator, video):
    """Annotate all frames of a source, and write them to a video.

    Of a webcam, frames are repeated or left out so that the video is as fast as what it shows.

    Parameters
    ----------
    %(source_and_annotator)s
    video : VideoWriter
        Gets the pictures; it stays open.
    """
    start = time.monotonic()
    for frame in source:
        picture = annotator.annotate(frame).picture
        n_times = 1
        if source.live:
            n_due = 1 + int((time.monotonic() - start) * video.fps)
            n_times = n_due - video.n_frames
        for _ in range(n_times):
            video.write(picture)


def _rate(fps):
    """Return a frame rate that MPEG-4 can have, at most .05 from the one that is asked for."""
    if not math.isfinite(fps):
        return fps
    for digits in (3, 2, 1):
        rate = Fraction(round(fps * 10**digits), 10**digits)
        if rate.numerator <= MOST_TICKS:
            break
    return float(rate)


def _n_frames(path):
    """Return how many frames a video file states, 0 if it cannot be read."""
    cv2 = import_cv2()
    with quiet(cv2):
        capture = cv2.VideoCapture(opencv_path(path), cv2.CAP_FFMPEG)
        n_frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        capture.release()
    return n_frames


def _fitted(picture, size):
    """Return a picture scaled into another size, (width, height), with black around it."""
    if picture.shape[1::-1] == size:
        return picture
    cv2 = import_cv2()
    factor = min(size[0] / picture.shape[1], size[1] / picture.shape[0])
    width, height = (max(1, round(side * factor)) for side in picture.shape[1::-1])
    fitted = np.zeros((size[1], size[0], 3), np.uint8)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    fitted[top : top + height, left : left + width] = cv2.resize(
        picture, (width, height), interpolation=cv2.INTER_AREA
    )
    return fitted
