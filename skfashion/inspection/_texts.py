"""Texts that the docstrings of several displays share."""

from .._docs import substitute

AX = """
ax : matplotlib Axes or array of Axes, default=None
    Where to draw: a single one, whose place is divided, or as many as the picture has. None
    makes a new figure."""
FITTED = """
estimator : object
    A fitted classifier of this package, alone, as the last step of a Pipeline, or within a
    search."""
IMAGES = """
X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
    Images."""
FIRST_IMAGES = """
n_images : int, default={}
    Number of images, from the first on."""
DISPLAY_LABELS = """
display_labels : sequence of str, default=None
    Names of the classes, in the order of `classes_`. None shows the labels themselves."""
CMAP = """
cmap : str or matplotlib Colormap, default="gray"
    Colours of grey images; "gray_r" shows them dark on light."""
LAYERS = """
Names of layers as ``estimator.module_.named_modules()`` has them."""
IMAGE_SHAPE = """
image_shape : tuple of int, default=None
    (H, W) or (H, W, C) of flat rows. None reads them as square images."""
DRAWN = """
figure_ : matplotlib Figure
    The figure.
axes_ : ndarray of matplotlib Axes
    The axes of it that are drawn in."""
DISPLAY = """
Returns
-------
display : object
    The display, drawn.

Raises
------
ImportError
    If matplotlib is not installed."""
PLOT = f"""
Parameters
----------{AX}

Returns
-------
self : object

Raises
------
ImportError
    If matplotlib is not installed.
ValueError
    If `ax` has too few axes."""

documented = substitute(
    ax=AX,
    cmap=CMAP,
    display=DISPLAY,
    display_labels=DISPLAY_LABELS,
    drawn=DRAWN,
    fitted=FITTED,
    image_shape=IMAGE_SHAPE,
    images=IMAGES,
    n_images_8=FIRST_IMAGES.format(8),
    plot=PLOT,
)
