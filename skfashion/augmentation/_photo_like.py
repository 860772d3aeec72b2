"""The chain that makes images of Fashion-MNIST look like garments cut out of photos."""

from sklearn.pipeline import make_pipeline

from . import _cut_outs, _garments
from ._geometric import RandomHorizontalFlip
from ._warps import RandomPerspective, RandomRotation

# The classes of Fashion-MNIST that need a part of their own, and their labels.
LONG_SLEEVES = {"Pullover": 2, "Coat": 4, "Shirt": 6}
TROUSERS = {"Trouser": 1}
SHOES = {"Sandal": 5, "Sneaker": 7, "Ankle boot": 9}


def photo_like(class_names=None):
    """Return a chain that makes Fashion-MNIST look like garments that were cut out of photos.

    It is for classifiers that name garments in photos, not in Fashion-MNIST. It lays sleeves out,
    spreads the legs of trousers and shows shoes in pairs; then it tilts and rotates, eats at the
    outline, fits the garment's box into the image, and changes texture, light, sharpness and
    tone, as photos and :class:`~skfashion.photos.FashionMNISTConverter` do.

    Parameters
    ----------
    class_names : sequence of str, default=None
        The names of the classes if the classifier is fitted on names, of which those of
        Fashion-MNIST are known; the order does not matter. None: it is fitted on the labels 0
        to 9.

    Returns
    -------
    sklearn.pipeline.Pipeline
        For the `augment` parameter of an estimator; its steps can be searched, as
        ``augment__randomraggedoutline__displacement``.

    Raises
    ------
    TypeError
        If `class_names` is not a sequence of strings.

    Examples
    --------
    >>> from skfashion import MiniVGGClassifier
    >>> from skfashion.augmentation import photo_like
    >>> classifier = MiniVGGClassifier(augment=photo_like())
    >>> classifier = classifier.set_params(augment__randomsleeves__p=0.7)
    >>> list(photo_like().named_steps)[:3]
    ['randomhorizontalflip', 'randomsleeves', 'randomlegs']
    """
    return make_pipeline(
        RandomHorizontalFlip(),
        _garments.RandomSleeves(0.6, classes=_codes(LONG_SLEEVES, class_names)),
        _garments.RandomLegs(0.6, classes=_codes(TROUSERS, class_names)),
        _garments.RandomPair(0.6, classes=_codes(SHOES, class_names)),
        RandomPerspective(0.15),
        RandomRotation(12.0),
        _cut_outs.RandomMissingParts(),
        _cut_outs.RandomRaggedOutline(),
        _garments.RandomBoxFit(),
        _cut_outs.RandomTexture(),
        _cut_outs.RandomLight(),
        _cut_outs.RandomSharpness(),
        _cut_outs.RandomTone(),
    )


def _codes(labels, class_names):
    """Return the positions in `classes_` of the classes with these names."""
    if class_names is None:
        return list(labels.values())
    names = list(class_names)
    if isinstance(class_names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"class_names={class_names!r} is not a sequence of strings: give the names on which "
            "the classifier is fitted, or None if it is fitted on the labels 0 to 9."
        )
    return [code for code, name in enumerate(sorted(set(names))) if name in labels]
