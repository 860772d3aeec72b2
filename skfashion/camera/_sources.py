"""Where frames come from: a webcam, a video file, or a folder of images."""

import errno
import math
import os
import re
import warnings
from contextlib import contextmanager
from pathlib import Path

from .._optional import import_optional
from ..photos import read_image

MAX_SIZE = 1920  # most pixels of a side of images in a folder, which are shrunk to that
USUAL_FPS = 25.0  # of folders, and where a video does not say it
LEAST_READ = 0.95  # fraction of the frames that a video states, which can be an estimate
MOST_FPS = 240  # what says more is not believed
WEBCAM_SIZE = (640, 480)  # what is asked of a webcam, width and height
QUIET = "-8"  # the level of FFmpeg's log at which it says nothing
SILENT = 0  # the level of OpenCV's log at which it says nothing
TEXTS = (b"ansi", b"bint", b"xbin")  # codecs by which FFmpeg makes videos of text files
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")


def import_cv2():
    """Return OpenCV, or raise an ImportError that names the extra."""
    return import_optional("cv2", "camera", "Videos")


def opencv_path(path):
    """Return the path of a video as OpenCV takes it.

    Parameters
    ----------
    path : str or path-like
        The path.

    Returns
    -------
    str
        It is absolute: FFmpeg takes what is before a colon for a protocol.

    Raises
    ------
    ValueError
        If it is not in UTF-8, at which OpenCV ends the process.
    """
    whole = os.path.abspath(path)
    try:
        return os.fsencode(whole).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(
            f"{whole!r} is not in UTF-8, and OpenCV takes no other paths: rename it."
        ) from None


class FrameSource:
    """Frames, one after another. :func:`open_source` makes one.

    Iterating yields arrays of shape (H, W, 3) and dtype uint8, in RGB. All but a webcam can be
    iterated over again, from the first frame on. It is a context manager, which closes it.

    Parameters
    ----------
    name : str
        What it is called: "camera 0", or the path of the file or folder.
    fps : float, default=25.0
        Frames a second that it is meant to be shown at.

    Attributes
    ----------
    live : bool
        Whether frames come when they come and are gone then, as from a webcam.
    """

    live = False

    def __init__(self, name, fps=USUAL_FPS):
        self.name = name
        self.fps = fps

    def __iter__(self):
        raise NotImplementedError

    def close(self):
        """Give back what it holds; a webcam is free for other programs then."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def open_source(source):
    """Open a source of frames.

    Parameters
    ----------
    source : int, str or path-like
        The number of a webcam, as an int or in digits; a video file; or a folder of images,
        which are taken in the order of their names, "9.png" before "10.png", and shrunk so
        that no side has more than 1920 pixels.

    Returns
    -------
    FrameSource
        The frames.

    Raises
    ------
    OSError
        If there is no such file, folder or webcam.
    ValueError
        If the name is empty or not in UTF-8, the file is no video, or the folder has no images.
    ImportError
        If OpenCV is not installed.

    Examples
    --------
    >>> from skfashion.camera import open_source
    >>> open_source("nowhere.mp4")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    FileNotFoundError: no such file or folder; a source is one, or the number of a webcam
    """
    import_cv2()
    text = os.fsdecode(source) if isinstance(source, (str, os.PathLike)) else str(source)
    if not text:
        raise ValueError("The name of the source is empty: give a file, a folder or a number.")
    if text.isdecimal():
        return _Webcam(int(text))
    path = Path(text).expanduser()
    if not path.exists():
        reason = "no such file or folder; a source is one, or the number of a webcam"
        raise FileNotFoundError(errno.ENOENT, reason, str(path))
    if path.is_dir():
        return _Folder(path)
    if not path.is_file():  # a pipe without a writer would be waited for without end
        raise ValueError(f"{path} is no regular file: give a video file, or a folder of images.")
    return _VideoFile(path)


class _Webcam(FrameSource):
    live = True

    def __init__(self, number):
        cv2 = import_cv2()
        super().__init__(f"camera {number}")
        self._number = number
        with quiet(cv2):
            # Numbers beyond those of a C int are those of no webcam.
            self._capture = cv2.VideoCapture(min(number, 99))
            is_there = self._capture.grab()
        if not is_there:
            self._capture.release()
            raise OSError(
                f"Camera {number} is not there, or another program uses it: give the number of "
                "another one, a video file, or a folder of images."
            )
        for name, side in zip(("WIDTH", "HEIGHT"), WEBCAM_SIZE, strict=True):
            self._capture.set(getattr(cv2, f"CAP_PROP_FRAME_{name}"), side)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # no old frames
        self.fps = _fps(self._capture)

    def __iter__(self):
        self._capture.grab()
        yield from _frames(self._capture)
        raise OSError(f"Camera {self._number} sends no more frames: was it unplugged?")

    def close(self):
        self._capture.release()


class _VideoFile(FrameSource):
    def __init__(self, path):
        super().__init__(str(path))
        with self._opened() as capture:
            self.fps = _fps(capture)

    def __iter__(self):
        n_frames = 0
        with self._opened() as capture:
            for frame in _frames(capture):
                n_frames += 1
                yield frame
            n_stated = capture.get(import_cv2().CAP_PROP_FRAME_COUNT)
        if n_frames < LEAST_READ * n_stated - 2:
            warnings.warn(
                f"{self.name} ended after {n_frames} of {n_stated:.0f} frames: it is damaged or "
                "cut short.",
                stacklevel=2,
            )

    @contextmanager
    def _opened(self):
        """Open the file anew, and grab its first frame."""
        cv2 = import_cv2()
        open(self.name, "rb").close()  # whose error says why, where it cannot be read
        with quiet(cv2):
            capture = cv2.VideoCapture(opencv_path(self.name), cv2.CAP_FFMPEG)
            is_video = capture.grab() and _codec(capture) not in TEXTS
        try:
            if not is_video:
                raise ValueError(f"{self.name} is not a video that OpenCV can read.")
            yield capture
        finally:
            capture.release()


class _Folder(FrameSource):
    def __init__(self, path):
        super().__init__(str(path))
        inside = (file for file in path.iterdir() if file.name[0] != "." and file.is_file())
        images = [file for file in inside if file.suffix.lower() in SUFFIXES]
        self._files = sorted(images, key=lambda file: _in_numbers(file.name))
        if not self._files:
            raise ValueError(
                f"{path} has no images to take as frames; looked for {', '.join(SUFFIXES)}."
            )

    def __iter__(self):
        n_frames = 0
        for file in self._files:
            try:
                frame = read_image(file, max_size=MAX_SIZE)
            except (OSError, ValueError) as error:
                warnings.warn(f"A frame is left out: {error}", stacklevel=2)
                continue
            yield frame
            n_frames += 1
        if not n_frames:
            raise ValueError(f"{self.name} has no image that can be read.")


def _frames(capture):
    """Yield the frames that a capture of OpenCV's has from the grabbed one on, in RGB."""
    cv2 = import_cv2()
    is_there, frame = capture.retrieve()
    while is_there:
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        is_there, frame = capture.read()


def _codec(capture):
    """Return the four letters that a capture of OpenCV's has for its codec."""
    return int(capture.get(import_cv2().CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True)


def _fps(capture):
    """Return the frames a second of a capture of OpenCV's, or the usual ones if it has none."""
    fps = capture.get(import_cv2().CAP_PROP_FPS)
    return fps if math.isfinite(fps) and 1 <= fps <= MOST_FPS else USUAL_FPS


def _in_numbers(name):
    """Return a key that sorts names by the numbers in them."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part)
        for part in re.split(r"([0-9]+)", name.lower())
    ]


@contextmanager
def quiet(cv2):
    """Keep OpenCV and FFmpeg from writing to standard error what an exception will say."""
    log = getattr(cv2.utils, "logging", cv2)  # cv2 itself before OpenCV 4.13
    level, name = log.getLogLevel(), "OPENCV_FFMPEG_LOGLEVEL"
    given = os.environ.get(name)
    log.setLogLevel(SILENT)
    os.environ.setdefault(name, QUIET)  # read once, when the first video is opened
    try:
        yield
    finally:
        log.setLogLevel(level)
        if given is None:
            os.environ.pop(name, None)
