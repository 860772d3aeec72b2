"""Docstrings of the estimators, put together from what base and leaf each say."""

import inspect
import re

SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
PARAMETER = re.compile(r"^(\w+) : ", re.MULTILINE)


def sections(docstring):
    """Return the sections of a numpydoc docstring as a dictionary; "" is what comes first."""
    pieces = SECTION.split(inspect.cleandoc(docstring))
    return {"": pieces[0].strip()} | {
        name: body.strip() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def parameters(section):
    """Return the entries of a Parameters section as a dictionary by name."""
    pieces = PARAMETER.split(section)
    return {
        name: f"{name} : {text.strip()}"
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def inherit(cls, base):
    """Complete a class's docstring by the parameters and attributes of its base.

    The class says its own; where it only has another default than the base, the default in
    the text is replaced.

    Parameters
    ----------
    cls : type
        The class; its ``__doc__`` is replaced.
    base : type
        Whose docstring holds the shared parameters.
    """
    own, shared = sections(cls.__doc__), sections(base.__doc__)
    entries = parameters(own.get("Parameters", ""))
    for name, text in parameters(shared["Parameters"]).items():
        head, _, body = text.partition("\n")
        head = re.sub(r"default=.*", lambda _, n=name: f"default={getattr(cls, n)!r}", head)
        entries.setdefault(name, f"{head}\n{body}")
    own["Parameters"] = "\n".join(entries.values())
    own["Attributes"] = shared["Attributes"]
    order = ["Parameters", "Attributes", "See Also", "Notes", "References", "Examples"]
    text = own[""]
    for name in order:
        if name in own:
            text += f"\n\n{name}\n{'-' * len(name)}\n{own[name]}"
    cls.__doc__ = text + "\n"
