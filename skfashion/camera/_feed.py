"""Frames that are annotated in a thread of their own; the newest can be asked for."""

import base64
import threading
import time
from collections import deque
from dataclasses import dataclass

import numpy as np

from ..photos import to_picture
from ._annotator import document
from ._sources import import_cv2

JPEG_QUALITY = 85
N_TIMES = 30  # frames that the frames a second are measured over


@dataclass(frozen=True, eq=False)
class Shot:
    """The newest frame, as a page shows it.

    Parameters
    ----------
    number : int
        How many frames there have been, 0 before the first.
    jpeg : bytes
        The annotated frame.
    state : dict
        What was found, in values that JSON has.
    """

    number: int
    jpeg: bytes
    state: dict


@document
class LiveFeed:
    """Annotate the frames of a source in a thread, and keep the newest.

    A video file and a folder are shown at their own speed, or slower if the processor is, and
    begin again at the end. It is a context manager, which starts and stops the thread.

    Parameters
    ----------
    %(source_and_annotator)s
    when_it_fails : callable, default=None
        Called in the thread, without arguments, when the source or the annotator has failed.

    Attributes
    ----------
    shot : Shot
        The newest frame. All of it belongs together, in whichever thread it is read.
    problem : Exception or None
        What the source or the annotator has failed with.
    """

    def __init__(self, source, annotator, when_it_fails=None):
        self.source = source
        self.annotator = annotator
        self.when_it_fails = when_it_fails
        self.problem = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._times = deque(maxlen=N_TIMES)
        self.shot = Shot(0, b"", self._state(None))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._stopping.set()
        self._thread.join()

    def _run(self):
        try:
            while not self._stopping.is_set():
                self._show_all()
        except Exception as error:  # told by the thread that has started this one
            self.problem = error
            if self.when_it_fails is not None:
                self.when_it_fails()

    def _show_all(self):
        """Go through the frames of the source once."""
        due = time.monotonic()
        for frame in self.source:
            annotated = self.annotator.annotate(frame)
            self._times.append(time.monotonic())
            number = self.shot.number + 1
            jpeg = _encoded(".jpg", annotated.picture, import_cv2().IMWRITE_JPEG_QUALITY)
            self.shot = Shot(number, jpeg, self._state(annotated, number))
            if not self.source.live:
                due = max(due + 1 / self.source.fps, time.monotonic() - 1)
                self._stopping.wait(max(0, due - time.monotonic()))
            if self._stopping.is_set():
                return

    def _state(self, annotated, number=0):
        """Return what was found, in values that JSON has."""
        state = {
            "source": self.source.name,
            "frame": number,
            "fps": round(self._frames_a_second(), 1),
            "threshold": self.annotator.threshold,
            "found": False,
            "name": None,
            "probability": None,
            "probabilities": [],
            "image": None,
        }
        if annotated is None:
            return state
        # A class without a garment has no bar, but its place.
        values = annotated.probabilities
        values = np.zeros(len(annotated.classes)) if values is None else values
        bars = zip(annotated.classes, values, strict=True)
        png = _encoded(".png", to_picture(annotated.image))
        return state | {
            "found": annotated.garment.found,
            "name": None if annotated.name is None else str(annotated.name),
            "probability": annotated.probability,
            "probabilities": [{"name": str(name), "probability": float(p)} for name, p in bars],
            "image": f"data:image/png;base64,{base64.b64encode(png).decode()}",
        }

    def _frames_a_second(self):
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)


def _encoded(ending, picture, quality=None):
    """Return a picture in RGB as the bytes of an image file."""
    cv2 = import_cv2()
    options = [] if quality is None else [quality, JPEG_QUALITY]
    return cv2.imencode(ending, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)[1].tobytes()
