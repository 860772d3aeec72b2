"""Images as points, by what the network makes of them."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from .._docs import substitute
from .._options import choose
from ._axes import COLORS, MARKERS, TEXT_SIZE, make_axes, pyplot
from ._images import as_images, classes_of, drawable, names_of
from ._texts import DISPLAY, FITTED_EXAMPLE, IMAGES, WRONG_DATA

MOST_NAMES = 20  # in a column of the legend
SIDE = 22  # of an image that is drawn as a point, in points of the figure
AX = """
ax : matplotlib Axes, default=None
    Where to draw. None makes a new figure."""
HOW = f"""
method : {{"pca", "tsne", "umap", "axis"}}, default="pca"
    How features become two coordinates: principal components, t-SNE, UMAP (of the package
    umap-learn), or axes of your own.
x_axis, y_axis : pair, default=None
    With ``method="axis"``: from which images to which other ones an axis leads. Each of the
    two is a class, by its label or name, or a set, an array of indices or of booleans. The
    mean of the one lies at 0, that of the other at 1. Without `y_axis` the second coordinate is
    the first principal component of what is left.
display_labels : sequence of str, default=None
    Names of the classes of `y`, in sorted order. None shows the labels themselves.
random_state : int, RandomState instance or None, default=0
    Seed of t-SNE and UMAP.{AX}"""
documented = substitute(
    ax=AX, display=DISPLAY, fitted_example=FITTED_EXAMPLE, how=HOW, images=IMAGES, raised=WRONG_DATA
)


class EmbeddingDisplay:
    """Images as points in a plane, near each other where the network finds them alike.

    Make one with :meth:`from_estimator` or :meth:`from_features`.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        The coordinates.
    axis_names : pair of str
        What the axes are called.
    names : ndarray of shape (n,), default=None
        The name of each point's class.
    class_names : ndarray of shape (n_classes,), default=None
        All names, in the order of the legend.
    images : ndarray of shape (n, H, W, C), default=None
        What is drawn instead of points.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.
    ax_ : matplotlib Axes
        The axes with the points.
    scatters_ : dict of str to matplotlib PathCollection
        The points of each class, by its name.
    images_ : list of matplotlib AnnotationBbox
        The images, if there are any.
    """

    def __init__(self, points, *, axis_names, names=None, class_names=None, images=None):
        self.points = points
        self.axis_names = axis_names
        self.names = names
        self.class_names = class_names
        self.images = images

    @classmethod
    @documented
    def from_estimator(cls, estimator, X, y=None, *, images=False, **how):
        """Draw images by the features of a network's last hidden layer.

        Parameters
        ----------
        estimator : object
            Something fitted that has `transform`: a classifier of this package, a Pipeline that
            ends in one, or a search.
        %(images)s
        y : array-like of shape (n,), default=None
            Their labels, which colours and markers show.
        images : bool, default=False
            Whether the images themselves are drawn as points: a few hundred at most.
        **how : dict
            `method`, `x_axis`, `y_axis`, `display_labels`, `random_state` and `ax`, as
            :meth:`from_features` has them.

        %(display)s
        TypeError
            If the estimator has no `transform`, or `images` is neither True nor False.
        %(raised)s

        Examples
        --------
        >>> from skfashion.inspection import EmbeddingDisplay
        %(fitted_example)s
        >>> EmbeddingDisplay.from_estimator(fitted, X, y).points.shape
        (50, 2)
        """
        pyplot()
        if not hasattr(estimator, "transform"):
            raise TypeError(
                f"estimator, of type {type(estimator).__name__}, has no transform: give a "
                "classifier of skfashion, a Pipeline that ends in one, or a search; or give "
                "features to from_features."
            )
        if not isinstance(images, bool | np.bool_):
            raise TypeError(
                f"images is of type {type(images).__name__}; wanted: True, which draws X, or "
                "False. Other images can be given to from_features."
            )
        features = estimator.transform(X)
        return cls.from_features(features, y, images=X if images else None, **how)

    @classmethod
    @documented
    def from_features(
        cls,
        features,
        y=None,
        *,
        images=None,
        method="pca",
        x_axis=None,
        y_axis=None,
        display_labels=None,
        random_state=0,
        ax=None,
    ):
        """Draw images by features of any origin.

        Parameters
        ----------
        features : array-like of shape (n, n_features)
            Features: what `transform` gives, or the pixels.
        y : array-like of shape (n,), default=None
            Labels, which colours and markers show.
        images : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            What is drawn instead of points. None, the default, draws points.
        %(how)s

        %(display)s
            Or umap-learn is not, for ``method="umap"``.
        %(raised)s

        Examples
        --------
        >>> from skfashion.datasets import make_garments
        >>> from skfashion.inspection import EmbeddingDisplay
        >>> X, y = make_garments(100, random_state=0, return_X_y=True)
        >>> display = EmbeddingDisplay.from_features(X, y, method="axis", x_axis=(3, 9))
        >>> x = display.points[:, 0]
        >>> abs(x[y == 3].mean().round(6)), x[y == 9].mean().round(6)
        (np.float64(0.0), np.float64(1.0))
        """
        pyplot()
        features = check_array(
            features,
            dtype=float,
            ensure_min_samples=3,
            ensure_min_features=2,
            input_name="features",
        )
        names = class_names = classes = None
        if y is not None:
            y = column_or_1d(y)
            check_consistent_length(features, y)
            labels, codes = classes_of(y)
            class_names = names_of(labels, display_labels)
            classes = dict(zip(labels.tolist(), class_names.tolist(), strict=True))
            names = class_names[codes]
        if images is not None:
            images = as_images(images)
            check_consistent_length(features, images)
        reduce = choose("method", method, METHODS)
        if method == "axis":
            points, axis_names = reduce(
                features, _Members(y, classes, len(features)), x_axis, y_axis
            )
        elif x_axis is not None or y_axis is not None:
            raise ValueError(f'x_axis and y_axis need method="axis", but method={method!r}.')
        else:
            points, axis_names = reduce(features, random_state)
        display = cls(
            points, axis_names=axis_names, names=names, class_names=class_names, images=images
        )
        return display.plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        Parameters
        ----------
        %(ax)s

        Returns
        -------
        self : object
            The display.
        """
        n_columns = 1 if self.names is None else -(-len(self.class_names) // MOST_NAMES)
        self.figure_, axes = make_axes(ax, 1, 1, (5.2 + 1.4 * n_columns, 5.2))
        self.ax_ = axes[0, 0]
        self.scatters_, self.images_ = {}, []
        names, class_names = self.names, self.class_names
        if names is None:
            names, class_names = np.full(len(self.points), "all"), ["all"]
        class_names = list(dict.fromkeys(class_names))  # several classes may have one name
        for i, name in enumerate(class_names):
            color, there = COLORS[i % len(COLORS)], names == name
            # Where colours recur, the marker is another one.
            marker = MARKERS[(i + i // len(COLORS)) % len(MARKERS)]
            how = {"s": 30, "linewidths": 0, "alpha": 0.85, "label": name}
            points = self.ax_.scatter(*self.points[there].T, color=color, marker=marker, **how)
            self.scatters_[name] = points
            if self.images is not None:
                self._draw_images(np.flatnonzero(there), color)
        self.ax_.set(xlabel=self.axis_names[0], ylabel=self.axis_names[1])
        self.ax_.spines[["top", "right"]].set_visible(False)
        self.ax_.tick_params(labelsize=TEXT_SIZE)
        if self.names is not None:
            beside = {"loc": "center left", "bbox_to_anchor": (1, 0.5), "ncols": n_columns}
            # Given one by one: else matplotlib leaves out names that begin with an underscore.
            handles = [self.scatters_[name] for name in class_names]
            self.ax_.legend(handles, class_names, frameon=False, fontsize=TEXT_SIZE, **beside)
        return self

    def _draw_images(self, indices, color):
        """Draw images in the place of their points, in a frame of the class's colour."""
        from matplotlib.offsetbox import AnnotationBbox, OffsetImage

        images = drawable(self.images)
        if images.ndim == 3:
            images = np.repeat(images[..., None], 3, axis=3).clip(0, 1)
        zoom = SIDE / max(images.shape[1:3])
        frame = {"edgecolor": color, "facecolor": "none", "linewidth": 1.5}
        for i in indices:
            picture = OffsetImage(images[i], zoom=zoom, interpolation="nearest")
            box = AnnotationBbox(picture, self.points[i], pad=0.05, bboxprops=frame)
            self.images_.append(self.ax_.add_artist(box))


def _by_pca(features, random_state):
    with np.errstate(invalid="ignore"):  # all the same: 0 of 0
        pca = PCA(2, svd_solver="full").fit(features)
    fractions = np.nan_to_num(pca.explained_variance_ratio_)
    names = [f"principal component {i} ({f:.0%})" for i, f in enumerate(fractions, start=1)]
    return pca.transform(features), tuple(names)


def _by_tsne(features, random_state):
    if np.ptp(features, axis=0).max() == 0:
        raise ValueError(
            "All images have the same features, which t-SNE cannot place: none of them can be told "
            'apart. method="pca" draws them as one point.'
        )
    perplexity = min(30, (len(features) - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init="pca", random_state=random_state)
    return tsne.fit_transform(features), ("t-SNE 1", "t-SNE 2")


def _by_umap(features, random_state):
    try:
        from umap import UMAP
    except ImportError as error:
        raise ImportError('method="umap" needs umap-learn: pip install umap-learn') from error
    n_neighbors = min(15, len(features) - 1)
    umap = UMAP(n_components=2, n_neighbors=n_neighbors, random_state=random_state)
    return umap.fit_transform(features), ("UMAP 1", "UMAP 2")


def _by_axes(features, members, x_axis, y_axis):
    """Return coordinates along axes between the means of two sets of images each."""
    if x_axis is None:
        raise ValueError(
            'method="axis" needs x_axis, a pair of classes or of sets of images, such as '
            'x_axis=("Shirt", "Dress").'
        )
    x, direction, x_name = _along(features, members, "x_axis", x_axis)
    if y_axis is not None:
        y, _, y_name = _along(features, members, "y_axis", y_axis)
        return np.column_stack([x, y]), (x_name, y_name)
    unit = direction / np.linalg.norm(direction)
    centred = features - features.mean(axis=0)
    left = centred - np.outer(centred @ unit, unit)
    y = PCA(1, svd_solver="full").fit_transform(left)[:, 0]
    return np.column_stack([x, y]), (x_name, "first principal component of what is left")


def _along(features, members, parameter, axis):
    """Return coordinates on an axis, its direction and its name."""
    if isinstance(axis, str) or not hasattr(axis, "__len__") or len(axis) != 2:
        raise ValueError(
            f"{parameter}={axis!r} is no pair: give two classes, or two sets of images as arrays "
            "of indices or of booleans."
        )
    (here, here_name), (there, there_name) = (members.of(parameter, end) for end in axis)
    start = features[here].mean(axis=0)
    direction = features[there].mean(axis=0) - start
    squared = direction @ direction
    if not squared > 0:
        raise ValueError(
            f"The two ends of {parameter} have the same mean features, so that no axis leads from "
            "one to the other: give others."
        )
    return (
        (features - start) @ direction / squared,
        direction,
        f"{here_name} \N{RIGHTWARDS ARROW} {there_name}",
    )


class _Members:
    """Which images the ends of axes are.

    Parameters
    ----------
    y : ndarray of shape (n,) or None
        Labels.
    classes : dict of object to str or None
        The names of the labels.
    n : int
        Number of images.
    """

    def __init__(self, y, classes, n):
        self.y = y
        self.classes = classes
        self.n = n

    def of(self, parameter, end):
        """Return the indices of the images of an end, and its name."""
        if np.ndim(end) == 0:
            return self._of_class(parameter, end)
        members = np.asarray(end)
        if members.dtype == bool and members.shape == (self.n,):
            members = np.flatnonzero(members)
        good = members.ndim == 1 and members.dtype.kind in "iu" and len(members)
        if not good or members.min() < -self.n or members.max() >= self.n:
            raise ValueError(
                f"{parameter} has a set of images that is none; wanted: an array of at least one "
                f"index below {self.n}, or {self.n} booleans with at least one True."
            )
        return members, f"{len(members)} images"

    def _of_class(self, parameter, end):
        if self.y is None:
            raise ValueError(f"{parameter} has the class {end!r}, for which y is needed as well.")
        for label, name in self.classes.items():
            if end in (label, name):
                return np.flatnonzero(self.y == label), name
        raise ValueError(
            f"{parameter} has {end!r}, which is none of the classes {list(self.classes)[:10]}, nor "
            f"of their names {list(self.classes.values())[:10]}."
        )


METHODS = {"pca": _by_pca, "tsne": _by_tsne, "umap": _by_umap, "axis": _by_axes}
