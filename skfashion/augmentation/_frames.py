"""DataFrames of flat rows, with pandas and polars: pixels in, and frames of the same kind out."""

import sys

import numpy as np
from sklearn.utils import check_array
from sklearn.utils._set_output import _get_container_adapter


def pixels_of(X):
    """Return images as a checked array.

    Parameters
    ----------
    X : array-like or DataFrame
        Images in any layout.

    Returns
    -------
    ndarray
        Of X's shape and dtype; of the common dtype of a DataFrame's columns.

    Raises
    ------
    TypeError, ValueError
        If X is sparse, is not numeric, or has values that are missing or infinite.
    """
    pixels = check_array(X, ensure_2d=False, allow_nd=True)
    if _is_frame(X, "pandas"):
        # scikit-learn reads pandas's nullable dtypes as float64, in which 255 is not white.
        dtypes = {_numpy_dtype(dtype) for dtype in X.dtypes}
        if all(isinstance(dtype, np.dtype) and dtype.kind != "O" for dtype in dtypes):
            pixels = pixels.astype(np.result_type(*dtypes), copy=False)
    return pixels


def framed_like(X, rows):
    """Return flat rows, (n, H*W*C), as what X is.

    Parameters
    ----------
    X : array-like or DataFrame
        What the rows were made from.
    rows : ndarray of shape (n, H*W*C)
        New values.

    Returns
    -------
    DataFrame or ndarray
        A DataFrame of X's kind, columns and index, and of its dtype if all columns have the
        same; an array if X is none.
    """
    if _is_frame(X, "pandas"):
        frame = sys.modules["pandas"].DataFrame(rows, index=X.index, columns=X.columns)
        dtypes = set(X.dtypes)
        nullable = len(dtypes) == 1 and frame.dtypes.iloc[0] == _numpy_dtype(*dtypes)
        return frame.astype(*dtypes) if nullable else frame
    if _is_frame(X, "polars"):
        return sys.modules["polars"].DataFrame(rows, schema=X.columns, orient="row")
    return rows


def as_set_output(augmentation, X):
    """Return images in the container that scikit-learn's ``set_output`` asks for.

    Parameters
    ----------
    augmentation : Augmentation
        Whose setting counts; if it has none, the global one does.
    X : array-like or DataFrame
        Images. Those with axes for height and width stay an array: a DataFrame has no such
        axes.

    Returns
    -------
    array-like or DataFrame
        The same object unless another container is wanted.
    """
    adapter = _get_container_adapter("transform", augmentation)
    if adapter is None or np.ndim(X) != 2 or adapter.is_supported_container(X):
        return X
    rows = np.asarray(X)
    names = getattr(X, "columns", None)
    if names is None:
        known = getattr(augmentation, "n_features_in_", None) == rows.shape[1]
        names = augmentation.get_feature_names_out() if known else _numbered(rows.shape[1])
    names = np.array([str(name) for name in names], dtype=object)
    return adapter.create_container(rows, X, columns=names, inplace=False)


def _is_frame(X, library):
    # If the library was never imported, X is not one of its frames.
    module = sys.modules.get(library)
    return hasattr(module, "DataFrame") and isinstance(X, module.DataFrame)


def _numpy_dtype(dtype):
    return getattr(dtype, "numpy_dtype", dtype)


def _numbered(n_features):
    return [f"x{i}" for i in range(n_features)]
