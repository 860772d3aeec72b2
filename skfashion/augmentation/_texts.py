"""Texts that the docstrings of several augmentations share."""

from .._docs import substitute

IMAGES = """
X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
    Images. Flat rows, such as those of a DataFrame, are read as square images.
"""
FILL = """
fill_mode : {"constant", "edge", "reflect"}, default="constant"
    What is filled in at the border: `fill_value`, the nearest pixel of the edge, or the
    image's reflection.
fill_value : float, default=0.0
    Value of the pixels that are filled in if `fill_mode` is "constant", in the unit of X.
"""
RANDOM_STATE = """
random_state : int, RandomState instance or None, default=None
    Seed of `fit_transform`. An estimator that has this in its `augment` parameter uses its
    own `random_state` instead.
"""
MAX_SHIFT = """
max_shift : int or float, default=2
    Largest shift along an axis. An int is a number of pixels: shifts are sampled uniformly
    from the whole numbers from ``-max_shift`` to ``max_shift``, and pixels are copied. A
    float from 0.0 to below 1.0 is a fraction of the image's side along that axis: shifts are
    sampled uniformly from the interval, and pixels are interpolated.
"""
SHIFT_ALONG_ONE_AXIS = f"""
Parameters
----------{MAX_SHIFT}{FILL.strip()}{RANDOM_STATE}
See Also
--------
RandomShift : Along both axes.
"""
RANDOM_FACTOR = f"""
Parameters
----------
amount : float or pair of float, default=0.2
    Range of the factor, which is sampled uniformly. A number is the largest distance from
    1.0 in both directions; a pair is the range itself, (low, high). From 0 to 10.{RANDOM_STATE}
"""
P = """
p : float, default=0.5
    Probability that an image is changed.
"""
CLASSES = """
classes : sequence of int, default=None
    The classes whose images are changed: their positions in an estimator's `classes_`, which
    is sorted. None, or a batch whose targets are not known, changes images of all classes.
"""
BLACK_AND_WHITE = """
Black is 0, and white is 255 for integers and 1.0 for floats. In an image with values beyond
these, black is its own minimum and white its own maximum. What comes out is clipped to black
and white.
"""
PHOTOMETRIC = f"""{RANDOM_STATE}
Notes
-----{BLACK_AND_WHITE}"""

documented = substitute(
    images=IMAGES,
    fill=FILL,
    random_state=RANDOM_STATE,
    max_shift=MAX_SHIFT,
    shift_along_one_axis=SHIFT_ALONG_ONE_AXIS,
    random_factor=RANDOM_FACTOR,
    p=P,
    classes=CLASSES,
    black_and_white=BLACK_AND_WHITE,
    photometric=PHOTOMETRIC,
)
