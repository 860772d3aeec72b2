"""What the commands print, wherever it goes and whatever names are in it."""

import io
import os
import sys
import unicodedata
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress

from tqdm.auto import tqdm

NOBODY_READS = 128 + 13  # the exit status of a program that SIGPIPE has ended


def say(text=""):
    """Print a text on standard output, at once."""
    print(text, flush=True)


def complain(problem):
    """Print an error, a warning or a text as one line on standard error.

    Parameters
    ----------
    problem : Exception or str
    """
    line = readable(" ".join(explained(problem).split()))
    # By tqdm, so that the line does not end up in the middle of a progress bar.
    tqdm.write(f"skfashion: {line}", file=sys.stderr)


def explained(problem):
    """Return what an error says, for a user who knows of no error numbers.

    Parameters
    ----------
    problem : Exception or str

    Returns
    -------
    str
    """
    if isinstance(problem, OSError) and problem.strerror:  # without "[Errno 2]"
        named = f"{readable(os.fsdecode(problem.filename))}: " if problem.filename else ""
        return named + problem.strerror
    return str(problem) or type(problem).__name__  # a MemoryError may say nothing


def readable(text):
    r"""Return a text that standard output can print in one line of known width.

    Control characters and bytes of a file name that are not UTF-8 become escapes such as
    ``\n`` and ``\xe9``; so do characters that the encoding of standard output lacks.

    Parameters
    ----------
    text : object
        A text, a path, or something else to be taken as a string.

    Returns
    -------
    str

    Examples
    --------
    >>> from skfashion.cli._printing import readable
    >>> print(readable("two\nlines"), readable("caf\udce9.png"))
    two\nlines caf\xe9.png
    """
    characters = (c if c.isprintable() else _escape(c) for c in str(text))
    return _encodable("".join(characters), sys.stdout)


def _escape(character):
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python has a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def _encodable(text, stream):
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def table(rows):
    """Return rows as lines with straight columns, the last one flush right.

    Parameters
    ----------
    rows : list of sequence of str
        The cells. They are made :func:`readable`.

    Returns
    -------
    str

    Examples
    --------
    >>> from skfashion.cli._printing import table
    >>> print(table([("image", "count"), ("shirt.png", "9")]))
    image      count
    shirt.png      9
    """
    rows = [[readable(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        gaps = [" " * (width - _width(cell)) for width, cell in zip(widths, row, strict=True)]
        cells = [cell + gap for cell, gap in zip(row, gaps, strict=True)]
        lines.append("  ".join([*cells[:-1], gaps[-1] + row[-1]]))
    return "\n".join(lines)


def _width(text):
    """Return how many columns of a terminal a text takes."""
    marks = sum(unicodedata.category(c) in ("Mn", "Me") for c in text)  # above other characters
    wide = sum(unicodedata.east_asian_width(c) in ("W", "F") for c in text)
    return len(text) - marks + wide


@contextmanager
def warnings_as_lines():
    """Print each warning when it arises, as one line on standard error."""

    def show(message, *args, **kwargs):
        complain(message)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


class Stream:
    """Standard output or standard error that never stops a command.

    Its reader may go away (``| head``), and the disk of a log may be full: from then on it
    takes texts without printing them. Characters that its encoding lacks are escaped.

    Parameters
    ----------
    stream : text stream or None
        What is printed to; None where a process was started without.
    """

    def __init__(self, stream):
        self.stream = io.StringIO() if stream is None else stream
        self.problem = None

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, text):
        """Print a text if that is still possible."""
        self._attempt(self.stream.write, _encodable(text, self.stream))
        return len(text)

    def flush(self):
        """Hand on what was printed."""
        self._attempt(self.stream.flush)

    def finish(self):
        """Hand on what was printed; return the exit status that standard output asks for."""
        self.flush()
        if self.problem is None:
            return 0
        if isinstance(self.problem, BrokenPipeError):
            return NOBODY_READS
        complain(f"standard output: {explained(self.problem)}")
        return 1

    def _attempt(self, action, *arguments):
        if self.problem is not None:
            return
        try:
            action(*arguments)
        except OSError as error:
            self.problem = error
            # What waits in the buffer is written again when Python ends, and must not fail
            # again. Streams without a descriptor are not those of the process.
            with suppress(OSError), open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), self.stream.fileno())


@contextmanager
def standard_streams():
    """Print to a :class:`Stream` each; give the one that is standard output."""
    _take_closed_descriptors()
    stdout = Stream(sys.stdout)
    with redirect_stdout(stdout), redirect_stderr(Stream(sys.stderr)):
        yield stdout


def _take_closed_descriptors():
    """Open what was closed by the shell (``>&-``): or a model's file would be standard output."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
