"""From a frame to a frame with the garment's box and name."""

import numbers
from dataclasses import dataclass

import numpy as np

from .._docs import substitute
from ..photos import Garment, draw_box
from ._tracker import REFRESH, GarmentTracker

NEW_SHARE = 0.4  # of the newest frame in the probabilities, which are averaged over frames

document = substitute(
    source_and_annotator="""
        source : FrameSource
            The frames.
        annotator : FrameAnnotator
            Names what is in them.
    """
)


@dataclass(frozen=True, eq=False)
class AnnotatedFrame:
    """A frame and what was found in it.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), dtype uint8
        The frame in RGB, with box and name if it has a name.
    garment : Garment
        Where the garment is.
    image : ndarray of shape (h, w, c)
        The input of the classifier.
    classes : ndarray of shape (n_classes,)
        The names of the classes.
    probabilities : ndarray of shape (n_classes,), dtype float64, or None
        How probable each class is; None if no garment was found.
    name : object or None
        The most probable class; None below the threshold, and if no garment was found.
    """

    picture: np.ndarray
    garment: Garment
    image: np.ndarray
    classes: np.ndarray
    probabilities: np.ndarray | None
    name: object | None

    @property
    def probability(self):
        """The largest probability, or None if no garment was found."""
        return None if self.probabilities is None else float(self.probabilities.max())


class FrameAnnotator:
    """Name the garment in each frame of a video, and draw its box.

    The classifier predicts on each frame; the garment is cut out again in some frames only, see
    :class:`GarmentTracker`. The probabilities of a garment are averaged over its frames, with
    larger weights for newer ones, so that names do not flicker.

    The segmenter, the converter and the classifier of the pipeline are used separately, and each
    frame is classified by a single view: the pipeline's `n_views` is ignored.

    Parameters
    ----------
    pipeline : PhotoPipeline
        A fitted one, as :func:`~skfashion.photos.make_photo_pipeline` returns. With
        ``max_size=320`` it is faster, and accurate enough for images of 28 x 28.
    threshold : float, default=0.5
        Minimum probability for which box and name are drawn.
    refresh : int, default=10
        The garment is cut out again in each `refresh`-th frame.

    Raises
    ------
    ValueError
        If `threshold` is not from 0 to 1, or `refresh` is not a whole number of at least 1.

    Examples
    --------
    >>> from skfashion import LeNet5Classifier
    >>> from skfashion.datasets import make_garments
    >>> from skfashion.photos import make_photo_pipeline
    >>> classifier = LeNet5Classifier(max_epochs=1, random_state=0)
    >>> classifier = classifier.fit(*make_garments(200, random_state=0, return_X_y=True))
    >>> pipeline = make_photo_pipeline(classifier, method="border")
    >>> import numpy as np
    >>> from skfashion.camera import FrameAnnotator
    >>> annotator = FrameAnnotator(pipeline, threshold=0)
    >>> frame = np.full((480, 640, 3), 250, dtype=np.uint8)  # white paper,
    >>> frame[100:400, 260:380] = (20, 30, 60)  # and a dark towel
    >>> annotated = annotator.annotate(frame)
    >>> annotated.picture.shape, annotated.image.shape, annotated.probabilities.shape
    ((480, 640, 3), (28, 28, 1), (10,))
    """

    def __init__(self, pipeline, *, threshold=0.5, refresh=REFRESH):
        if not isinstance(threshold, numbers.Real) or not 0 <= threshold <= 1:
            raise ValueError(f"threshold={threshold!r} is not a probability: give 0 to 1.")
        self.threshold = threshold
        self.tracker = GarmentTracker(pipeline[0], refresh)
        self._convert = pipeline[1:-1].transform
        self._classifier = pipeline[-1]
        self._shape = pipeline[-2].image_shape
        self._mean = None

    def annotate(self, frame):
        """Name the garment in the next frame.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3), dtype uint8
            The frame in RGB; it is not changed.

        Returns
        -------
        AnnotatedFrame
            The frame with box and name, and what was found.
        """
        garment = self.tracker.find(frame)
        images = self._convert([garment])
        picture, name = frame, None
        if garment.found:
            probabilities = np.asarray(self._classifier.predict_proba(images)[0], float)
            if self._mean is not None and self.tracker.is_same:
                probabilities = self._mean + NEW_SHARE * (probabilities - self._mean)
            best = probabilities.argmax()
            if probabilities[best] >= self.threshold:
                name = self._classifier.classes_[best]
                picture = frame.copy()
                scale = frame.shape[1] / garment.image.shape[1]
                draw_box(picture, scale * garment.box, f"{name} {probabilities[best]:.0%}")
        else:
            probabilities = None
        self._mean = probabilities
        image = np.reshape(images[0], self._shape)
        return AnnotatedFrame(
            picture, garment, image, self._classifier.classes_, probabilities, name
        )
