"""Clips that the tests of this package have in common."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

pytest.importorskip("cv2")
import cv2

from skfashion.camera import FrameAnnotator, FrameSource
from skfashion.photos import make_photo_pipeline

HEIGHT, WIDTH, SIDE = 240, 320, 168  # of frames, and of the garment in them
BLUE = (70, 130, 190)


@pytest.fixture(scope="session")
def busy():
    """Return a busy background: patches of many blues and greens."""
    rng = np.random.default_rng(0)
    patches = rng.integers((20, 90, 90), (90, 200, 220), (12, 16, 3), dtype=np.uint8)
    return cv2.resize(patches, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="session")
def plain():
    """Return a plain background, with the noise of a camera."""
    noise = np.random.default_rng(0).normal(0, 3, (HEIGHT, WIDTH, 3))
    return np.rint(BLUE + noise).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def draw_frames():
    """Return a function that lets a garment move over a background: frames, and its boxes."""

    def draw(image, background, n_frames=25, step=2, left=40):
        large = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC).astype(float)
        opacity = cv2.resize((image > 0).astype(float), (SIDE, SIDE))[:, :, None]
        rows, columns = (opacity[:, :, 0] > 0.5).nonzero()
        frames, boxes = [], []
        for i in range(n_frames):
            x, y = left + step * i, 30 + i // 2
            frame = background.astype(float)
            part = frame[y : y + SIDE, x : x + SIDE]
            part += opacity * (255 - large[:, :, None] - part)  # as if it had been negated
            frames.append(np.rint(frame.clip(0, 255)).astype(np.uint8))
            boxes.append(
                (columns.min() + x, rows.min() + y, columns.max() + x + 1, rows.max() + y + 1)
            )
        return frames, np.array(boxes)

    return draw


@pytest.fixture
def towel():
    """A frame with a dark towel on white."""
    frame = np.full((HEIGHT, WIDTH, 3), 250, np.uint8)
    frame[50:190, 110:210] = (20, 30, 60)
    return frame


class Frames(FrameSource):
    """Frames that a test has made."""

    def __init__(self, frames, fps=25.0, live=False):
        super().__init__("frames", fps)
        self.frames = frames
        self.live = live

    def __iter__(self):
        return iter(self.frames)


@pytest.fixture
def as_source():
    """Return the class of a source of given frames."""
    return Frames


@pytest.fixture
def pipeline():
    """Return a pipeline that takes everything for a shirt by 70 %, else for a coat."""
    rows = np.zeros((10, 784), np.uint8)
    classifier = DummyClassifier(strategy="prior").fit(rows, ["Shirt"] * 7 + ["Coat"] * 3)
    return make_photo_pipeline(classifier, method="border")


@pytest.fixture
def annotator(pipeline):
    return FrameAnnotator(pipeline)


def overlap(box, other):
    """Return the intersection over the union of two boxes."""
    corner, opposite = np.maximum(box[:2], other[:2]), np.minimum(box[2:], other[2:])
    both = np.prod(np.maximum(opposite - corner, 0))
    areas = [np.prod(one[2:] - one[:2]) for one in (box, other)]
    return both / (sum(areas) - both)


@pytest.fixture(name="overlap")
def overlap_of_boxes():
    """Return a function of two boxes: intersection over union."""
    return overlap
