"""The command `skfashion`: train a classifier and report on it, or classify photographs."""

import argparse
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, classification_report, confusion_matrix

from . import __version__, datasets, estimators
from ._options import choose
from .augmentation import RandomHorizontalFlip
from .persistence import load

# What the classifiers are trained with, all of them and each: the rest is their defaults.
RECIPE = {
    "augment": RandomHorizontalFlip(),
    "tta": "flip",
}
RECIPES = {
    "lenet5": {"activation": "relu", "pooling": "max"},
    "minivgg": {"max_epochs": 4, "batch_size": 128},
    "vgg19": {"augment": None, "tta": None},  # so that its frozen part runs once, not each epoch
}

DATA = ("fashion-mnist", "garments")
N_GARMENTS = {"train": 6000, "test": 1000}

DESCRIPTION = """\
Train a CNN on Fashion-MNIST, report how good it is, and write the model and
its confusion matrix to a folder. With `predict`, classify photographs.
"""
EXAMPLES = """\
examples:
  skfashion                            train mini_VGG on Fashion-MNIST
  skfashion --model lenet5 --epochs 3  a smaller network, for a shorter time
  skfashion --data garments            no download: on drawn pictures
  skfashion predict skfashion-output/minivgg.skfashion shoe.jpg shirt.jpg
"""


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, default=None
        The arguments; None takes those of the process.

    Returns
    -------
    int
        What the process ends with: 0 if all went well, 1 after a failure, of which a line on
        stderr tells, 130 if it was interrupted before or after a training.

    Raises
    ------
    SystemExit
        With 2 if the arguments are wrong, and with 0 after ``--help`` and ``--version``.
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.command == "predict" and (given := _training_options(parser, arguments)):
        parser.error(f"{', '.join(given)}: not for predict")
    try:
        return predict(arguments) if arguments.command == "predict" else train(arguments)
    except KeyboardInterrupt:
        _complain("interrupted")
        return 130
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        _complain(error)
        return 1


# ---------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------


def models():
    """Return the classes of classifiers by the names they have here."""
    exported = (getattr(estimators, name) for name in estimators.__all__)
    return {
        cls.__name__.removesuffix("Classifier").lower(): cls
        for cls in exported
        if cls is not estimators.ImageClassifier
    }


def _parser():
    parser = argparse.ArgumentParser(
        prog="skfashion",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    _add_training_options(parser.add_argument_group("training").add_argument)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="other commands")
    predict_parser = commands.add_parser(
        "predict",
        help="classify photographs of clothing",
        description="Print for each image file what it shows, and how probable that is. The "
        "garment should be alone, before a plain background.",
    )
    add = predict_parser.add_argument
    add("model_file", metavar="MODEL", type=Path, help="a model that skfashion has written")
    add("files", metavar="FILE", nargs="+", help="image files")
    _add_device(add, argparse.SUPPRESS)  # or its default would hide what came before `predict`
    return parser


def _add_training_options(add):
    known = models()
    usual = estimators.ImageClassifier.max_epochs
    epochs = {name: _parameters(name)["max_epochs"] for name in known}
    others = "".join(f"{n} for {name}, " for name, n in epochs.items() if n != usual)
    add(
        "--model",
        type=_one_of("model", known),
        default="minivgg",
        metavar="NAME",
        help=f"{', '.join(known)} (default: minivgg)",
    )
    add(
        "--data",
        type=_one_of("data", DATA),
        default="fashion-mnist",
        metavar="NAME",
        help=f"{', '.join(DATA)} (default: fashion-mnist)",
    )
    add(
        "--data-home",
        type=Path,
        metavar="FOLDER",
        help="where Fashion-MNIST is, or is downloaded to (default: scikit-learn's data folder)",
    )
    add(
        "--epochs",
        type=_at_least(1),
        metavar="N",
        help=f"how often to go through the training images (default: {others}else {usual})",
    )
    add(
        "--seed",
        type=_at_least(0),
        default=0,
        metavar="N",
        help="the same number gives the same model again (default: 0)",
    )
    add(
        "--output",
        type=Path,
        default=Path("skfashion-output"),
        metavar="FOLDER",
        help="where to write to (default: ./skfashion-output)",
    )
    add("--quiet", action="store_true", help="show no progress bar")
    _add_device(add, "auto")


def _add_device(add, default):
    add(
        "--device",
        default=default,
        metavar="NAME",
        help="auto, cpu, cuda, cuda:1, mps (default: auto, a GPU if there is one)",
    )


def _training_options(parser, arguments):
    """Return the options of training that were given."""
    names = ("model", "data", "data_home", "epochs", "seed", "output", "quiet")
    given = (name for name in names if getattr(arguments, name) != parser.get_default(name))
    return ["--" + name.replace("_", "-") for name in given]


def _one_of(what, names):
    def check(text):
        try:
            return choose(what, text, dict.fromkeys(names, text))
        except ValueError as error:
            raise argparse.ArgumentTypeError(error) from None

    return check


def _at_least(least):
    def check(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} on")
        return int(text)

    return check


# ---------------------------------------------------------------------------------------
# Training
# ---------------------------------------------------------------------------------------


def train(arguments):
    """Train a classifier, report on it, and write it to a folder; return 0."""
    from .training import resolve_device

    start = time.perf_counter()
    resolve_device(arguments.device)  # what would fail in the end shall fail at once
    arguments.output.mkdir(parents=True, exist_ok=True)
    title, train_set, test_set = _load_data(arguments.data, arguments.data_home, arguments.seed)
    names = train_set.target_names
    # Names as labels: so the model itself knows what its classes are called.
    y_train, y_test = names[train_set.target], names[test_set.target]

    classifier = _make_classifier(arguments)
    print(
        f"Training {type(classifier).__name__} on {len(y_train):,} images of {title}, "
        f"epochs: {classifier.max_epochs}",
        flush=True,
    )
    begin = time.perf_counter()
    _fit(classifier, train_set.images, y_train)
    fitted = time.perf_counter()
    predicted = classifier.predict(test_set.images)
    predicted_at = time.perf_counter()

    print(f"\nAccuracy on {len(y_test):,} test images: {np.mean(predicted == y_test):.4f}\n")
    print(classification_report(y_test, predicted, labels=names, digits=3, zero_division=0))
    confusion = confusion_matrix(y_test, predicted, labels=names)
    files = _write(classifier, arguments, confusion, names, title)
    print(
        f"Time: training {fitted - begin:.1f} s, prediction {predicted_at - fitted:.1f} s, "
        f"whole {time.perf_counter() - start:.1f} s; {classifier.n_parameters_:,} parameters "
        f"in {classifier.precision_} on {classifier.device_}\n"
    )
    print("\n".join(f"{what:17} {file}" for file, what in files.items()))
    print(f"\nClassify photographs with\n  skfashion predict {next(iter(files))} FILE ...")
    return 0


def _load_data(name, data_home, seed):
    """Return the title of a data set, its training part and its test part."""
    if name == "fashion-mnist":
        print("Loading Fashion-MNIST", flush=True)
        try:
            parts = [
                datasets.fetch_fashion_mnist(subset=subset, data_home=data_home, n_retries=0)
                for subset in ("train", "test")
            ]
            return "Fashion-MNIST", *parts
        except OSError as error:
            if _is_damage(error):
                raise
        _complain(
            "Fashion-MNIST is not on disk and cannot be downloaded: drawn garments take its place "
            "(--data-home names a folder that has it)"
        )
    parts = [
        datasets.make_garments(n, random_state=2 * seed + i)
        for i, n in enumerate((N_GARMENTS["train"], N_GARMENTS["test"]))
    ]
    return "drawn garments", *parts


def _is_damage(error):
    """Return whether files are there but cannot be used, rather than not to be had."""
    return error.errno is not None or isinstance(error.__cause__, ValueError)


def _parameters(model):
    """Return what a model is trained with."""
    defaults = {"max_epochs": models()[model].max_epochs}
    return defaults | RECIPE | RECIPES.get(model, {})


def _make_classifier(arguments):
    parameters = _parameters(arguments.model)
    if arguments.epochs is not None:
        parameters["max_epochs"] = arguments.epochs
    return models()[arguments.model](
        **parameters,
        device=arguments.device,
        random_state=arguments.seed,
        verbose=0 if arguments.quiet else 1,
    )


def _fit(classifier, images, labels):
    """Fit, with each warning, such as that of Ctrl-C, as a line of its own."""
    with warnings.catch_warnings(record=True) as caught:
        classifier.fit(images, labels)
    for warning in caught:
        _complain(warning.message)


def _write(classifier, arguments, confusion, names, data_title):
    """Write model and picture; return what each file is, by their paths."""
    model_file = arguments.output / f"{arguments.model}.skfashion"
    classifier.save(model_file)
    files = {model_file: "Model"}
    picture_file = arguments.output / f"{arguments.model}-confusion.png"
    accuracy = confusion.trace() / confusion.sum()
    title = f"{type(classifier).__name__} on {data_title}: accuracy {accuracy:.4f}"
    try:
        _draw(confusion, names, title, picture_file)
    except ImportError:
        _complain('the confusion matrix needs matplotlib: pip install "skfashion[plots]"')
    else:
        files[picture_file] = "Confusion matrix"
    return files


def _draw(confusion, names, title, path):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import PowerNorm
    from matplotlib.figure import Figure

    # Not by pyplot: a figure of its own leaves the user's backend and figures alone.
    figure = Figure(figsize=(8, 7.5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    display = ConfusionMatrixDisplay(confusion, display_labels=names).plot(
        ax=axes,
        cmap="Blues",
        colorbar=False,
        values_format="d",
        im_kw={"norm": PowerNorm(0.5)},  # evenly, errors would all be as good as white
    )
    for count, text in zip(confusion.flat, display.text_.flat, strict=True):
        if count == 0:
            text.set_color("0.8")
    axes.set_xticks(axes.get_xticks(), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set(title=title, xlabel="Predicted", ylabel="True")
    figure.savefig(path)


# ---------------------------------------------------------------------------------------
# Predicting
# ---------------------------------------------------------------------------------------


def predict(arguments):
    """Print what image files show; return 1 if one of them could not be read, else 0."""
    from .photos import read_image, to_fashion_mnist

    classifier = load(arguments.model_file, device=arguments.device)
    images = {}
    for file in arguments.files:
        try:
            images[file] = to_fashion_mnist(read_image(file), classifier.image_shape_)
        except (OSError, ValueError) as error:  # one bad file does not keep back the others
            _complain(error)
    if images:
        probabilities = classifier.predict_proba(np.stack(list(images.values())))
        best = probabilities.argmax(axis=1)
        labels = [str(label) for label in classifier.classes_[best]]
        _print_table(list(images), labels, probabilities.max(axis=1))
    return 0 if len(images) == len(set(arguments.files)) else 1


def _print_table(files, labels, probabilities):
    width = max(len(file) for file in ["image", *files])
    label_width = max(len(label) for label in ["garment", *labels])
    print(f"{'image':{width}}  {'garment':{label_width}}  probability")
    for file, label, probability in zip(files, labels, probabilities, strict=True):
        print(f"{file:{width}}  {label:{label_width}}  {probability:>11.1%}")


def _complain(problem):
    """Print one line on stderr."""
    if isinstance(problem, OSError) and problem.strerror:  # without "[Errno 2]"
        named = f"{problem.filename}: " if problem.filename else ""
        problem = named + problem.strerror
    print("skfashion:", " ".join(str(problem).split()), file=sys.stderr)
