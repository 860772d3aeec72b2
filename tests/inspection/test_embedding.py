"""Images as points."""

import sys
import warnings
from types import ModuleType

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from skfashion.inspection import EmbeddingDisplay

rng = np.random.default_rng(0)
FEATURES = rng.normal(size=(30, 5)) + np.repeat(np.eye(5)[:3] * 10, 10, axis=0)
LABELS = np.repeat(["a", "b", "c"], 10)


def test_principal_components():
    display = EmbeddingDisplay.from_features(FEATURES, LABELS)
    pca = PCA(2).fit(FEATURES)
    np.testing.assert_allclose(np.abs(display.points), np.abs(pca.transform(FEATURES)))
    fraction = pca.explained_variance_ratio_[0]
    assert display.ax_.get_xlabel() == f"principal component 1 ({fraction:.0%})"


def test_points_of_each_class_differ_in_colour_and_marker():
    display = EmbeddingDisplay.from_features(FEATURES, LABELS, display_labels=["C", "B", "A"])
    assert list(display.scatters_) == ["C", "B", "A"]
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == ["C", "B", "A"]
    np.testing.assert_array_equal(display.scatters_["B"].get_offsets(), display.points[10:20])
    colors = {tuple(points.get_facecolor()[0]) for points in display.scatters_.values()}
    markers = {points.get_paths()[0].vertices.tobytes() for points in display.scatters_.values()}
    assert len(colors) == len(markers) == 3


def test_more_classes_than_colours():
    display = EmbeddingDisplay.from_features(np.random.rand(24, 3), np.arange(24) % 12)
    assert len(display.scatters_) == 12


def test_t_sne_keeps_neighbours_together():
    points = EmbeddingDisplay.from_features(FEATURES, method="tsne", random_state=3).points
    again = EmbeddingDisplay.from_features(FEATURES, method="tsne", random_state=3).points
    np.testing.assert_array_equal(points, again)
    distances = np.linalg.norm(points[:, None] - points, axis=2) + np.eye(30) * 1e9
    assert (LABELS[distances.argmin(axis=1)] == LABELS).mean() > 0.9


def test_t_sne_of_few_points():
    assert EmbeddingDisplay.from_features(FEATURES[::10], method="tsne").points.shape == (3, 2)


def test_umap(monkeypatch):
    class UMAP:
        def __init__(self, **parameters):
            assert parameters["n_components"] == 2

        def fit_transform(self, features):
            return features[:, :2]

    module = ModuleType("umap")
    module.UMAP = UMAP
    monkeypatch.setitem(sys.modules, "umap", module)
    display = EmbeddingDisplay.from_features(FEATURES, method="umap")
    np.testing.assert_array_equal(display.points, FEATURES[:, :2])
    assert display.ax_.get_xlabel() == "UMAP 1"


def test_umap_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ImportError, match='method="umap" needs umap-learn: pip install umap-learn'):
        EmbeddingDisplay.from_features(FEATURES, method="umap")


def mean_at(display, members):
    return display.points[members].mean(axis=0)


@pytest.mark.parametrize(
    "ends",
    [
        ("a", "b"),
        ("A", "B"),
        (LABELS == "a", LABELS == "b"),
        (np.arange(10), list(range(10, 20))),
        ("a", np.arange(10, 20)),
    ],
)
def test_an_axis_of_ones_own(ends):
    display = EmbeddingDisplay.from_features(
        FEATURES, LABELS, method="axis", x_axis=ends, display_labels=["A", "B", "C"]
    )
    assert np.allclose(mean_at(display, LABELS == "a")[0], 0)
    assert np.allclose(mean_at(display, LABELS == "b")[0], 1)
    # What is left does not vary along the axis: the third class is far off on the other one.
    across = display.points[:, 1]
    assert abs(across[LABELS == "c"].mean() - across[LABELS != "c"].mean()) > 5
    assert display.ax_.get_ylabel() == "first principal component of what is left"


def test_two_axes_of_ones_own():
    display = EmbeddingDisplay.from_features(
        FEATURES, LABELS, method="axis", x_axis=("a", "b"), y_axis=("a", "c")
    )
    np.testing.assert_allclose(mean_at(display, LABELS == "a"), [0, 0], atol=1e-12)
    np.testing.assert_allclose(mean_at(display, LABELS == "c")[1], 1)
    assert display.axis_names == ("a \N{RIGHTWARDS ARROW} b", "a \N{RIGHTWARDS ARROW} c")


def test_of_a_classifier(fitted, data):
    X, y, names = data
    display = EmbeddingDisplay.from_estimator(
        fitted, X, y, method="axis", x_axis=("Dress", "Sneaker"), display_labels=names
    )
    along = (fitted.transform(X).astype(float))[[*np.flatnonzero(y == 3)]].mean(axis=0)
    start, end = along, fitted.transform(X)[y == 7].astype(float).mean(axis=0)
    wanted = (fitted.transform(X) - start) @ (end - start) / ((end - start) @ (end - start))
    np.testing.assert_allclose(display.points[:, 0], wanted, atol=1e-5)


def test_images_as_points(fitted, data):
    X, y, _ = data
    display = EmbeddingDisplay.from_estimator(fitted, X[:20], y[:20], images=True)
    assert len(display.images_) == 20
    at = {tuple(box.xy): box.offsetbox.get_data() for box in display.images_}
    np.testing.assert_allclose(at[tuple(display.points[4])][..., 0], X[4] / 255)
    assert not EmbeddingDisplay.from_estimator(fitted, X[:20], y[:20]).images_


def test_without_labels():
    display = EmbeddingDisplay.from_features(FEATURES)
    assert display.ax_.get_legend() is None
    assert len(display.scatters_) == 1


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"method": "t-sne"}, "method='t-sne' is not known; .* mean 'tsne'"),
        ({"method": "axis"}, "needs x_axis, a pair of classes"),
        ({"x_axis": ("a", "b")}, "x_axis and y_axis need method=\"axis\", but method='pca'"),
        ({"method": "axis", "x_axis": "ab"}, "x_axis='ab' is no pair"),
        ({"method": "axis", "x_axis": ("a", "b", "c")}, "is no pair"),
        ({"method": "axis", "x_axis": 3}, "x_axis=3 is no pair"),
        ({"method": "axis", "x_axis": ("a", "z")}, "x_axis has 'z', which is none of the classes"),
        ({"method": "axis", "x_axis": ("a", "a")}, "two ends of x_axis have the same mean"),
        ({"method": "axis", "x_axis": ("a", [])}, "has a set of images that is none"),
        ({"method": "axis", "x_axis": ("a", [30])}, "at least one index below 30"),
        ({"method": "axis", "x_axis": ("a", [0.5])}, "has a set of images that is none"),
        ({"method": "axis", "x_axis": ("a", LABELS == "z")}, "at least one True"),
        ({"method": "axis", "x_axis": ("a", "b"), "y_axis": ("a",)}, r"y_axis=\('a',\) is no pair"),
        ({"display_labels": ["x"]}, "display_labels is 1 names"),
        ({"images": np.zeros((3, 4, 4))}, "inconsistent numbers of samples"),
    ],
)
def test_errors(how, message):
    with pytest.raises(ValueError, match=message):
        EmbeddingDisplay.from_features(FEATURES, LABELS, **how)


def test_errors_of_the_data():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        EmbeddingDisplay.from_features(FEATURES, LABELS[:-1])
    with pytest.raises(ValueError, match="minimum of 3 is required"):
        EmbeddingDisplay.from_features(FEATURES[:2])
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        EmbeddingDisplay.from_features(FEATURES[:, :1])
    with pytest.raises(ValueError, match="Input features contains NaN"):
        EmbeddingDisplay.from_features(np.full((4, 4), np.nan))
    with pytest.raises(ValueError, match="has the class 'a', for which y is needed"):
        EmbeddingDisplay.from_features(FEATURES, method="axis", x_axis=("a", "b"))
    with pytest.raises(TypeError, match="of type LogisticRegression, has no transform"):
        EmbeddingDisplay.from_estimator(LogisticRegression(), FEATURES)


def test_features_that_are_all_the_same():
    with pytest.raises(ValueError, match="All images have the same features, which t-SNE"):
        EmbeddingDisplay.from_features(np.ones((20, 5)), method="tsne")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        points = EmbeddingDisplay.from_features(np.ones((20, 5))).points
    assert np.allclose(points, 0)


def test_all_names_are_in_the_legend():
    features = np.random.default_rng(0).normal(size=(90, 4))
    names = [f"_{i}" for i in range(45)]
    display = EmbeddingDisplay.from_features(features, np.arange(90) // 2, display_labels=names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        display.figure_.canvas.draw()
    legend = display.ax_.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == names
    assert legend.get_window_extent().y1 <= display.figure_.bbox.y1


def test_classes_of_the_same_name_are_drawn_once():
    features = np.random.default_rng(0).normal(size=(6, 4))
    labels = [0, 0, 1, 1, 2, 2]
    display = EmbeddingDisplay.from_features(features, labels, display_labels=["a", "b", "a"])
    counts = {name: len(points.get_offsets()) for name, points in display.scatters_.items()}
    assert counts == {"a": 4, "b": 2}
    assert len(display.ax_.collections) == 2


def test_images_are_a_switch(fitted, data):
    X, y, _ = data
    with pytest.raises(TypeError, match="images is of type ndarray; wanted: True"):
        EmbeddingDisplay.from_estimator(fitted, X, y, images=X)


def test_classes_differ_in_colour_or_marker():
    features = np.random.default_rng(0).normal(size=(40, 4))
    display = EmbeddingDisplay.from_features(features, np.arange(40) // 2)
    looks = {
        (tuple(points.get_facecolor()[0]), points.get_paths()[0].vertices.tobytes())
        for points in display.scatters_.values()
    }
    assert len(looks) == 20
