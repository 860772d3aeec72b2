"""A transformer that finds the garment in photographs."""

import os
import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._docs import substitute
from .._options import choose
from ._masks import (
    border_mask,
    box_of,
    colour_mask,
    drawn_mask,
    grabcut_mask,
    saliency_mask,
    score_of,
)
from ._read import (
    MAX_PIXELS,
    as_pixels,
    check_fraction,
    check_limit,
    import_cv2,
    on_white,
)
from ._saliency import find_model, saliency

METHODS = {"colour": colour_mask, "border": border_mask, "grabcut": grabcut_mask}
OPAQUE = 0.5  # from this opacity on, a pixel is of the garment
N_NAMED = 5  # photos that a warning names

document = substitute(
    ignored="""
        X : object, default=None
            Ignored: nothing is learned from photos.
        y : object, default=None
            Ignored.
    """
)


@dataclass(frozen=True, eq=False)
class Garment:
    """A photograph and where its garment is.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), dtype uint8
        The photo in RGB, upright.
    mask : ndarray of shape (H, W), dtype bool
        True where the garment is.
    box : ndarray of shape (4,), dtype float64
        (left, top, right, bottom) around it in pixels of `image`, right and bottom
        exclusive; NaN if no garment was found.
    score : float
        How good the mask seems, from 0, no garment, to 1.
    name : str
        The path of the photo, or its position: "photo 3".
    """

    image: np.ndarray
    mask: np.ndarray
    box: np.ndarray
    score: float
    name: str

    @property
    def found(self):
        """Whether a garment was found."""
        return bool(self.mask.any())


class GarmentSegmenter(TransformerMixin, BaseEstimator):
    """Find the garment in photographs.

    An alpha channel that is not opaque everywhere says where the garment is, and so does the
    black background of an image of Fashion-MNIST; else a method finds it.

    Parameters
    ----------
    method : {"auto", "u2netp", "grabcut", "border", "colour"}, default="auto"
        How the garment is found.

        - "colour": what has the colour of the centre, in HSV, by the rules of a published
          camera demo [1]_. The garment has to be in the centre, and of one colour.
        - "border": what differs from the colours along the border, in Lab. The background may
          be lit unevenly.
        - "grabcut": the same times a prior for the centre, refined by GrabCut [2]_.
        - "u2netp": what a small saliency network [3]_ sees, refined by GrabCut. Its file of
          4.6 MB is downloaded once, and its SHA-256 checked.
        - "auto": "u2netp" if its file is there or can be downloaded, else "grabcut", with a
          warning.
    min_area : float, default=0.005
        A garment takes at least this fraction of the photo: what is smaller is a speck, and
        no garment was found.
    max_size : int, default=1024
        Photos are shrunk so that neither side has more pixels, before anything else; None
        keeps their size. Masks and boxes are those of the shrunken photo.
    max_pixels : int, default=100_000_000
        Files with more pixels are refused before they are decoded. None takes all sizes.
    data_home : str or path-like, default=None
        The folder where u2netp is or is downloaded to. If None, the folder that the
        environment variable ``SKFASHION_DATA_HOME`` names, else scikit-learn's.
    download_if_missing : bool, default=True
        Whether u2netp may be downloaded.

    Attributes
    ----------
    method_ : str
        The method that is used.
    model_file_ : Path or None
        The file of u2netp, if it is used.

    See Also
    --------
    FashionMNISTConverter : Makes images in the style of Fashion-MNIST of what was found.
    make_photo_pipeline : Joins both with a classifier.

    References
    ----------
    .. [1] Jakub Czerny, "Fashion MNIST", the report of the repository
       fashion-mnist-assignment, its section on segmentation. It has no date.
    .. [2] C. Rother, V. Kolmogorov and A. Blake, "GrabCut: interactive foreground extraction
       using iterated graph cuts", 2004.
    .. [3] X. Qin et al., "U2-Net: going deeper with nested U-structure for salient object
       detection", 2020, :arxiv:`2005.09007`.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.photos import GarmentSegmenter
    >>> photo = np.full((180, 150, 3), 250, dtype=np.uint8)  # white paper,
    >>> photo[30:150, 40:110] = (20, 30, 60)  # and a dark towel
    >>> garment, = GarmentSegmenter("border").fit_transform([photo])
    >>> garment.box.tolist()
    [40.0, 30.0, 110.0, 150.0]
    >>> garment.mask.shape, int(garment.mask.sum())
    ((180, 150), 8396)
    """

    def __init__(
        self,
        method="auto",
        *,
        min_area=0.005,
        max_size=1024,
        max_pixels=MAX_PIXELS,
        data_home=None,
        download_if_missing=True,
    ):
        self.method = method
        self.min_area = min_area
        self.max_size = max_size
        self.max_pixels = max_pixels
        self.data_home = data_home
        self.download_if_missing = download_if_missing

    @document
    def fit(self, X=None, y=None):
        """Check the parameters, and find the file of u2netp if it is to be used.

        Parameters
        ----------
        %(ignored)s

        Returns
        -------
        self : GarmentSegmenter
            The segmenter.

        Raises
        ------
        ValueError
            If a parameter is not known.
        OSError
            If ``method="u2netp"`` and its file is not there and cannot be downloaded.
        ImportError
            If OpenCV is not installed.

        Warns
        -----
        UserWarning
            If ``method="auto"`` has to do without u2netp.
        """
        import_cv2()
        method = choose("method", self.method, {n: n for n in ("auto", "u2netp", *METHODS)})
        check_limit("max_size", self.max_size)
        check_limit("max_pixels", self.max_pixels)
        check_fraction("min_area", self.min_area, 1)
        model_file = None
        if method in ("auto", "u2netp"):
            try:
                model_file = find_model(self.data_home, self.download_if_missing)
                method = "u2netp"
            except OSError as error:
                if method == "u2netp":
                    raise
                warnings.warn(f'Going on with method="grabcut": {error}', stacklevel=2)
                method = "grabcut"
        self.method_, self.model_file_ = method, model_file
        return self

    def transform(self, X):
        """Find the garments.

        Parameters
        ----------
        X : list of str, path-like, PIL.Image.Image, ndarray or Garment
            Photos: image files, images of Pillow's, or arrays of shape (H, W), (H, W, 3) or,
            with transparency, (H, W, 4), of uint8 pixels. Or an array of shape (n, H, W) or
            (n, H, W, C). A garment that was found before is returned as it is.

        Returns
        -------
        garments : list of Garment
            Photo, mask, box and score of each.

        Raises
        ------
        NotFittedError
            If it was not fitted.
        OSError, ValueError
            If a photo cannot be read, or is no image, or if the file of u2netp that `fit` has
            found is gone and is not found elsewhere.
        TypeError
            If X is a single photo.

        Warns
        -----
        UserWarning
            If no garment was found in some photos.
        """
        check_is_fitted(self, "method_")
        garments = [self.find(photo, f"photo {i}") for i, photo in enumerate(as_photos(X))]
        if missing := [garment.name for garment in garments if not garment.found]:
            named = ", ".join(missing[:N_NAMED]) + (", ..." if len(missing) > N_NAMED else "")
            warnings.warn(
                f"No garment was found in {len(missing)} of {len(garments)} photos: {named}.",
                stacklevel=3,  # scikit-learn wraps this method
            )
        return garments

    def find(self, photo, name="photo"):
        """Find the garment of one photo, without a warning if there is none.

        Parameters
        ----------
        photo : str, path-like, PIL.Image.Image, ndarray or Garment
            The photo, as in the lists of :meth:`transform`.
        name : str, default="photo"
            What it is called, if it is not a file.

        Returns
        -------
        garment : Garment
            The photo, mask, box and score.

        Raises
        ------
        NotFittedError
            If the segmenter was not fitted.
        OSError, ValueError, TypeError
            If the photo cannot be read, or is no image.
        """
        check_is_fitted(self, "method_")
        if isinstance(photo, Garment):
            return photo
        if isinstance(photo, (str, os.PathLike)):
            name = os.fsdecode(photo)
        pixels = as_pixels(photo, name, max_size=self.max_size, max_pixels=self.max_pixels)
        image, mask, score = pixels, None, 1.0
        if pixels.shape[2] == 4:
            image, opaque = on_white(pixels), pixels[:, :, 3] >= OPAQUE * 255
            if not opaque.all():
                mask = opaque
        if mask is None:
            mask = drawn_mask(image)
        if mask is None:
            mask = self._mask(image)
            score = score_of(mask, image)
        if mask.mean() < self.min_area or not mask.any():
            mask, score = np.zeros(image.shape[:2], bool), 0.0
        return Garment(image, mask, box_of(mask), score, name)

    def _mask(self, image):
        if self.method_ == "u2netp":
            path = self.model_file_
            if not path.is_file():  # it was fitted on another machine, say
                path = find_model(self.data_home, self.download_if_missing)
            return saliency_mask(image, saliency(image, path))
        return METHODS[self.method_](image)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.no_validation = True
        return tags


def as_photos(X):
    """Return photos as a sequence, or say why they are none.

    Parameters
    ----------
    X : object
        A list, an array of images, a Series of paths, or a column of them.

    Returns
    -------
    list

    Raises
    ------
    TypeError, ValueError
        If X is a single photo, or nothing of that kind.
    """
    no_list = (str, bytes, os.PathLike, dict, set, frozenset)
    single = isinstance(X, no_list) or hasattr(X, "getextrema")
    if single or not hasattr(X, "__len__"):
        raise TypeError(f"X is a {type(X).__name__}, and a list of photos is wanted: [photo].")
    if hasattr(X, "iloc"):  # pandas: paths in a column
        X = X.to_numpy()
    elif hasattr(X, "__array__") and hasattr(X, "ndim"):  # a tensor, say
        try:
            X = np.asarray(X)
        except Exception as error:  # each library has its own
            raise TypeError(f"X is a {type(X).__name__} that is no array: {error}") from error
    if isinstance(X, np.ndarray):
        if X.dtype.kind == "O" and X.ndim > 2:  # photos of one size, in an array of objects
            X = _as_bytes(X)
        if X.dtype.kind in "OUT":
            if X.ndim == 2 and X.shape[1] != 1:
                raise ValueError(
                    f"X has the shape {X.shape}, and photos are a single column: give that of "
                    "their paths."
                )
            X = X.ravel()
        elif X.ndim < 3:
            raise ValueError(
                f"X has the shape {X.shape}, and photos are (n, H, W) or (n, H, W, C): is that "
                "one photo? Give [photo]."
            )
        elif X.ndim == 3 and X.shape[2] in (3, 4) and min(X.shape[:2]) > 4:
            raise ValueError(
                f"X has the shape {X.shape}: is that one photo without its batch axis? Give [X]."
            )
    return list(X)


def _as_bytes(pixels):
    """Return an array of objects as uint8 if all of them are such numbers, else as it is."""
    try:
        numbers = np.array(pixels.tolist())
    except ValueError:
        return pixels
    whole = numbers.dtype.kind in "iu" and numbers.ndim == pixels.ndim
    in_range = whole and numbers.min(initial=0) >= 0 and numbers.max(initial=0) <= 255
    return numbers.astype(np.uint8) if in_range else numbers
