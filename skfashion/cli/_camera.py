"""`skfashion camera`: name the garments before a webcam or in a video."""

import argparse
import os
import time
from contextlib import suppress
from pathlib import Path

from ._arguments import add_device, add_method, fraction, whole_number
from ._models import of_photos
from ._printing import readable, say

TEXTS = {
    "help": "name the garment in the frames of a webcam, a video or a folder",
    "description": "Show the frames of a webcam, a video file or a folder of images on a page that "
    "this machine alone can open, with the garment's box, its name and how probable it is. With "
    "--output, write them to a video instead. Ctrl-C ends it.",
}
MAX_SIZE = 320  # of frames in which garments are looked for: enough for images of 28 x 28
PORT, GREATEST_PORT = 8765, 65535


def add_options(add):
    """Add the arguments of the command; see :func:`_predict.add_options`."""
    add(
        "--source",
        default="0",
        metavar="SOURCE",
        help="the number of a webcam, a video file, or a folder of images (default: 0)",
    )
    add(
        "--output",
        dest="video",
        type=Path,
        metavar="FILE",
        help="write a video, FILE.mp4, and show no page",
    )
    add(
        "--threshold",
        type=fraction,
        default=0.5,
        metavar="P",
        help="the probability from which on box and name are drawn (default: 0.5)",
    )
    add(
        "--model",
        dest="model_file",
        type=Path,
        metavar="MODEL",
        help="a model that skfashion has written (default: the classifier of photos that comes "
        "with skfashion)",
    )
    add(
        "--port",
        type=whole_number(0, GREATEST_PORT),
        default=PORT,
        metavar="N",
        help=f"the port of the page, 0 for any that is free (default: {PORT})",
    )
    add_device(add, argparse.SUPPRESS)  # or its default would hide what came before `camera`
    add_method(add)


def run(arguments):
    """Show or write annotated frames.

    Parameters
    ----------
    arguments : argparse.Namespace
        What was given.

    Returns
    -------
    int
        0, or 130 if a video file or folder was not written to its end.
    """
    from ..camera import FrameAnnotator, open_source
    from ..photos import make_photo_pipeline

    with open_source(arguments.source) as source:
        video = None if arguments.video is None else _video(source, arguments.video)
        classifier, _ = of_photos(arguments.model_file, arguments.device)  # of one view: faster
        pipeline = make_photo_pipeline(classifier, method=arguments.method, max_size=MAX_SIZE)
        annotator = FrameAnnotator(pipeline, threshold=arguments.threshold)
        if video is None:
            return _show(source, annotator, arguments.port)
        return _write(source, annotator, video)


def _show(source, annotator, port):
    from ..camera import LivePage

    page = LivePage(source, annotator, port)
    say(f"Live at {page.url} (Ctrl-C ends it)")
    with suppress(KeyboardInterrupt):
        page.run()
    return 0


def _video(source, path):
    """Return the video that is written, or fail before the model is loaded."""
    from ..camera import VideoWriter

    if not source.live and path.exists() and os.path.samefile(path, source.name):
        raise ValueError(f"{path} is the source itself: give --output another name.")
    return VideoWriter(path, source.fps)


def _write(source, annotator, video):
    from ..camera import record

    start, status = time.perf_counter(), 0
    with video:
        try:
            record(source, annotator, video)
        except KeyboardInterrupt:  # what there is becomes a video; a webcam has no other end
            status = 0 if source.live else 130
    rate = video.n_frames / (time.perf_counter() - start)
    frames = "1 frame" if video.n_frames == 1 else f"{video.n_frames} frames"
    say(f"{'Video':17} {readable(video.path)} ({frames}, {rate:.1f} a second)")
    return status
