"""Whether what a file says was learned is possible."""

import numpy as np
import pytest

from skfashion.persistence._checks import check_built_with, check_learned

LEARNED = {
    "image_shape_": (2, 3, 1),
    "n_features_in_": 6,
    "mean_": np.array([0.3]),
    "std_": np.array([0.2]),
    "precision_": "float32",
    "automatic_": True,
    "pixel_range_": (0.0, 255.0, True),
    "classes_": np.array(["a", "b"]),
    "feature_names_in_": np.array(list("abcdef"), dtype=object),
    "n_iter_": 2,
    "best_epoch_": 1,
}
HISTORY = [{"epoch": 1}, {"epoch": 2}]


def test_what_fits_passes():
    check_learned(LEARNED, HISTORY)
    needless = ("feature_names_in_", "pixel_range_", "automatic_")
    check_learned({k: v for k, v in LEARNED.items() if k not in needless}, HISTORY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image_shape_", (2, 0, 1)),
        ("image_shape_", [2, 3, 1]),
        ("image_shape_", (2, 3)),
        ("image_shape_", (2.0, 3, 1)),
        ("n_features_in_", 7),
        ("n_features_in_", "6"),
        ("mean_", np.array([np.nan])),
        ("mean_", np.array([0.1, 0.2])),
        ("mean_", [0.3]),
        ("std_", np.array([0.0])),
        ("std_", np.array([1])),
        ("precision_", "float16"),
        ("automatic_", 1),
        ("pixel_range_", (0, 255, True)),
        ("pixel_range_", (0.0,)),
        ("classes_", np.array(["b", "a"])),
        ("classes_", np.array(["a", "a"])),
        ("classes_", np.array(["a"])),
        ("classes_", np.array([[0, 1]])),
        ("feature_names_in_", np.array(["a"], dtype=object)),
        ("feature_names_in_", np.array(list("abcdef"))),
        ("n_iter_", 3),
        ("n_iter_", 2.0),
        ("best_epoch_", 3),
        ("best_epoch_", -1),
    ],
)
def test_what_is_impossible_raises(name, value):
    with pytest.raises((ValueError, TypeError)):
        check_learned(LEARNED | {name: value}, HISTORY)


@pytest.mark.parametrize("name", ["image_shape_", "mean_", "std_", "classes_", "n_iter_"])
def test_what_is_missing_raises(name):
    with pytest.raises(KeyError, match=name):
        check_learned({k: v for k, v in LEARNED.items() if k != name}, HISTORY)


def test_more_layers_than_any_network_has():
    check_built_with({"hidden_units": (8,) * 1000})
    with pytest.raises(ValueError, match="hidden_units is more than 1000 values"):
        check_built_with({"hidden_units": (8,) * 1001})
