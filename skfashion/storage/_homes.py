"""In which folders files of data and models lie."""

import os
from pathlib import Path

DATA_HOME_VARIABLE = "SKFASHION_DATA_HOME"


def data_homes(data_home=None):
    """Return the folders to look into; the first is the one to download to.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The only folder. If None, the folder that the environment variable
        ``SKFASHION_DATA_HOME`` names, if there is one, and scikit-learn's data home.

    Returns
    -------
    list of Path
        They need not exist.
    """
    homes = [data_home]
    if data_home is None:
        # scikit-learn's own: get_data_home returns the same, but makes the folder too.
        sklearn_home = os.environ.get("SCIKIT_LEARN_DATA") or "~/scikit_learn_data"
        homes = [os.environ.get(DATA_HOME_VARIABLE) or sklearn_home, sklearn_home]
    # Not pathlib's expanduser, which raises where a user has no home.
    return [Path(os.path.expanduser(home)) for home in dict.fromkeys(homes)]
