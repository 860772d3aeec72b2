"""Docstrings of the estimators, put together from what a class and its bases each say."""

import inspect
import re

SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
ENTRY = re.compile(r"^(\w+(?:, \w+)*) : ", re.MULTILINE)
ORDER = ("Parameters", "Attributes", "See Also", "Notes", "References", "Examples")


def sections(docstring):
    """Return the sections of a numpydoc docstring as a dictionary; "" is what comes first."""
    pieces = SECTION.split(inspect.cleandoc(docstring))
    return {"": pieces[0].strip()} | {
        name: body.strip() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def entries_of(section):
    """Return the entries of a section as a dictionary by their names."""
    pieces = ENTRY.split(section)
    return {
        name: f"{name} : {text.strip()}"
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def _shown(value):
    """Return a default as the docstrings write it, with double quotes."""
    text = repr(value)
    return text if '"' in text else text.replace("'", '"')


def inherit(cls):
    """Complete a class's docstring by the parameters and attributes of its bases.

    The class says its own; where it only has another default than a base, the default in the
    text is replaced. References are those of a base if the class has none. A class without a
    docstring is left without.

    Parameters
    ----------
    cls : type
        The class; its ``__doc__`` is replaced.
    """
    if not vars(cls).get("__doc__"):
        return
    own = sections(cls.__doc__)
    parameters, attributes = (entries_of(own.get(n, "")) for n in ("Parameters", "Attributes"))
    for base in cls.__mro__[1:]:
        shared = sections(vars(base).get("__doc__") or "")
        for name, text in entries_of(shared.get("Parameters", "")).items():
            head, _, body = text.partition("\n")
            default = _shown(getattr(cls, name, None))
            head = re.sub(r"default=.*", lambda _, default=default: f"default={default}", head)
            parameters.setdefault(name, f"{head}\n{body}")
        attributes = entries_of(shared.get("Attributes", "")) | attributes
        if "References" in shared:
            own.setdefault("References", shared["References"])
    own |= {"Parameters": "\n".join(parameters.values())}
    own |= {"Attributes": "\n".join(attributes.values())}
    text = own[""]
    for name in ORDER:
        if own.get(name):
            text += f"\n\n{name}\n{'-' * len(name)}\n{own[name]}"
    cls.__doc__ = text + "\n"
