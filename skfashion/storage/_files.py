"""Files that are written whole or not at all."""

import errno
import hashlib
import os
import shutil
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

# What the system says of a disk, and not of the file that was to be written to it.
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP}  # what file systems that cannot sync answer


@contextmanager
def new_file(path):
    """Open a file to write; it gets its name when it is complete.

    It is written under another name in the same folder and renamed at the end of the
    block, when it is on the disk. Whatever happens before, Ctrl-C too, removes it and
    leaves a file that was there as it was.

    Parameters
    ----------
    path : str or path-like
        The file, which is replaced if it is there and keeps its permissions then. A
        symbolic link stays one: the file that it points to is replaced. What is no
        regular file, such as a pipe or ``/dev/null``, is written to directly.

    Yields
    ------
    file : binary file
        Open for writing and reading.

    Raises
    ------
    FileNotFoundError
        If the folder is not there.
    IsADirectoryError
        If `path` is a folder.
    PermissionError
        If the file that is there is write-protected, or the folder cannot be written to.
    OSError
        If writing fails, for want of room, say. It names the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfashion.storage import new_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with new_file(Path(folder, "new")) as file:
    ...         n_bytes = file.write(b"whole")
    ...     Path(folder, "new").read_bytes()
    b'whole'
    """
    path = Path(path)
    state = _state(path)
    if state and not path.is_file():
        with open(path, "wb") as file:
            yield file
        return
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if not target.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {target.parent} to write {target.name} to.")
    if state and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "The file is write-protected", str(path))
    # Not made of the file's name, which may be as long as names can be.
    unfinished = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with open(unfinished, "x+b") as file:
            yield file
            if not file.closed:
                file.flush()
        _sync(unfinished, os.O_RDWR)
        if state:
            _copy_permissions(state, target, unfinished)
        os.replace(unfinished, target)
    except OSError as error:
        if error.errno in _FULL:  # the name that the user knows, not that of the unfinished file
            error.filename = str(path)
        raise
    finally:
        with suppress(OSError):  # the error that led here is the one to be seen
            unfinished.unlink(missing_ok=True)
    with suppress(OSError):  # Windows cannot, for one
        _sync(target.parent, os.O_RDONLY)


def _state(path):
    """Return what os.stat says of a file, or None if there is none."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the name of a file.")
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _sync(path, flags):
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)


def _copy_permissions(state, target, unfinished):
    """Give a file that replaces another the other's mode and, where that is allowed, owner."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(unfinished, state.st_uid, state.st_gid)
    shutil.copymode(target, unfinished)


@contextmanager
def new_folder(path):
    """Make a folder, and remove it again if the block fails and leaves it empty.

    Parameters
    ----------
    path : str or path-like
        The folder. It and those above it are made if they are not there; one that was
        there before stays.

    Yields
    ------
    path : Path

    Raises
    ------
    OSError
        If it cannot be made, because a file has its name, say.
    """
    path = Path(path)
    made = [folder for folder in (path, *path.parents) if not os.path.lexists(folder)]
    try:
        path.mkdir(parents=True, exist_ok=True)
        yield path
    except BaseException:
        for folder in made:
            with suppress(OSError):  # it is not empty
                folder.rmdir()
        raise


def sha256_of(path):
    """Return the SHA-256 of a file's content.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    digest : str
        64 hexadecimal digits.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
