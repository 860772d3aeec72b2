"""What is raised for files that are not as `save` writes them."""

from contextlib import contextmanager


class ModelFileError(ValueError):
    """A file that :func:`~skfashion.load` cannot read.

    It was not written by :func:`~skfashion.save`, is altered or cut short, is of a newer format,
    or holds something that is not known or not possible here. Nothing of the file was run, and no
    more memory taken than some 100 MB and three times its size.
    """


@contextmanager
def damage_explained(path):
    """Raise a ModelFileError that names the file for whatever its content leads to.

    What the system says of the file, an OSError, is left as it is.
    """
    try:
        yield
    except (ModelFileError, OSError):
        raise
    except Exception as error:  # what a wrong content leads to has no end
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ModelFileError(f"{path} is damaged ({reason:.300}).") from error
