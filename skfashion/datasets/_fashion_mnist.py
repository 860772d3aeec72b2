"""Fashion-MNIST: from a folder, from its official address, or from OpenML."""

import difflib
import numbers

import numpy as np

from .._docs import substitute
from ..storage import DATA_HOME_VARIABLE, data_homes
from . import _idx_files
from ._base import BUNCH_TEXTS, as_bunch, feature_names
from ._idx_files import WrongContentError, find, read
from ._sources import URL, download_files

_FOLDER = "fashion-mnist"

_DESCR = """\
.. _fashion_mnist_dataset:

Fashion-MNIST
-------------

**Data set characteristics**

=================   ==================================
Classes                                             10
Samples total       70,000 (60,000 train, 10,000 test)
Samples per class   7,000 (6,000 train, 1,000 test)
Dimensionality                           784 (28 x 28)
Features                         integers, 0 to 255
=================   ==================================

Pictures of articles that the shop Zalando sold, one article a picture. The classes
are 0 T-shirt/top, 1 Trouser, 2 Pullover, 3 Dress, 4 Coat, 5 Sandal, 6 Shirt,
7 Sneaker, 8 Bag and 9 Ankle boot. The data set was made to replace the handwritten
digits of MNIST one for one: same sizes, same file format, but harder, and closer to
what is asked of image classifiers today.

Each image comes from the shop's photograph of the article's front on a light-grey
background, of 762 x 1000 pixels. The authors

1. trimmed the edges whose colour was near to that of the corner pixels,
2. scaled the longest edge to 28 pixels by leaving pixels out,
3. sharpened it with a Gaussian of radius and standard deviation 1,
4. extended the shortest edge to 28 and put the article in the centre,
5. inverted the intensities, and
6. turned them into 8-bit grey levels.

So the background is 0, and the darker the article, the brighter its pixels. The labels
are the shop's own categories. White articles were left out, since they can hardly be
told from the background.

:Source: https://github.com/zalandoresearch/fashion-mnist
:Creator: Zalando SE
:Licence: MIT, Copyright 2017 Zalando SE, https://tech.zalando.com

.. rubric:: References

* Xiao, H., Rasul, K., and Vollgraf, R. (2017). "Fashion-MNIST: a Novel Image Dataset
  for Benchmarking Machine Learning Algorithms." arXiv:1708.07747.
"""


@substitute(**BUNCH_TEXTS)
def fetch_fashion_mnist(
    *,
    subset="train",
    data_home=None,
    download_if_missing=True,
    return_X_y=False,
    as_frame=False,
    n_retries=3,
    delay=1.0,
):
    """Load Fashion-MNIST, downloading it if it is not there yet (classification).

    =================   ==================================
    Classes                                             10
    Samples total       70,000 (60,000 train, 10,000 test)
    Dimensionality                           784 (28 x 28)
    Features                            integers, 0 to 255
    =================   ==================================

    The four original files (``train-images-idx3-ubyte.gz`` and so on) are looked for
    in the folders below, in each directly or in its subfolder ``fashion-mnist``: packed,
    or unpacked with or without the dot that some unpackers write
    (``train-images.idx3-ubyte``). What is not found is downloaded into that subfolder,
    from the official address or, if that does not answer, from OpenML. A file's SHA-256
    is checked whenever it is new to the process.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The 60,000 training images, the 10,000 test images, or the first followed by
        the second.
    data_home : str or path-like, default=None
        The only folder to look into and to download to. If None, files are looked for
        in the folder that the environment variable ``SKFASHION_DATA_HOME`` names, if
        it is set, then in scikit-learn's (see
        :func:`sklearn.datasets.get_data_home`), and downloaded to the first of these.
    download_if_missing : bool, default=True
        If False, raise an OSError if a file is not there, instead of downloading it.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` is a DataFrame and `target` a Series. Needs pandas.
    n_retries : int, default=3
        How often a download is tried again after a failure.
    delay : float, default=1.0
        Seconds between two tries.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : ndarray of shape (n_samples, 784), dtype uint8
            One image a row, row by row of its pixels. With `as_frame=True` a DataFrame.
        images : ndarray of shape (n_samples, 28, 28), dtype uint8
            The same pixels as images: without `as_frame`, a view of `data`.
        target : ndarray of shape (n_samples,), dtype int64
            The classes, 0 to 9. With `as_frame=True` a Series.
        frame : DataFrame of shape (n_samples, 785)
            `data` and `target`. None unless `as_frame=True`.
        %(names)s

    %(data_and_target)s

    Raises
    ------
    ValueError
        If `subset` is unknown, or `n_retries` or `delay` is negative.
    OSError
        If a file is missing and cannot be downloaded (or must not be, by
        `download_if_missing=False`), if a file found is not the one that was published,
        or if the folder cannot be written to or is full.
    ImportError
        If `as_frame=True` and pandas is not installed.

    See Also
    --------
    make_garments : A stand-in of the same layout, drawn without any download.

    References
    ----------
    .. [1] H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for
       Benchmarking Machine Learning Algorithms", 2017. :arxiv:`1708.07747`.

    Examples
    --------
    >>> from skfashion.datasets import fetch_fashion_mnist
    >>> fashion = fetch_fashion_mnist()  # doctest: +SKIP
    >>> fashion.images.shape  # doctest: +SKIP
    (60000, 28, 28)
    >>> X_test, y_test = fetch_fashion_mnist(  # doctest: +SKIP
    ...     subset="test", return_X_y=True
    ... )
    >>> X_test.shape, y_test.shape  # doctest: +SKIP
    ((10000, 784), (10000,))
    """
    _check_parameters(subset, n_retries, delay)
    pandas = _import_pandas() if as_frame else None

    images, target = _load(subset, data_home, download_if_missing, n_retries, delay)
    data = images.reshape(len(images), -1)  # (n, 784)
    if not as_frame:
        return (data, target) if return_X_y else as_bunch(data, target, descr=_DESCR)
    data = pandas.DataFrame(data, columns=feature_names(), copy=False)
    target = pandas.Series(target, name="target")
    if return_X_y:
        return data, target
    frame = pandas.concat([data, target], axis=1)
    return as_bunch(data, target, descr=_DESCR, frame=frame, images=images)


def _check_parameters(subset, n_retries, delay):
    subsets = ("train", "test", "all")
    if subset not in subsets:
        near = difflib.get_close_matches(str(subset).lower(), subsets, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"subset must be one of {subsets}, got {subset!r}.{hint}")
    if not isinstance(n_retries, numbers.Integral) or n_retries < 0:
        raise ValueError(f"n_retries must be an integer of at least 0, got {n_retries!r}.")
    if not isinstance(delay, numbers.Real) or not 0 <= delay < float("inf"):
        raise ValueError(f"delay must be a number of seconds of at least 0, got {delay!r}.")


def _import_pandas():
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            "fetch_fashion_mnist with as_frame=True requires pandas, which is not installed. "
            "Install it (pip install pandas) or leave as_frame=False."
        ) from error
    return pandas


def _load(subset, data_home, download_if_missing, n_retries, delay):
    """Return the images, (n, 28, 28), and classes, (n,), of a subset, downloaded if missing."""
    parts = ("train", "test") if subset == "all" else (subset,)
    wanted = [file for part in parts for file in _idx_files.FILES[part]]
    homes = data_homes(data_home)
    paths = find(wanted, [folder for home in homes for folder in (home, home / _FOLDER)])
    missing = [file for file in wanted if file.name not in paths]
    if missing:
        if not download_if_missing:
            raise _not_found(missing, homes)
        paths |= download_files(missing, homes[0] / _FOLDER, n_retries, delay)

    arrays = [_read_found(file, paths[file.name]) for file in wanted]
    # concatenate copies, which makes the arrays writable and their own
    return np.concatenate(arrays[::2]), np.concatenate(arrays[1::2]).astype(np.int64)


def _not_found(missing, homes):
    names = ", ".join(file.name for file in missing)
    return OSError(
        f"Data not found and `download_if_missing` is False. Missing: {names}, or the same "
        f"unpacked; looked for in {', '.join(map(str, homes))} and {_FOLDER!r} below. Put the "
        f"files there (they are at {URL}), name their folder with `data_home` or the environment "
        f"variable {DATA_HOME_VARIABLE}, or pass download_if_missing=True."
    )


def _read_found(file, path):
    try:
        return read(file, path)
    except WrongContentError as error:
        # The file may be the user's own: it is for them to delete.
        raise OSError(
            f"{path} is not the file {file.name} of Fashion-MNIST: {error}. Delete it, and "
            f"fetch_fashion_mnist downloads it again; or put the original of {URL}{file.name} "
            "in its place."
        ) from error
