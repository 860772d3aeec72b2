"""Annotated videos."""

import errno
import os
import time
from pathlib import Path

import numpy as np

from .._lazy import uninterrupted
from ._annotator import document
from ._sources import import_cv2, quiet

SUFFIX, CODEC = ".mp4", "mp4v"  # MPEG-4, which each build of OpenCV writes


class VideoWriter:
    """Write pictures to a video file.

    The file is begun with the first picture, whose size it has; sides of an odd number of
    pixels lose one, as MPEG-4 wants it. Whatever ends the block, Ctrl-C too, the file is
    finished with what it has.

    Parameters
    ----------
    path : str or path-like
        The file, whose name ends in ".mp4"; it is replaced if it is there.
    fps : float
        Frames a second.

    Attributes
    ----------
    n_frames : int
        How many pictures were written.

    Raises
    ------
    ValueError
        If the name ends in anything else.
    OSError
        If the folder is not there, or the file cannot be written.

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
        self.fps = fps
        self.n_frames = 0
        self._writer = self._size = None
        import_cv2()
        if self.path.suffix.lower() != SUFFIX:
            raise ValueError(
                f"{self.path} would be no MP4, and videos are written as that: give a name that "
                f"ends in {SUFFIX}."
            )
        if self.path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "this is a folder, not a file", str(self.path))
        if not self.path.parent.is_dir():
            raise FileNotFoundError(
                f"There is no folder {self.path.parent} to write {self.path.name} to."
            )
        target = self.path if self.path.exists() else self.path.parent
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "cannot be written to", str(target))

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
            codec, path = cv2.VideoWriter_fourcc(*CODEC), str(self.path)
            with quiet(cv2):
                self._writer = cv2.VideoWriter(path, cv2.CAP_FFMPEG, codec, self.fps, self._size)
            if not self._writer.isOpened():
                width, height = self._size
                raise OSError(
                    f"OpenCV cannot write a video of {width} x {height} pixels to {self.path}."
                )
        frame = cv2.cvtColor(_fitted(picture, self._size), cv2.COLOR_RGB2BGR)
        with uninterrupted():  # what is written is counted
            self._writer.write(frame)
            self.n_frames += 1

    def close(self):
        """Finish the file."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None

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
