"""`skfashion predict`: classify photographs."""

import argparse
import os
import warnings
from contextlib import contextmanager
from pathlib import Path

from .. import persistence
from ._arguments import add_device, add_method
from ._models import of_photos
from ._output import output_folder
from ._printing import complain, readable, say, table

TEXTS = {
    "usage": "skfashion predict [-h] [--method NAME] [--output FOLDER] [--device NAME] [MODEL] "
    "FILE [FILE ...]",
    "help": "classify photographs of clothing",
    "description": "Print for each image file what it shows, and how probable that is. The "
    "garment is cut out of its photo.",
}
MODEL_SUFFIX = ".skfashion"
MAX_SIZE = 512  # of photos: enough for the cut-out, and for the pictures
NOTHING = "no garment found"


def add_options(add):
    """Add the arguments of the command.

    Parameters
    ----------
    add : callable
        ``add_argument`` of its parser.
    """
    add(
        "files",
        metavar="FILE",
        nargs="+",
        help="image files. The first may be a MODEL that skfashion has written; without one, the "
        "classifier of photos that comes with skfashion names them",
    )
    add_method(add)
    add(
        "--output",
        dest="pictures",
        type=Path,
        metavar="FOLDER",
        help="also write a picture for each file: box, cut-out, the model's input, and name",
    )
    add_device(add, argparse.SUPPRESS)  # or its default would hide what came before `predict`


def refusal(arguments):
    """Return why the arguments cannot be used together, or None."""
    model, files = _split(arguments.files)
    return None if files else f"{model} is a model: give image files after it"


def _split(arguments):
    """Return the model, or None, and the image files."""
    first = Path(arguments[0])
    if first.suffix == MODEL_SUFFIX or persistence.is_model_file(first):
        return first, arguments[1:]
    is_named = first.suffix == "" and not first.exists() and len(arguments) > 1
    return (first, arguments[1:]) if is_named else (None, arguments)


def run(arguments):
    """Print what image files show.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        0, or 1 if a file could not be read or a picture could not be written.
    """
    model, files = _split(arguments.files)
    classifier, n_views = of_photos(model, arguments.device)
    photos = _read(files)
    if not photos:
        return 1
    complete = len(photos) == len(set(files))
    how = {"method": arguments.method, "n_views": n_views}
    with _pictures_of(photos, arguments.pictures) as paths:
        garments, images, answers = _classified(classifier, list(photos.values()), **how)
        rows = zip(photos, *zip(*answers, strict=True), strict=True)
        say(table([("image", "garment", "probability"), *rows]))
        if paths:
            complete &= _write_pictures(paths, garments, images, answers)
    return 0 if complete else 1


@contextmanager
def _pictures_of(files, folder):
    """Give the paths of the pictures of files, none without a folder, which is checked before."""
    if folder is None:
        yield []
        return
    paths = _names(folder, files)
    with output_folder(folder, paths):
        yield paths


def _read(files):
    """Read photos, by their files; one bad file does not keep back the others."""
    from ..photos import read_image

    photos = {}
    for file in files:
        try:
            photos[file] = read_image(file, max_size=MAX_SIZE, keep_alpha=True)
        except (OSError, ValueError) as error:
            complain(error)
    return photos


def _classified(classifier, photos, *, method, n_views):
    """Return the garments of photos, the images that the classifier sees, and its answers."""
    from ..photos import make_photo_pipeline

    shape = classifier.image_shape_
    if method == "auto" and all(photo.shape[:2] == shape[:2] for photo in photos):
        method = "border"  # images of the data set: nothing is downloaded for them
    pipeline = make_photo_pipeline(classifier, method=method, n_views=n_views)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No garment was found")  # the table says so
        garments = pipeline["segmenter"].transform(photos)
        probabilities = pipeline.predict_proba(garments)
    images = pipeline["converter"].transform(garments)
    labels = classifier.classes_[probabilities.argmax(axis=1)]
    answers = [
        (label, f"{probability:.1%}") if garment.found else (NOTHING, "")
        for garment, label, probability in zip(
            garments, labels, probabilities.max(axis=1), strict=True
        )
    ]
    return garments, images, answers


def _write_pictures(paths, garments, images, answers):
    """Write a picture for each photo; return whether all could be written."""
    from ..photos import draw_result, write_image

    for path, *what, answer in zip(paths, garments, images, answers, strict=True):
        try:
            write_image(path, draw_result(*what, "  ".join(map(str, answer))))
        except OSError as error:
            complain(f"{path} could not be written: {error.strerror or error}")
            return False
    say(f"{'pictures':17} {readable(paths[0].parent)}")
    return True


def _names(folder, files):
    """Return where the picture of each file goes: its name, numbered where it is taken.

    The names of pictures before it are, and those of the files themselves.
    """
    paths, photos = [], {os.path.realpath(file) for file in files}
    for file in files:
        stem, number = Path(file).stem, 1
        path = folder / f"{stem}.png"
        while path in paths or os.path.realpath(path) in photos:
            number += 1
            path = folder / f"{stem}-{number}.png"
        paths.append(path)
    return paths
