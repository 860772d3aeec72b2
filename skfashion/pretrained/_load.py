"""Loads the weights that are part of the package."""

from pathlib import Path

from .. import persistence
from .._options import choose
from ..photos import make_photo_pipeline

# Beside the weights, a JSON file of the same name says what they were trained on, their hash and
# their figures; benchmarks/train_pretrained.py writes both.
FOLDER = Path(__file__).parent
FILES = {"photos": FOLDER / "photos.safetensors"}


def load_pretrained(
    name="photos",
    *,
    method="auto",
    n_views=2,
    device="auto",
    data_home=None,
    download_if_missing=True,
):
    """Load a classifier whose weights are part of the package.

    "photos" names garments in photographs, by the ten classes of Fashion-MNIST. It was trained on
    Fashion-MNIST alone, made like cut-outs of photos by
    :func:`~skfashion.augmentation.photo_like`. Bags are taken to be ten times rarer among photos
    than there, since what is cut out badly looks like one more often than it is one.

    Parameters
    ----------
    name : {"photos"}, default="photos"
        Which classifier.
    method : {"auto", "u2netp", "grabcut", "border", "colour"}, default="auto"
        How garments are found; see :class:`~skfashion.photos.GarmentSegmenter`. "auto" takes
        u2netp where it is there or can be downloaded, else GrabCut, with a warning.
    n_views : int, default=2
        Number of views of a garment over which the probabilities are averaged, 1 to 12; see
        :class:`~skfashion.photos.PhotoPipeline`.
    device : str, default="auto"
        Device to compute on.
    data_home : str or path-like, default=None
        Where u2netp is; see :class:`~skfashion.photos.GarmentSegmenter`.
    download_if_missing : bool, default=True
        Whether u2netp may be downloaded.

    Returns
    -------
    PhotoPipeline
        Fitted, with the steps "segmenter", "converter" and "classifier". It predicts at once;
        `fit` retrains it. The classifier alone, ``pipeline["classifier"]``, can be given to
        `init_from`, or to :func:`~skfashion.photos.make_photo_pipeline` with other options.

    Raises
    ------
    ValueError
        If a parameter is not known.
    ImportError
        If OpenCV or Pillow is not installed: they come with the extra `photos`.
    OSError
        If ``method="u2netp"`` and its file is not there and cannot be downloaded.

    See Also
    --------
    skfashion.load : Reads classifiers that you have saved.
    skfashion.photos.make_photo_pipeline : Makes such a pipeline of any classifier.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion import load_pretrained
    >>> pipeline = load_pretrained("photos", method="border")
    >>> pipeline.classes_[:3].tolist()
    ['Ankle boot', 'Bag', 'Coat']
    >>> photo = np.full((300, 200, 3), 250, dtype=np.uint8)
    >>> photo[50:250, 50:150] = (20, 30, 60)
    >>> pipeline.predict_proba([photo]).shape
    (1, 10)
    """
    classifier = persistence.load(choose("name", name, FILES), device=device)
    return make_photo_pipeline(
        classifier,
        method=method,
        n_views=n_views,
        data_home=data_home,
        download_if_missing=download_if_missing,
    )
