"""Docstrings that are put together from those of a class and its bases."""

from skfashion.estimators._docs import entries_of, inherit, sections


class Base:
    """A base.

    Parameters
    ----------
    lr : float, default=0.1
        Learning rate.
    width : int, default=8
        Channels.

    Attributes
    ----------
    classes_ : ndarray
        Classes.
    """

    lr = 0.1
    width = 8


def test_sections_and_entries():
    parts = sections(Base.__doc__)
    assert parts[""] == "A base."
    assert list(parts) == ["", "Parameters", "Attributes"]
    entries = entries_of(parts["Parameters"])
    assert entries["lr"] == "lr : float, default=0.1\n    Learning rate."
    assert list(entries) == ["lr", "width"]


def test_a_subclass_says_what_is_its_own():
    class Sub(Base):
        """A subclass.

        Parameters
        ----------
        depth : int, default=2
            Layers.

        Notes
        -----
        Deep.
        """

        lr = 0.5
        depth = 2

    inherit(Sub)
    parts = sections(Sub.__doc__)
    assert list(parts) == ["", "Parameters", "Attributes", "Notes"]
    entries = entries_of(parts["Parameters"])
    assert list(entries) == ["depth", "lr", "width"]
    assert entries["lr"].startswith("lr : float, default=0.5\n")
    assert entries["width"].startswith("width : int, default=8\n")
    assert "classes_" in entries_of(parts["Attributes"])


def test_references_are_those_of_the_base_if_there_are_no_others():
    class Cited(Base):
        """A base.

        References
        ----------
        .. [1] The first.
        """

    class Sub(Cited):
        """A subclass."""

    class Other(Cited):
        """Another one.

        References
        ----------
        .. [1] The second.
        """

    for cls in (Cited, Sub, Other):
        inherit(cls)
    assert sections(Sub.__doc__)["References"] == ".. [1] The first."
    assert sections(Other.__doc__)["References"] == ".. [1] The second."


def test_a_class_without_a_docstring_is_left_without():
    class Silent(Base):
        pass

    inherit(Silent)
    assert Silent.__doc__ is None
