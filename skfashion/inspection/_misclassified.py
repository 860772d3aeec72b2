"""The images that a classifier takes for something else."""

import numpy as np
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from ._axes import (
    EMPHASIS,
    LINE_HEIGHT,
    TEXT_SIZE,
    bare,
    grid_of,
    make_axes,
    n_lines,
    pyplot,
    show_image,
    wrapped,
)
from ._classifiers import find_classifier
from ._images import as_images, check_n, drawable, names_of
from ._texts import documented


@documented
class MisclassifiedDisplay:
    """Images that are classified wrongly, the worst first.

    Above each image stands what it is, below it what it is taken for, and with which
    probability. The worst is the one whose wrong class is the most probable.

    Make one with :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    images : ndarray of shape (n, H, W, C)
        The images that are shown.
    indices : ndarray of shape (n,)
        Which ones of X they are.
    true_names, predicted_names : ndarray of shape (n,)
        What they are, and what they are taken for.
    probabilities : ndarray of shape (n,)
        The probabilities of the predicted classes.
    n_misclassified, n_all : int
        How many images are misclassified, shown or not, and how many there are.
    cmap : str or matplotlib Colormap, default="gray"
        Colours of grey images.

    Attributes
    ----------
    %(drawn)s
    images_ : list of matplotlib AxesImage
        What is drawn in each of them.
    """

    def __init__(
        self,
        images,
        *,
        indices,
        true_names,
        predicted_names,
        probabilities,
        n_misclassified,
        n_all,
        cmap="gray",
    ):
        self.images = images
        self.indices = indices
        self.true_names = true_names
        self.predicted_names = predicted_names
        self.probabilities = probabilities
        self.n_misclassified = n_misclassified
        self.n_all = n_all
        self.cmap = cmap

    @classmethod
    @documented
    def from_estimator(cls, estimator, X, y, *, image_shape=None, **how):
        """Draw the images that a classifier takes for something else.

        Parameters
        ----------
        estimator : object
            A fitted classifier with `predict_proba`: also a Pipeline, a search or a vote.
        %(images)s
        y : array-like of shape (n,)
            Their labels.
        image_shape : tuple of int, default=None
            (H, W) or (H, W, C) of flat rows. None takes what the classifier has learned.
        **how : dict
            `display_labels`, `n_images`, `cmap` and `ax`, as :meth:`from_predictions` has them.

        %(display)s
        TypeError
            If the estimator has no `predict_proba`.
        ValueError
            If the data or a parameter are invalid.

        See Also
        --------
        sklearn.metrics.ConfusionMatrixDisplay : Which classes are taken for which.
        """
        pyplot()
        if not hasattr(estimator, "predict_proba"):
            raise TypeError(
                f"estimator, of type {type(estimator).__name__}, has no predict_proba: give a "
                "fitted classifier that has it, or give probabilities to from_predictions."
            )
        if image_shape is None and np.ndim(X) == 2:
            image_shape = _learned_shape(estimator, np.shape(X)[1])
        probabilities = estimator.predict_proba(X)
        classes = estimator.classes_
        return cls.from_predictions(
            X, y, probabilities, classes=classes, image_shape=image_shape, **how
        )

    @classmethod
    @documented
    def from_predictions(
        cls,
        X,
        y_true,
        y_proba,
        *,
        classes=None,
        display_labels=None,
        n_images=20,
        image_shape=None,
        cmap="gray",
        ax=None,
    ):
        """Draw the images whose most probable class is not the true one.

        Parameters
        ----------
        %(images)s
        y_true : array-like of shape (n,)
            Their labels.
        y_proba : array-like of shape (n, n_classes)
            The probabilities of the classes, as `predict_proba` gives them.
        classes : array-like of shape (n_classes,), default=None
            The labels of the columns of `y_proba`. None takes those of `y_true`, sorted.
        %(display_labels)s
        n_images : int, default=20
            Most images that are shown.
        %(of_images)s

        Examples
        --------
        >>> import numpy as np
        >>> from skfashion.datasets import make_garments
        >>> from skfashion.inspection import MisclassifiedDisplay
        >>> X, y = make_garments(20, random_state=0, return_X_y=True)
        >>> guesses = np.random.default_rng(0).dirichlet(np.ones(10), size=20)
        >>> display = MisclassifiedDisplay.from_predictions(X, y, guesses, n_images=6)
        >>> len(display.axes_), display.n_misclassified
        (6, 19)
        """
        pyplot()
        n_images = check_n("n_images", n_images)
        images, y_true = as_images(X, image_shape), column_or_1d(y_true)
        y_proba = _as_probabilities(y_proba)
        check_consistent_length(images, y_true, y_proba)
        classes = np.unique(y_true) if classes is None else np.asarray(classes)
        _check_classes(classes, y_true, y_proba)
        names = names_of(classes, display_labels)

        order = np.argsort(classes, kind="stable")
        truth = order[np.searchsorted(classes, y_true, sorter=order)]
        predicted, rows = y_proba.argmax(axis=1), np.arange(len(y_true))
        wrong = np.flatnonzero(predicted != truth)
        # Of two that are equally sure, first the one with the less probable true class.
        worst = np.lexsort((y_proba[rows, truth][wrong], -y_proba[rows, predicted][wrong]))
        shown = wrong[worst][:n_images]
        display = cls(
            images[shown],
            indices=shown,
            true_names=names[truth[shown]],
            predicted_names=names[predicted[shown]],
            probabilities=y_proba[shown, predicted[shown]],
            n_misclassified=len(wrong),
            n_all=len(y_true),
            cmap=cmap,
        )
        return display.plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        %(plot)s
        """
        n = len(self.images)
        n_rows, n_columns = grid_of(n, 5)
        titles = [wrapped(f"is: {name}") for name in self.true_names]
        labels = [wrapped(name) for name in self.predicted_names]
        height = 1.45 + LINE_HEIGHT * (n_lines(titles) + n_lines(labels) + 1)
        self.figure_, axes = make_axes(ax, n_rows, n_columns, (1.45, height))
        self.axes_, self.images_ = axes.ravel()[:n], []
        for left_over in axes.ravel()[max(n, 1) :]:
            left_over.set_axis_off()
        if not n:
            bare(axes[0, 0])
            message = f"None of {self.n_all:,} images\nis misclassified."
            axes[0, 0].text(0.5, 0.5, message, ha="center", va="center")
            return self
        texts = zip(titles, labels, self.probabilities, strict=True)
        drawn = zip(self.axes_, drawable(self.images), texts, strict=True)
        for ax, image, (title, name, probability) in drawn:
            self.images_.append(show_image(ax, image, self.cmap))
            ax.set_title(title, fontsize=TEXT_SIZE)
            label = f"{name}\n{probability:.0%}"
            ax.set_xlabel(label, fontsize=TEXT_SIZE, color=EMPHASIS, fontweight="bold")
        return self


def _learned_shape(estimator, n_columns):
    """Return the shape of images that a classifier within the estimator has learned, if any."""
    try:
        shape = find_classifier(estimator)[0].image_shape_
    except TypeError:  # a vote, say
        return None
    return shape if np.prod(shape) == n_columns else None


def _as_probabilities(y_proba):
    if np.ndim(y_proba) == 1:
        raise ValueError(
            "y_proba has one axis: give the probabilities of the classes, (n, n_classes), as "
            "predict_proba gives them, and not the labels of predict."
        )
    y_proba = check_array(y_proba, input_name="y_proba")
    if y_proba.min() < 0 or y_proba.max() > 1.001:  # rounded sums can be above 1
        raise ValueError(
            f"y_proba has values from {y_proba.min():.3g} to {y_proba.max():.3g}; wanted: "
            "probabilities from 0 to 1, as predict_proba gives them."
        )
    return y_proba


def _check_classes(classes, y_true, y_proba):
    if len(classes) != y_proba.shape[1]:
        raise ValueError(
            f"y_proba has {y_proba.shape[1]} columns, but there are {len(classes)} classes: give "
            "classes=estimator.classes_, the labels of the columns."
        )
    unknown = np.setdiff1d(y_true, classes)
    if len(unknown):
        raise ValueError(
            f"y_true has labels that are not among the classes {classes[:10].tolist()}: "
            f"{unknown[:10].tolist()}."
        )
