"""Fashion-MNIST: from a folder, from its official address, or from OpenML."""

import difflib
import errno
import gzip
import hashlib
import http.client
import importlib.util
import logging
import numbers
import os
import struct
import time
import urllib.request
import uuid
import warnings
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.datasets import fetch_openml, get_data_home

from ._base import HEIGHT, WIDTH, as_bunch, feature_names

logger = logging.getLogger(__name__)

_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
_OPENML_ID = 40996
_OPENML_URL = f"https://www.openml.org/api/v1/json/data/{_OPENML_ID}"
_FOLDER = "fashion-mnist"
_ENVIRONMENT_VARIABLE = "SKFASHION_DATA_HOME"
_MEGABYTES = 31  # what the four files take on the disk
_CONNECT_TIMEOUT, _READ_TIMEOUT = 5, 30  # seconds


class _IdxFile(NamedTuple):
    """One of the four files, and how to know it.

    The digest is that of the decompressed content, not of the .gz: pixels that come
    from OpenML and are packed here are held to the same check as the original file.
    """

    name: str
    shape: tuple
    sha256: str


_FILES = {
    "train": (
        _IdxFile(
            "train-images-idx3-ubyte.gz",
            (60_000, HEIGHT, WIDTH),
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        _IdxFile(
            "train-labels-idx1-ubyte.gz",
            (60_000,),
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
    ),
    "test": (
        _IdxFile(
            "t10k-images-idx3-ubyte.gz",
            (10_000, HEIGHT, WIDTH),
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        _IdxFile(
            "t10k-labels-idx1-ubyte.gz",
            (10_000,),
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
}

# The files whose digest was found right in this process, as (path, size, mtime_ns):
# hashing is what a repeated call would spend most of its time on.
_verified = set()

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


class _WrongContentError(ValueError):
    """A file that is there, but is not what was published."""


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
    in the folders below, in each directly or in its subfolder ``fashion-mnist``. What
    is not found is downloaded into that subfolder, from the official address or, if
    that does not answer, from OpenML. A file's SHA-256 is checked whenever it is new
    to the process.

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
        feature_names : list of length 784
            ``"pixel_0_0"`` to ``"pixel_27_27"``.
        target_names : ndarray of shape (10,), dtype str
            The names of the classes.
        DESCR : str
            The description of the data set.

    (data, target) : tuple if `return_X_y` is True
        The two as described above.

    Raises
    ------
    ValueError
        If `subset` is unknown, or `n_retries` or `delay` is negative.
    OSError
        If a file is missing and cannot be had (or must not be, by
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

    parts = ("train", "test") if subset == "all" else (subset,)
    wanted = [file for part in parts for file in _FILES[part]]
    paths = _find(wanted, data_home)
    missing = [file for file in wanted if file.name not in paths]
    if missing:
        names = ", ".join(file.name for file in missing)
        if not download_if_missing:
            folders = ", ".join(str(home) for home in _homes(data_home))
            raise OSError(
                f"Data not found and `download_if_missing` is False. Missing: {names}; looked "
                f"for in {folders} and {_FOLDER!r} below. Put the files there (they are at "
                f"{_URL}), name their folder with `data_home` or the environment variable "
                f"{_ENVIRONMENT_VARIABLE}, or pass download_if_missing=True."
            )
        folder = _homes(data_home)[0] / _FOLDER
        paths |= _download(missing, folder, n_retries, delay)

    arrays = {file.name: _read_found(file, paths[file.name]) for file in wanted}
    images = [arrays[_FILES[part][0].name] for part in parts]
    labels = [arrays[_FILES[part][1].name] for part in parts]
    # concatenate copies, which makes the arrays writable and their own
    images = np.concatenate(images)  # (n, 28, 28)
    target = np.concatenate(labels).astype(np.int64)  # (n,)
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


# ---------------------------------------------------------------------------------------
# Finding
# ---------------------------------------------------------------------------------------


def _homes(data_home):
    """List the folders to look into; the first is the one to download to."""
    if data_home is not None:
        return [Path(data_home).expanduser()]
    homes = []
    if os.environ.get(_ENVIRONMENT_VARIABLE):
        homes.append(Path(os.environ[_ENVIRONMENT_VARIABLE]).expanduser())
    try:
        homes.append(Path(get_data_home()))
    except OSError as error:  # it makes its folder, and a home may be read-only
        if not homes:
            with _disk_errors_explained(error.filename):
                raise
    return homes


def _find(files, data_home):
    """Map the names of the files that are there to their paths."""
    found = {}
    for home in _homes(data_home):
        for folder in (home, home / _FOLDER):
            for file in files:
                if file.name not in found and (folder / file.name).is_file():
                    found[file.name] = folder / file.name
    return found


# ---------------------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------------------


def _header(shape):
    """Write the head of an idx file of bytes: magic number, then the lengths of the axes."""
    return struct.pack(f">{1 + len(shape)}I", 0x0800 + len(shape), *shape)


def _read(file, path):
    """Read and check one file; return a read-only array of `file.shape`, dtype uint8.

    Raises
    ------
    _WrongContentError
        If the content is not what was published.
    """
    state = path.stat()
    key = (str(path.resolve()), state.st_size, state.st_mtime_ns)
    try:
        with gzip.open(path) as stream:
            content = stream.read()
    except EOFError as error:
        raise _WrongContentError(f"it is cut short ({state.st_size} bytes)") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _WrongContentError(f"it is no intact gzip file ({error})") from error

    header = _header(file.shape)
    n_bytes = len(header) + int(np.prod(file.shape))
    if content[: len(header)] != header:
        raise _WrongContentError(
            f"an idx file of shape {file.shape} begins with {header.hex(' ', 4)}, this one "
            f"with {content[: len(header)].hex(' ', 4) or 'nothing'}"
        )
    if len(content) != n_bytes:
        raise _WrongContentError(f"it holds {len(content)} bytes decompressed, not {n_bytes}")
    if key not in _verified:
        digest = hashlib.sha256(content).hexdigest()
        if digest != file.sha256:
            raise _WrongContentError(
                f"the SHA-256 of its decompressed content is {digest}, not {file.sha256}"
            )
        _verified.add(key)
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(file.shape)


def _read_found(file, path):
    try:
        return _read(file, path)
    except _WrongContentError as error:
        # The file may be the user's own: it is for them to delete.
        raise OSError(
            f"{path} is not the file {file.name} of Fashion-MNIST: {error}. Delete it, and "
            f"fetch_fashion_mnist downloads it anew; or put the original of {_URL}{file.name} "
            "in its place."
        ) from error


# ---------------------------------------------------------------------------------------
# Downloading
# ---------------------------------------------------------------------------------------


def _download(files, folder, n_retries, delay):
    """Get `files` into `folder`; map their names to their paths."""
    with _disk_errors_explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    failures = []
    for source in (_download_official, _download_openml):
        missing = [file for file in files if not (folder / file.name).is_file()]
        try:
            source(missing, folder, n_retries, delay)
        except _SourceFailedError as error:
            failures.append(error)
        else:
            return {file.name: folder / file.name for file in files}

    names = ", ".join(file.name for file in files)
    reasons = "; ".join(str(failure) for failure in failures)
    raise OSError(
        f"Fashion-MNIST could not be downloaded: {reasons}. Without a network, get the files "
        f"{names} from {_URL} elsewhere and put them into {folder}; or use "
        "skfashion.datasets.make_garments, which draws images of the same classes and "
        "layout, as a stand-in."
    ) from failures[0]


class _SourceFailedError(Exception):
    """A place to download from did not give the right files."""


def _download_official(files, folder, n_retries, delay):
    import pooch  # here, to keep the import of this module light
    from requests.exceptions import ConnectTimeout

    downloader = pooch.HTTPDownloader(
        timeout=(_CONNECT_TIMEOUT, _READ_TIMEOUT),
        # The .gz itself is wanted, not a stream that the server packs on the way.
        headers={"Accept-Encoding": "identity"},
        chunk_size=1 << 16,
    )
    for file in files:
        url = _URL + file.name
        logger.info("downloading %s to %s", url, folder)
        for n_left in range(n_retries, -1, -1):
            try:
                with _new_file(file, folder) as stream:
                    downloader(url, stream, None)
                break
            except (OSError, _WrongContentError) as error:  # requests' errors are OSErrors
                if _is_disk_error(error):
                    raise
                # A host that was silent for seconds is not there: no use in asking again.
                if n_left == 0 or isinstance(error, ConnectTimeout):
                    raise _SourceFailedError(f"{url}: {error}") from error
                warnings.warn(f"Retry downloading from url: {url}", stacklevel=4)
                time.sleep(delay)


def _download_openml(files, folder, n_retries, delay):
    """Get the pixels from OpenML and store them as the original files hold them."""
    logger.info("downloading Fashion-MNIST from OpenML to %s", folder)
    try:
        # fetch_openml waits for a silent host without limit: see first if it is there.
        urllib.request.urlopen(_OPENML_URL, timeout=_CONNECT_TIMEOUT).close()
        data, target = fetch_openml(
            data_id=_OPENML_ID,
            return_X_y=True,
            as_frame=False,
            # pandas reads it in seconds, but is not required
            parser="pandas" if importlib.util.find_spec("pandas") else "liac-arff",
            cache=False,
            n_retries=max(1, n_retries),
            delay=max(delay, 1e-3),  # it takes no zero
        )
        pixels = np.asarray(data).astype(np.uint8)
        labels = np.asarray(target).astype(np.uint8)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _SourceFailedError(f"{_OPENML_URL}: {error}") from error

    # Its rows are the training set followed by the test set.
    n_train = _FILES["train"][0].shape[0]
    rows = {"train": slice(None, n_train), "test": slice(n_train, None)}
    for part, (images_file, labels_file) in _FILES.items():
        for file, array in ((images_file, pixels), (labels_file, labels)):
            if file not in files:
                continue
            try:
                with (
                    _new_file(file, folder) as stream,
                    gzip.GzipFile("", "wb", 6, stream, mtime=0) as packed,
                ):
                    packed.write(_header(file.shape))
                    packed.write(np.ascontiguousarray(array[rows[part]]).data)
            except _WrongContentError as error:
                raise _SourceFailedError(f"{_OPENML_URL}: for {file.name}, {error}") from error


@contextmanager
def _new_file(file, folder):
    """Open a file to write `file` to; it gets its name when complete and found right.

    Whatever happens before, an interrupt too, leaves nothing behind. The temporary name
    is unique, so that processes that download at once do not meet, and in the same
    folder, so that the renaming is atomic.
    """
    path = folder / f".{file.name}.{uuid.uuid4().hex}.part"
    with _disk_errors_explained(folder):
        stream = open(path, "xb")  # noqa: SIM115 - closed below
    try:
        with _disk_errors_explained(folder):
            with stream:
                yield stream
            _read(file, path)
            os.replace(path, folder / file.name)
    finally:
        path.unlink(missing_ok=True)


_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST}


def _is_disk_error(error):
    return isinstance(error, OSError) and error.errno in _FULL | _CLOSED | _NO_FOLDER


@contextmanager
def _disk_errors_explained(folder):
    """Say of a full or closed disk what is needed and where; leave other errors alone."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            mend = f"is full: Fashion-MNIST needs about {_MEGABYTES} MB there. Make room"
        elif error.errno in _CLOSED:
            mend = f"cannot be written to ({error.strerror}). Give the right to write there"
        elif error.errno in _NO_FOLDER:
            mend = "cannot be made: there is a file of that name. Move that file"
        else:
            raise
        raise type(error)(
            error.errno,
            f"The folder {folder} {mend}, or name another folder with `data_home` or the "
            f"environment variable {_ENVIRONMENT_VARIABLE}",
        ) from error
