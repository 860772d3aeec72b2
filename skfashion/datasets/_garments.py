"""Garments that the package draws itself."""

import numbers

import numpy as np
from sklearn.utils import check_random_state

from .._docs import substitute
from ._articles import ARTICLES
from ._base import BUNCH_TEXTS, HEIGHT, TARGET_NAMES, WIDTH, as_bunch
from ._drawing import Dice, blur

_CHUNK = 500  # images drawn at once: memory stays below some tens of megabytes

_DESCR = """\
.. _garments_dataset:

Garments
--------

**Data set characteristics**

=================   ===================
Classes                              10
Samples per class   equal to within one
Dimensionality            784 (28 x 28)
Features             integers, 0 to 255
=================   ===================

Pictures of clothing, drawn by a program with random measures, fabrics and light. The
classes, their codes and the layout are those of Fashion-MNIST (see
:func:`skfashion.datasets.fetch_fashion_mnist`), for which they stand in where it is
not at hand: 0 T-shirt/top, 1 Trouser, 2 Pullover, 3 Dress, 4 Coat, 5 Sandal, 6 Shirt,
7 Sneaker, 8 Bag and 9 Ankle boot. No pixel comes from a photograph; the measures
were chosen by looking at the training images of Fashion-MNIST. Drawings are easier to
tell apart than real articles, so accuracies on them say little about those.
"""


@substitute(**BUNCH_TEXTS)
def make_garments(n_samples=1000, *, random_state=None, return_X_y=False):
    """Draw images of clothing in the ten classes of Fashion-MNIST.

    The stand-in for :func:`fetch_fashion_mnist` in examples, tests and places without a
    network: same layout and classes, and near enough to the real articles that what is
    learned from the drawings carries over to them in part.

    Parameters
    ----------
    n_samples : int, default=1000
        The number of images. The classes are balanced: their sizes differ by one at most.
    random_state : int, RandomState instance or None, default=None
        Determines the drawings and their order. Pass an int for the same images in every
        call. The images of a small set are not the first ones of a bigger set.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : ndarray of shape (n_samples, 784), dtype uint8
            One image a row, row by row of its pixels.
        images : ndarray of shape (n_samples, 28, 28), dtype uint8
            The same pixels as images, a view of `data`.
        target : ndarray of shape (n_samples,), dtype int64
            The classes, 0 to 9.
        frame : None
            For likeness with :func:`fetch_fashion_mnist`.
        %(names)s

    %(data_and_target)s

    Raises
    ------
    ValueError
        If `n_samples` is not an integer of at least 1.

    See Also
    --------
    fetch_fashion_mnist : The real articles.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.datasets import make_garments
    >>> garments = make_garments(200, random_state=0)
    >>> garments.images.shape
    (200, 28, 28)
    >>> np.bincount(garments.target)
    array([20, 20, 20, 20, 20, 20, 20, 20, 20, 20])
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> forest = RandomForestClassifier(random_state=0)
    >>> forest = forest.fit(garments.data, garments.target)
    >>> X_test, y_test = make_garments(100, random_state=1, return_X_y=True)
    >>> bool(forest.score(X_test, y_test) > 0.5)
    True
    """
    whole = isinstance(n_samples, numbers.Integral) and not isinstance(n_samples, bool)
    if not whole or n_samples < 1:
        raise ValueError(f"n_samples must be an integer of at least 1, got {n_samples!r}.")
    rng = check_random_state(random_state)

    n_classes = len(TARGET_NAMES)
    # Which classes get one image more is drawn too, or a small set would be T-shirts.
    codes = np.resize(rng.permutation(n_classes), n_samples)
    target = rng.permutation(codes).astype(np.int64)
    data = np.empty((n_samples, HEIGHT * WIDTH), np.uint8)
    for code, draw in enumerate(ARTICLES):
        rows = np.flatnonzero(target == code)
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            dice = Dice(rng, len(chunk))
            data[chunk] = _develop(dice, draw(dice))

    if return_X_y:
        return data, target
    return as_bunch(data, target, descr=_DESCR)


def _develop(d, image):
    """Turn brightness, (N, H, W), to bytes, (N, 784)."""
    # The published images were sharpened, which lights up edges and outlines.
    sharper = d.uniform(0.0, 0.8) * (image - blur(image)) * (image > 0.02)
    image = np.clip(1.04 * image + sharper, 0, 1)
    return (255 * image + 0.5).astype(np.uint8).reshape(len(image), -1)
