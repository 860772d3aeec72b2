"""Where the files of Fashion-MNIST come from: the official address, or else OpenML."""

import errno
import gzip
import http.client
import importlib.util
import logging
import urllib.request
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.datasets import fetch_openml

from ..storage import (
    DATA_HOME_VARIABLE,
    DownloadError,
    download,
    failure_reason,
    new_file,
    new_folder,
)
from . import _idx_files
from ._idx_files import WrongContentError, read

logger = logging.getLogger(__name__)

URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
_OPENML_ID = 40996
_OPENML_URL = f"https://www.openml.org/api/v1/json/data/{_OPENML_ID}"
_MEGABYTES = 31  # what the four files take on the disk
_CONNECT_TIMEOUT, _READ_TIMEOUT = 5, 30  # seconds
_PACKING = 1 << 16  # bytes that gzip may add to what cannot be packed


class _SourceFailedError(Exception):
    """A place to download from did not give the right files."""


def download_files(files, folder, n_retries, delay):
    """Download files of Fashion-MNIST.

    Parameters
    ----------
    files : list of IdxFile
        Which ones.
    folder : Path
        Where to put them. It is made if it is not there, and removed again if nothing
        was downloaded.
    n_retries : int
        How often a download is tried again after a failure.
    delay : float
        Seconds between two tries.

    Returns
    -------
    paths : dict of str to Path
        Where they are, by `IdxFile.name`.

    Raises
    ------
    OSError
        If no source gives them, with the reasons, or if the folder cannot be written to.
    """
    failures = []
    with disk_errors_explained(folder), new_folder(folder):
        for source in (_from_official_address, _from_openml):
            missing = [file for file in files if not (folder / file.name).is_file()]
            try:
                source(missing, folder, n_retries, delay)
            except _SourceFailedError as error:
                failures.append(str(error))
            else:
                return {file.name: folder / file.name for file in files}
        names = ", ".join(file.name for file in files)
        raise OSError(
            f"Fashion-MNIST could not be downloaded: {'; '.join(failures)}. Without an "
            f"internet connection, get the files {names} from {URL} elsewhere and put them into "
            f"{folder}; or use "
            "skfashion.datasets.make_garments, which draws images of the same classes and "
            "layout, as a stand-in."
        )


def _from_official_address(files, folder, n_retries, delay):
    for file in files:
        url = URL + file.name
        logger.info("downloading %s to %s", url, folder)
        try:
            download(
                url,
                folder / file.name,
                check=partial(read, file),
                max_bytes=file.n_bytes + _PACKING,
                timeout=(_CONNECT_TIMEOUT, _READ_TIMEOUT),
                n_retries=n_retries,
                delay=delay,
            )
        except DownloadError as error:
            raise _SourceFailedError(f"{url}: {error.reason}") from None


def _from_openml(files, folder, n_retries, delay):
    """Get the pixels from OpenML and store them as the original files hold them."""
    logger.info("downloading Fashion-MNIST from OpenML to %s", folder)
    try:
        pixels, labels = _fetch_openml(n_retries, delay)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _SourceFailedError(f"{_OPENML_URL}: {failure_reason(error)}") from None
    # Its rows are the training set followed by the test set.
    n_train = _idx_files.FILES["train"][0].shape[0]
    rows = {"train": slice(None, n_train), "test": slice(n_train, None)}
    for part, pair in _idx_files.FILES.items():
        for file, array in zip(pair, (pixels, labels), strict=True):
            if file in files:
                _store(file, array[rows[part]], folder)


def _fetch_openml(n_retries, delay):
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
    return np.asarray(data).astype(np.uint8), np.asarray(target).astype(np.uint8)


def _store(file, array, folder):
    """Write an array as the original file holds it, if it is the one that was published."""
    try:
        with new_file(folder / file.name) as stream:
            with gzip.GzipFile("", "wb", 6, stream, mtime=0) as packed:
                packed.write(file.header)
                packed.write(np.ascontiguousarray(array).data)
            stream.flush()
            read(file, Path(stream.name))
    except WrongContentError as error:
        raise _SourceFailedError(f"{_OPENML_URL}: for {file.name}, {error}") from None


_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST}


@contextmanager
def disk_errors_explained(folder):
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
            f"environment variable {DATA_HOME_VARIABLE}",
        ) from None
