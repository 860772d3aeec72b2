"""u2netp, a small network that sees which object of a picture is salient."""

import math
import threading
import time
from functools import lru_cache

import numpy as np

from ..storage import DATA_HOME_VARIABLE, DownloadError, data_homes, download, sha256_of
from ._read import import_cv2

NAME = "u2netp.onnx"
URL = f"https://github.com/danielgatis/rembg/releases/download/v0.0.0/{NAME}"
SHA256 = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"
N_BYTES = 4_574_861
SIZES = (160, 320)  # the smaller one has a quarter of the pixels to compute
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet

_lock = threading.Lock()  # OpenCV's networks compute one picture at a time
_failures = {}  # downloads that failed in this process: when, and why
WAIT = 60.0  # seconds after which a download that failed is tried again


def find_model(data_home=None, download_if_missing=True):
    """Return the file of u2netp, downloaded if it is not there.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The only folder to look into and to download to. If None, the folder that the
        environment variable ``SKFASHION_DATA_HOME`` names, and scikit-learn's data home.
    download_if_missing : bool, default=True
        Whether to download what is not there.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        If it is not there and cannot be downloaded, or is another file of that name.
    """
    folders = [folder.absolute() for folder in data_homes(data_home)]
    for folder in folders:
        if (folder / NAME).is_file():
            return _checked(folder / NAME)
    reason = "download_if_missing is False"
    path = folders[0] / NAME
    if download_if_missing:
        failed, why = _failures.get(path, (-math.inf, None))
        if time.monotonic() - failed < WAIT:  # do not wait for a silent host again
            reason = why
        else:
            try:
                return download(URL, path, sha256=SHA256, max_bytes=N_BYTES)
            except DownloadError as error:
                reason = error.reason
                _failures[path] = time.monotonic(), reason
    raise OSError(
        f"u2netp is not there and is not downloaded ({reason}): put {NAME} from {URL} into "
        f"{folders[0]}, or name its folder with data_home or {DATA_HOME_VARIABLE}."
    )


def _checked(path):
    facts = path.stat()
    digest = _digest(path, facts.st_mtime_ns, facts.st_size)
    if digest != SHA256:
        raise OSError(
            f"{path} is not u2netp: its SHA-256 is {digest} and should be {SHA256}. Delete it, "
            "and it is downloaded again."
        )
    return path


@lru_cache(maxsize=8)
def _digest(path, *version):
    return sha256_of(path)


@lru_cache(maxsize=2)
def _network(path):
    cv2 = import_cv2()
    # Its bytes: OpenCV ends the process at a path that is not in UTF-8.
    return cv2.dnn.readNetFromONNX(np.frombuffer(path.read_bytes(), np.uint8))


def saliency(image, path):
    """Return how salient each point of a picture is.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), dtype uint8
        The picture.
    path : Path
        The file of u2netp.

    Returns
    -------
    ndarray of shape (h, w), dtype float32
        From 0 to 1, for the whole picture.
    """
    cv2 = import_cv2()
    with _lock:
        network = _network(path)
        try:
            return _forward(network, image, SIZES[0])
        except cv2.error:  # older versions of OpenCV take the size of the file alone
            return _forward(network, image, SIZES[1])


def _forward(network, image, size):
    cv2 = import_cv2()
    small = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    x = small / max(1, small.max())
    x = ((x - MEAN) / STD).transpose(2, 0, 1)[None]  # (1, 3, size, size)
    network.setInput(np.ascontiguousarray(x, np.float32))
    return network.forward(network.getUnconnectedOutLayersNames()[0])[0, 0]
