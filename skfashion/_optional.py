"""Packages that few need: extras, imported when they are used."""

from importlib import import_module


def import_optional(module, extra, purpose):
    """Import a package that an extra installs.

    Parameters
    ----------
    module : str
        Full name of the module.
    extra : str
        Name of the extra of skfashion that has it.
    purpose : str
        What needs it, as the subject of a sentence in the plural: "Photographs".

    Returns
    -------
    module

    Raises
    ------
    ImportError
        If it is not installed, or is there but cannot be imported, with the reason.

    Examples
    --------
    >>> from skfashion._optional import import_optional
    >>> import_optional("no_such_package", "photos", "Photographs")
    Traceback (most recent call last):
    ...
    ImportError: Photographs need no_such_package: pip install "skfashion[photos]"
    """
    try:
        return import_module(module)
    except ImportError as error:
        needed = f"{purpose} need {module}"
        if isinstance(error, ModuleNotFoundError) and error.name == module.partition(".")[0]:
            message = f'{needed}: pip install "skfashion[{extra}]"'
        else:  # installed, but a library of the system is missing, say
            message = f"{needed}, which is installed but cannot be imported: {error}"
        raise ImportError(message) from error
