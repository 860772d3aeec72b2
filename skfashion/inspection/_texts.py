"""Parts of docstrings that several displays share."""

from .._docs import substitute

AX = """
ax : matplotlib Axes or array of Axes, default=None
    Axes to draw in: a single one, whose area is divided, or as many as the figure needs. Make
    them with ``plt.subplots(layout="constrained")``, so that labels do not overlap. None creates
    a new figure."""
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
    The axes of the figure that are used."""
DISPLAY = """
Returns
-------
display : object
    The display.

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
    The display.

Raises
------
ImportError
    If matplotlib is not installed.
ValueError
    If `ax` has too few axes."""

WRONG_DATA = """
ValueError
    If the data or a parameter are invalid."""
OF_IMAGES = f"{IMAGE_SHAPE}{CMAP}{AX}\n{DISPLAY}{WRONG_DATA}"
OF_FITTED = f"""{AX}
{DISPLAY}
sklearn.exceptions.NotFittedError
    If the estimator is not fitted.{WRONG_DATA}"""
FITTED_EXAMPLE = """
>>> from skfashion import LeNet5Classifier
>>> from skfashion.datasets import make_garments
>>> X, y = make_garments(50, random_state=0, return_X_y=True)
>>> fitted = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y)"""

documented = substitute(
    ax=AX,
    display=DISPLAY,
    display_labels=DISPLAY_LABELS,
    drawn=DRAWN,
    fitted=FITTED,
    fitted_example=FITTED_EXAMPLE,
    images=IMAGES,
    n_images_8=FIRST_IMAGES.format(8),
    of_fitted=OF_FITTED,
    of_images=OF_IMAGES,
    plot=PLOT,
)
