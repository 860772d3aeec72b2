"""Where in an image a class is seen."""

import numpy as np

from .._lazy import LazyModule, torch
from ._axes import LINE_HEIGHT, TEXT_SIZE, make_axes, n_lines, pyplot, show_image, wrapped
from ._classifiers import as_array, choose_layer, classifier_and_images, map_layers, record
from ._images import check_n, drawable, names_of
from ._texts import documented

inference = LazyModule("skfashion.inference")


@documented
class GradCAMDisplay:
    """Heat maps of what speaks for a class, by Grad-CAM.

    The feature maps of a layer are added up, each weighted by the mean of the gradient of the
    class's logit by that map; what is below 0, and so speaks against the class, is left out.
    Each heat map is scaled to its largest value, 1. It is 0 everywhere where nothing speaks for
    the class.

    Make one with :meth:`from_estimator`.

    Parameters
    ----------
    images : ndarray of shape (n, H, W, C)
        The images.
    heatmaps : ndarray of shape (n, H, W)
        Values from 0 to 1.
    class_names : ndarray of shape (n,)
        Which class each heat map is for.
    probabilities : ndarray of shape (n,)
        The probabilities of these classes.
    layer : str
        Name of the layer.

    Attributes
    ----------
    %(drawn)s
        Of shape (2 * rows, columns): images, and below them the heat maps over them.
    images_ : list of matplotlib AxesImage
        The heat maps as they are drawn.

    References
    ----------
    R. R. Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based
    localization", ICCV 2017.
    """

    def __init__(self, images, *, heatmaps, class_names, probabilities, layer):
        self.images = images
        self.heatmaps = heatmaps
        self.class_names = class_names
        self.probabilities = probabilities
        self.layer = layer

    @classmethod
    @documented
    def from_estimator(
        cls, estimator, X, *, target=None, layer=None, n_images=8, display_labels=None, ax=None
    ):
        """Draw the Grad-CAM heat maps of a classifier.

        Parameters
        ----------
        %(fitted)s
        %(images)s
        target : label or array-like of shape (n,), default=None
            The class, or a class for each image. None takes the most probable one.
        layer : str, default=None
            Name of a layer that makes feature maps, as ``estimator.module_.named_modules()``
            has it. None takes the activation after the last convolution.
        %(n_images_8)s
        %(display_labels)s
        %(of_fitted)s

        Examples
        --------
        >>> from skfashion.inspection import GradCAMDisplay
        %(fitted_example)s
        >>> display = GradCAMDisplay.from_estimator(fitted, X, n_images=3)
        >>> display.layer, display.heatmaps.shape
        ('convolutions.4', (3, 28, 28))
        """
        pyplot()
        classifier, images = classifier_and_images(estimator, X, check_n("n_images", n_images))
        names = names_of(classifier.classes_, display_labels)
        kinds, default = map_layers(classifier, images)
        layer = default[-1] if layer is None else choose_layer("layer", layer, kinds)
        codes = None
        if target is not None:
            codes = _codes(target, classifier.classes_, len(images))
        heatmaps, codes, probabilities = grad_cam(classifier, images, layer, codes)
        display = cls(
            images,
            heatmaps=heatmaps,
            class_names=names[codes],
            probabilities=probabilities,
            layer=layer,
        )
        return display.plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        %(plot)s
        """
        n = len(self.images)
        n_columns = min(n, 8)
        n_rows = 2 * -(-n // n_columns)
        names = [wrapped(name, 12) for name in self.class_names]
        height = 1.2 + LINE_HEIGHT * (n_lines(names) - 1) / 2  # above every second one
        self.figure_, self.axes_ = make_axes(ax, n_rows, n_columns, (1.2, height + 0.1))
        self.images_ = []
        for left_over in self.axes_.ravel():
            left_over.set_axis_off()
        for i, image in enumerate(drawable(self.images)):
            top, left = i // n_columns * 2, i % n_columns
            above, below = self.axes_[top : top + 2, left]
            for ax in (above, below):
                ax.set_axis_on()
                show_image(ax, image)
            heat = self.heatmaps[i]
            # What is cold lets the image through.
            drawn = below.imshow(heat, cmap="inferno", vmin=0, vmax=1, alpha=0.2 + 0.6 * heat)
            self.images_.append(drawn)
            title = f"{names[i]}\n{self.probabilities[i]:.0%}"
            above.set_title(title, fontsize=TEXT_SIZE)
        return self


def grad_cam(classifier, images, layer, codes=None):
    """Return heat maps, codes of the classes and their probabilities, all for n images.

    The layer is named, and its output is (n, C', H', W'). Without codes of classes, (n,), they are
    those of the most probable ones.
    """
    recording = record(classifier, images, lambda name, part: name == layer, grad=True)
    logits, maps = recording.logits, recording.outputs[layer]
    codes = logits.argmax(1).cpu().numpy() if codes is None else codes
    rows = np.arange(len(images))
    with inference.neutral_torch(grad=True):
        # The sum's gradient is that of each image's logit: images do not mix.
        (gradients,) = torch.autograd.grad(logits[rows, codes].sum(), maps)
    with inference.neutral_torch():
        weights = gradients.mean((2, 3), keepdim=True)  # (n, C', 1, 1)
        heat = (weights * maps).sum(1, keepdim=True).relu_()
        heat /= heat.amax((2, 3), keepdim=True).clamp_min(torch.finfo(heat.dtype).tiny)
        resized = torch.nn.functional.interpolate(
            heat, size=images.shape[1:3], mode="bilinear", align_corners=False
        )
        probabilities = as_array(logits.detach().softmax(1))[rows, codes]
    return as_array(resized[:, 0]), codes, probabilities


def _codes(target, classes, n):
    """Return the codes of the class of each image."""
    labels = np.asarray(target)
    if labels.ndim > 1 or (labels.ndim == 1 and len(labels) < n):
        raise ValueError(
            f"target has the shape {labels.shape}; wanted: a label, or a label for each of the "
            f"{n} images."
        )
    labels = np.broadcast_to(labels, n) if labels.ndim == 0 else labels[:n]
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise ValueError(
            f"target has {unknown.tolist()}, which is not among the classes {classes.tolist()}: "
            "give labels as y has them."
        )
    return np.searchsorted(classes, labels)
