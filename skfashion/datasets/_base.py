"""What the sets of garments have in common."""

import numpy as np
from sklearn.utils import Bunch

HEIGHT, WIDTH = 28, 28
TARGET_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

# What the docstrings of the functions that return a Bunch have in common.
BUNCH_TEXTS = {
    "names": """
        feature_names : list of length 784
            ``"pixel_0_0"`` to ``"pixel_27_27"``.
        target_names : ndarray of shape (10,), dtype str
            The names of the classes.
        DESCR : str
            The description of the data set.
        """,
    "data_and_target": """
        (data, target) : tuple if `return_X_y` is True
            The two as described above.
        """,
}


def feature_names():
    """Name the columns of `data` as :func:`sklearn.datasets.load_digits` does."""
    return [f"pixel_{row}_{column}" for row in range(HEIGHT) for column in range(WIDTH)]


def as_bunch(data, target, *, descr, frame=None, images=None):
    """Put together the Bunch that every function of this package returns.

    Parameters
    ----------
    data : ndarray or DataFrame of shape (n_samples, 784)
        One flat image a row.
    target : ndarray or Series of shape (n_samples,)
        The codes of the classes.
    descr : str
        The description.
    frame : DataFrame, default=None
        `data` and `target` side by side.
    images : ndarray of shape (n_samples, 28, 28), default=None
        The same pixels as `data`. If None, a view of `data`.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        With `data`, `images`, `target`, `frame`, `feature_names`, `target_names`
        and `DESCR`.
    """
    if images is None:
        images = data.reshape(-1, HEIGHT, WIDTH)  # a view: data is C-contiguous
    return Bunch(
        data=data,
        images=images,
        target=target,
        frame=frame,
        feature_names=feature_names(),
        target_names=np.array(TARGET_NAMES),
        DESCR=descr,
    )
