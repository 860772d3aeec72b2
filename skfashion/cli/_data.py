"""The images that a classifier is trained and tested with."""

from .. import datasets
from ..storage import data_homes
from ._printing import complain, say

DATA = ("fashion-mnist", "garments")
N_GARMENTS = {"train": 6000, "test": 1000}


def load_data(name, data_home, seed):
    """Load a data set; or drawn garments where Fashion-MNIST cannot be found.

    Parameters
    ----------
    name : {"fashion-mnist", "garments"}
        Which data set.
    data_home : Path or None
        The folder of Fashion-MNIST, if it is not one of the usual ones.
    seed : int
        What garments are drawn from.

    Returns
    -------
    title : str
        What the data set is called.
    train, test : Bunch
        Its parts.

    Raises
    ------
    OSError
        If files of Fashion-MNIST are there but damaged, or cannot be read or written.
    """
    if name == "fashion-mnist":
        say("Loading Fashion-MNIST")
        try:
            parts = [
                datasets.fetch_fashion_mnist(subset=subset, data_home=data_home, n_retries=0)
                for subset in ("train", "test")
            ]
            return "Fashion-MNIST", *parts
        except OSError as error:
            if _is_damage(error):
                raise
        complain(
            "Fashion-MNIST is not on disk and cannot be downloaded: drawn garments take its "
            f"place. Looked in {_searched(data_home)} and the subfolder fashion-mnist; "
            "--data-home names a folder that has it"
        )
    parts = [
        # Seeds end at 2**32 - 1. The two parts differ, as one seed is even and one is odd.
        datasets.make_garments(n, random_state=(2 * seed + i) % 2**32)
        for i, n in enumerate((N_GARMENTS["train"], N_GARMENTS["test"]))
    ]
    return "drawn garments", *parts


def _is_damage(error):
    """Return whether files are there but cannot be used, rather than missing."""
    return error.errno is not None or isinstance(error.__cause__, ValueError)


def _searched(data_home):
    """Return the folders that `fetch_fashion_mnist` looks into, as a text."""
    return ", ".join(map(str, data_homes(data_home)))
