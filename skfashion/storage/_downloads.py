"""Downloads that are whole and checked, or not there at all."""

import http.client
import re
import sys
import time
import urllib.request
import warnings
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from urllib.error import URLError
from urllib.parse import unquote, urlsplit

from ._files import new_file, new_folder, sha256_of

TIMEOUT = (5, 30)  # seconds: to connect, and between two pieces of the content

_CHUNK = 1 << 16
# What the libraries below raise: their own errors are OSErrors, and ValueErrors for bad URLs.
_ERRORS = (OSError, ValueError, http.client.HTTPException)
_DIGEST = re.compile(r"[0-9a-f]{8,64}", re.IGNORECASE)
_SENDER = re.compile(r"^(<[^>]*>|\w+\([^)]*\)): ")  # an object that begins urllib3's messages


def download(
    url,
    path,
    *,
    sha256=None,
    check=None,
    max_bytes=None,
    timeout=TIMEOUT,
    n_retries=0,
    delay=1.0,
):
    """Download a file: whole and checked, or not at all.

    A file of that name that is there already is replaced by the new one, and stays if the
    download fails. Folders that are missing are made, and removed again if it fails.

    Parameters
    ----------
    url : str
        The address: http, https, ftp or file.
    path : str or path-like
        The file to write.
    sha256 : str, default=None
        The SHA-256 of the content, or its first digits, at least eight. If None, it is
        not checked.
    check : callable, default=None
        Called with the path of the complete file before it gets its name; raises a
        ValueError that says why if it is not the right one.
    max_bytes : int, default=None
        The download fails when the content is found to be longer. If None, any length
        is taken.
    timeout : tuple of float, default=(5, 30)
        Seconds to wait for the connection, and for each piece of the content.
    n_retries : int, default=0
        How often a download is tried again after a failure. A host that does not answer
        at all is not asked again.
    delay : float, default=1.0
        Seconds between two tries.

    Returns
    -------
    path : Path
        The file.

    Raises
    ------
    ValueError
        If `sha256` is not at least eight hexadecimal digits.
    DownloadError
        If the file cannot be downloaded, or is not the right one: an OSError with the
        reason, without an `errno`.
    OSError
        If it cannot be written, with the `errno` that says why.

    Warns
    -----
    UserWarning
        Before each retry.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfashion.storage import download
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = Path(folder, "source")
    ...     n_bytes = source.write_bytes(b"content")
    ...     download(source.as_uri(), Path(folder, "new"), sha256="ed7002b4").read_bytes()
    b'content'
    """
    if sha256 is not None and not _DIGEST.fullmatch(sha256):
        raise ValueError(f"sha256 must be 8 to 64 hexadecimal digits, got {sha256!r}.")
    path = Path(path)
    with new_folder(path.parent):
        for n_left in range(n_retries, -1, -1):
            try:
                with new_file(path) as file:
                    _transfer(url, file, max_bytes, timeout)
                    file.flush()
                    _check(Path(file.name), sha256, check)
                return path
            except _FailedError as error:
                reason = str(error)
                if n_left == 0 or error.is_final:
                    break
            warnings.warn(
                f"Retry downloading from url: {url} ({reason})", stacklevel=_users_stacklevel()
            )
            time.sleep(delay)
        raise DownloadError(url, reason)


class DownloadError(OSError):
    """A file that cannot be downloaded, or is not the right one; `errno` is None.

    Parameters
    ----------
    url : str
        The address.
    reason : str
        Why, in a few words.
    """

    def __init__(self, url, reason):
        super().__init__(f"{url} cannot be downloaded: {reason}.")
        self.url = url
        self.reason = reason

    def __reduce__(self):
        return type(self), (self.url, self.reason)


class _FailedError(Exception):
    """A try that failed; `is_final` says that another would, too."""

    def __init__(self, reason, is_final=False):
        super().__init__(reason)
        self.is_final = is_final


class _Sink:
    """A file that counts what is written, and remembers errors of the disk as such."""

    def __init__(self, file, max_bytes):
        self.file = file
        self.n_left = float("inf") if max_bytes is None else max_bytes
        self.max_bytes = max_bytes
        self.disk_error = None

    def write(self, chunk):
        self.n_left -= len(chunk)
        if self.n_left < 0:
            raise _FailedError(f"it is longer than the {self.max_bytes:,} bytes it should have")
        try:
            return self.file.write(chunk)
        except OSError as error:
            self.disk_error = error
            raise

    def flush(self):
        """Leave it to the end: pooch asks for it after each piece."""


def _transfer(url, file, max_bytes, timeout):
    """Write what is at an address to a file, or raise a _FailedError with the reason."""
    sink = _Sink(file, max_bytes)
    try:
        if urlsplit(url).scheme in ("http", "https"):
            _transfer_http(url, sink, timeout)
        else:
            with urllib.request.urlopen(url, timeout=timeout[1]) as response:
                copyfileobj(response, sink, _CHUNK)
    except _ERRORS as error:
        if sink.disk_error is not None:
            raise sink.disk_error from None
        raise _FailedError(failure_reason(error), _is_silence(error)) from None


def _transfer_http(url, sink, timeout):
    import pooch  # here, since it is slow to import and seldom needed

    downloader = pooch.HTTPDownloader(
        timeout=timeout,
        # The file itself is wanted, not a stream that the server packs on the way.
        headers={"Accept-Encoding": "identity"},
        chunk_size=_CHUNK,
    )
    downloader(url, sink, None)


def _check(path, sha256, check):
    if sha256 is not None:
        digest = sha256_of(path)
        if not digest.startswith(sha256.lower()):
            begin = "be" if len(sha256) == len(digest) else "begin with"
            reason = f"the SHA-256 of what came is {digest} and should {begin} {sha256.lower()}"
            raise _FailedError(reason)
    if check is not None:
        try:
            check(path)
        except ValueError as error:
            raise _FailedError(str(error)) from None


def _is_silence(error):
    """Return whether a host did not answer: it will not do so in a second either."""
    requests = sys.modules.get("requests")
    return requests is not None and isinstance(error, requests.exceptions.ConnectTimeout)


def failure_reason(error):
    """Say in a few words why the network gave no file.

    The libraries wrap the reason in errors of their own, which repeat the address and
    name objects.

    Parameters
    ----------
    error : Exception
        What requests, urllib or http.client raised.

    Returns
    -------
    reason : str
        Not empty, of one line.

    Examples
    --------
    >>> from urllib.error import URLError
    >>> from skfashion.storage import failure_reason
    >>> failure_reason(URLError(ConnectionRefusedError(111, "Connection refused")))
    'Connection refused'
    """
    while (inner := _wrapped(error)) is not None:
        error = inner
    if isinstance(error, OSError) and error.strerror:
        reason = error.strerror
    elif type(error) is URLError:
        reason = str(error.reason)
    elif type(error) is http.client.BadStatusLine:
        reason = f"the answer is not HTTP: {error}"
    else:
        # Also what such errors have become in the message of another: "[Errno 111] ..."
        reason = re.sub(r"\[Errno -?\d+\] ", "", str(error).partition(" for url: ")[0])
    reason = " ".join(_SENDER.sub("", reason).split()).rstrip(".")
    return reason or type(error).__name__


def _wrapped(error):
    """Return the error that another was made of, or None."""
    parts = (getattr(error, "reason", None), *error.args)
    return next((part for part in parts if isinstance(part, Exception)), None)


def _users_stacklevel():
    """Return the stacklevel of warnings that names the first line outside of the package."""
    package = __name__.partition(".")[0]
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, level = frame.f_back, level + 1
    return level


def name_in_url(url):
    """Return the name of the file that an address ends in.

    Parameters
    ----------
    url : str
        The address, with or without a query.

    Returns
    -------
    name : str
        Without folders.

    Raises
    ------
    ValueError
        If the address names no file.

    Examples
    --------
    >>> from skfashion.storage import name_in_url
    >>> name_in_url("https://example.org/models/vgg%2019.pth?download=1")
    'vgg 19.pth'
    """
    path = urlsplit(url).path
    name = PurePosixPath(unquote(path)).name
    if not name or path.endswith("/") or name == "..":
        raise ValueError(f"{url} names no file: give the address of a file.")
    return name
