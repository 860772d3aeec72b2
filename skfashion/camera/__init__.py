"""Garments in the frames of a webcam, a video file or a folder, named as they come.

Needs OpenCV, Pillow, Starlette and uvicorn: ``pip install "skfashion[camera]"``. Nothing in this
package imports torch; the classifier that is handed to it may.
"""

from ._annotator import AnnotatedFrame, FrameAnnotator
from ._feed import LiveFeed
from ._page import LivePage
from ._sources import FrameSource, open_source
from ._tracker import GarmentTracker
from ._video import VideoWriter, record

__all__ = [
    "AnnotatedFrame",
    "FrameAnnotator",
    "FrameSource",
    "GarmentTracker",
    "LiveFeed",
    "LivePage",
    "VideoWriter",
    "open_source",
    "record",
]
