"""One user of a folder at a time, among threads and processes."""

import errno
from contextlib import contextmanager

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None
    import msvcrt

_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


@contextmanager
def folder_lock(folder):
    """Hold a folder inside, unless someone else does.

    The system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    folder : Path
        The folder, in which a file ``lock`` is made.

    Yields
    ------
    bool
        Whether the folder is held. True as well on a file system that has no locks.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    with open(folder / "lock", "ab") as file:
        try:
            _lock(file)
            held = True
        except OSError as error:
            held = error.errno not in _HELD
        yield held


def _lock(file):
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
