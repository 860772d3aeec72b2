"""`skfashion predict`: classify photographs."""

import argparse
from pathlib import Path

import numpy as np

from .. import persistence
from . import _train
from ._arguments import add_device
from ._printing import complain, say, table

TEXTS = {
    "help": "classify photographs of clothing",
    "description": "Print for each image file what it shows, and how probable that is. The "
    "garment should be alone, before a plain background.",
}


def add_options(add):
    """Add the arguments of the command.

    Parameters
    ----------
    add : callable
        ``add_argument`` of its parser.
    """
    add("model_file", metavar="MODEL", type=Path, help="a model that skfashion has written")
    add("files", metavar="FILE", nargs="+", help="image files")
    add_device(add, argparse.SUPPRESS)  # or its default would hide what came before `predict`


def refusal(arguments, default):
    """Return why the arguments cannot be used together, or None; see :func:`_train.refusal`."""
    given = [name for name in _train.OPTIONS if getattr(arguments, name) != default(name)]
    if not given:
        return None
    return f"{', '.join('--' + name.replace('_', '-') for name in given)}: not for predict"


def run(arguments):
    """Print what image files show.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        0, or 1 if a file could not be read.
    """
    from ..photos import read_image, to_fashion_mnist

    classifier = persistence.load(arguments.model_file, device=arguments.device)
    images = {}
    for file in arguments.files:
        try:
            images[file] = to_fashion_mnist(read_image(file), classifier.image_shape_)
        except (OSError, ValueError) as error:  # one bad file does not keep back the others
            complain(error)
    if images:
        probabilities = classifier.predict_proba(np.stack(list(images.values())))
        labels = classifier.classes_[probabilities.argmax(axis=1)]
        percentages = [f"{probability:.1%}" for probability in probabilities.max(axis=1)]
        rows = zip(images, labels, percentages, strict=True)
        say(table([("image", "garment", "probability"), *rows]))
    return 0 if len(images) == len(set(arguments.files)) else 1
