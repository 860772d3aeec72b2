"""The folder that is written to, and its files."""

import errno
import tempfile
from contextlib import contextmanager, suppress

from ._printing import complain, readable, say


@contextmanager
def output_folder(folder, files):
    """Make a folder, and see before a training that files can be written to it.

    Folders that were made and are empty at the end are removed.

    Parameters
    ----------
    folder : Path
        The folder.
    files : iterable of Path
        What will be written.

    Raises
    ------
    OSError
        If it is none, or cannot be written to, or a file cannot be replaced.
    """
    made = []
    try:
        try:
            made += [part for part in (folder, *folder.parents) if not part.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            reason = f"{error.strerror} (--output takes a folder that can be written to)"
            raise OSError(error.errno, reason, str(folder)) from error
        for file in files:
            if file.is_dir():
                reason = "a file of this name will be written, but there is a folder"
                raise OSError(errno.EISDIR, reason, str(file))
        yield
    finally:
        with suppress(OSError):  # not empty
            for part in made:
                part.rmdir()


def write_file(what, path, write):
    """Write a file and say so, or say why it cannot be written.

    Parameters
    ----------
    what : str
        What it is.
    path : Path
        The file. Its folder is made again if it has gone.
    write : callable
        Writes it, given the path.

    Returns
    -------
    bool
        Whether it was written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        complain(f"{path} could not be written: {reason}")
        return False
    say(f"{what:17} {readable(path)}")
    return True
