"""Whether what a model file says was learned is possible."""

import numpy as np

MAX_LAYERS = 1000  # that one parameter states
METRICS = ("train_loss", "train_acc", "valid_loss", "valid_acc", "dur")
PRECISIONS = ("bfloat16", "float32", "float64")


def check_learned(fitted, history):
    """Check what a file says was learned.

    Parameters
    ----------
    fitted : dict of str to object
        Fitted attributes by their names.
    history : list of dict
        A dictionary for each epoch.

    Raises
    ------
    ValueError, TypeError or KeyError
        If something is missing, of another type, or impossible.
    """
    height, width, n_channels = shape = fitted["image_shape_"]
    if type(shape) is not tuple or not all(type(n) is int and n > 0 for n in shape):
        raise ValueError(f"image_shape_={shape} is no shape of images")
    n_features = height * width * n_channels
    if type(fitted["n_features_in_"]) is not int or fitted["n_features_in_"] != n_features:
        raise ValueError("n_features_in_ is not that of the images")
    _check_scaling(fitted, n_channels)
    classes = _array("classes_", fitted["classes_"])
    different = np.unique(classes)
    if classes.ndim != 1 or len(classes) < 2 or not np.array_equal(different, classes):
        raise ValueError("classes_ are not different labels in increasing order")
    names = fitted.get("feature_names_in_")
    if names is not None and (
        _array("feature_names_in_", names).shape != (n_features,) or names.dtype != object
    ):
        raise ValueError("feature_names_in_ has not a name for each pixel")
    _check_epochs(fitted, history)


def _array(name, value):
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is no array")
    return value


def _check_scaling(fitted, n_channels):
    """Check how pixels become what the network sees."""
    for name in ("mean_", "std_"):
        values = _array(name, fitted[name])
        # Of the machine's own byte order: torch takes no other.
        if values.shape != (n_channels,) or values.dtype not in (np.float32, np.float64):
            raise ValueError(f"{name} is not a number for each channel")
        if not np.isfinite(values).all() or (name == "std_" and (values <= 0).any()):
            raise ValueError(f"{name} is not possible")
    with np.errstate(over="ignore", under="ignore"):
        mean, std = (fitted[name].astype(np.float32) for name in ("mean_", "std_"))
        scaled = fitted["mean_"] / fitted["std_"]
        seen = (mean, std, scaled.astype(np.float32))  # by the network
    if not all(np.isfinite(values).all() for values in seen) or (std <= 0).any():
        raise ValueError("mean_ or std_ is beyond the numbers that the network computes with")
    if fitted["precision_"] not in PRECISIONS:
        raise ValueError("precision_ is not known")
    if type(fitted.get("automatic_", False)) is not bool:
        raise TypeError("automatic_ is neither true nor false")
    seen = fitted.get("pixel_range_")
    if seen is not None and [type(part) for part in seen] != [float, float, bool]:
        raise TypeError("pixel_range_ is no range")


def _check_epochs(fitted, history):
    n_epochs, best = (fitted[name] for name in ("n_iter_", "best_epoch_"))
    if type(n_epochs) is not int or type(best) is not int:
        raise TypeError("n_iter_ or best_epoch_ is no whole number")
    if n_epochs != len(history) or not 0 <= best <= n_epochs:
        raise ValueError("n_iter_ or best_epoch_ is not one of the history")
    for row in history:
        for name in METRICS:
            if name in row and type(row[name]) not in (int, float):
                raise TypeError(f"{name} in the history is no number")
        if type(row.get("epoch", 1)) is not int or row.get("epoch", 1) < 1:
            raise ValueError("an epoch in the history is not a whole number of at least 1")


def check_built_with(parameters):
    """Raise ValueError if a network would have more layers than any has."""
    for name, value in parameters.items():
        if isinstance(value, list | tuple | dict | np.ndarray) and len(value) > MAX_LAYERS:
            raise ValueError(f"{name:.80} is more than {MAX_LAYERS} values")
