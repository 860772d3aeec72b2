"""`skfashion`: train a classifier, write it to a folder, and report on it."""

import shlex
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.metrics import classification_report, confusion_matrix

from .._lazy import uninterrupted
from .._optional import import_optional
from ..estimators import ImageClassifier
from ._arguments import GREATEST_SEED, add_device, one_of, whole_number
from ._data import DATA, load_data
from ._models import models, parameters, with_weights
from ._output import output_folder, write_file
from ._picture import draw_confusion
from ._printing import complain, readable, say

MOST_EPOCHS = 10**9

# The attributes of its options, in the order of the help.
OPTIONS = (
    *("model", "weights", "data", "data_home", "epochs", "seed", "checkpoint_dir"),
    *("output", "quiet"),
)


# ---------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------


def add_options(add):
    """Add the options of a training.

    Parameters
    ----------
    add : callable
        ``add_argument`` of a parser or group.
    """
    _add_what_to_train(add)
    _add_how_to_train(add)
    add(
        "--output",
        type=Path,
        default=Path("skfashion-output"),
        metavar="FOLDER",
        help="where to write to (default: ./skfashion-output)",
    )
    add("--quiet", action="store_true", help="do not show the progress of the training")
    add_device(add, "auto")


def _add_what_to_train(add):
    known = models()
    add(
        "--model",
        type=one_of("model", known),
        default="minivgg",
        metavar="NAME",
        help=f"{', '.join(known)} (default: minivgg)",
    )
    add(
        "--weights",
        metavar="FILE_OR_URL",
        help=f"torchvision's weights, trained on ImageNet, for {', '.join(with_weights())} "
        "alone (default: random ones)",
    )
    add(
        "--data",
        type=one_of("data", DATA),
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


def _add_how_to_train(add):
    usual = ImageClassifier.max_epochs
    epochs = {name: parameters(name)["max_epochs"] for name in models()}
    others = "".join(f"{n} for {name}, " for name, n in epochs.items() if n != usual)
    add(
        "--epochs",
        type=whole_number(1, MOST_EPOCHS),
        metavar="N",
        help=f"number of epochs (default: {others}else {usual})",
    )
    add(
        "--seed",
        type=whole_number(0, GREATEST_SEED),
        default=0,
        metavar="N",
        help="random seed: the same number gives the same model (default: 0)",
    )
    add(
        "--checkpoint-dir",
        type=Path,
        metavar="FOLDER",
        help="save the state of the training there after each epoch: the same command resumes an "
        "interrupted training (default: not saved)",
    )


def refusal(arguments, default):
    """Return why the arguments cannot be used together, or None.

    Parameters
    ----------
    arguments : argparse.Namespace
        The arguments, of whichever command.
    default : callable
        Returns the default of an option.

    Returns
    -------
    str or None
    """
    if arguments.command is not None:
        given = [name for name in OPTIONS if getattr(arguments, name) != default(name)]
        options = ", ".join("--" + name.replace("_", "-") for name in given)
        return f"{options}: not for {arguments.command}" if given else None
    if arguments.weights == default("weights") or arguments.model in with_weights():
        return None
    takes = ", ".join(with_weights())
    return f"--weights: not for the model {arguments.model}; {takes} takes trained weights"


# ---------------------------------------------------------------------------------------
# Training
# ---------------------------------------------------------------------------------------


def run(arguments):
    """Train a classifier, write it to a folder, and report on it.

    Parameters
    ----------
    arguments : argparse.Namespace
        The options.

    Returns
    -------
    int
        0, or 1 if the model or the picture could not be written.
    """
    start = time.perf_counter()
    model_file = arguments.output / f"{arguments.model}.skfashion"
    picture_file = arguments.output / f"{arguments.model}-confusion.png"
    can_draw = _check_what_is_there(arguments)
    with output_folder(arguments.output, [model_file, picture_file]):
        title, train, test = load_data(arguments.data, arguments.data_home, arguments.seed)
        # Names as labels: so the model itself knows what its classes are called.
        names = test.target_names
        classifier = _make_classifier(arguments)
        training = _fit(classifier, train.images, names[train.target], title)
        # Whatever fails from here on, or is interrupted, leaves the model.
        with uninterrupted():
            saved = write_file("Model", model_file, classifier.save)

        begin = time.perf_counter()
        y_true, y_pred = names[test.target], classifier.predict(test.images)
        prediction = time.perf_counter() - begin
        drawn = True
        if can_draw:
            confusion = confusion_matrix(y_true, y_pred, labels=names)
            head = f"{type(classifier).__name__} on {title}: accuracy {_accuracy(y_true, y_pred)}"
            draw = partial(draw_confusion, confusion, names, head)
            drawn = write_file("Confusion matrix", picture_file, draw)

        say(f"\nAccuracy on {len(y_true):,} test images: {_accuracy(y_true, y_pred)}\n")
        say(classification_report(y_true, y_pred, labels=names, digits=3, zero_division=0))
        say(
            f"Time: training {training:.1f} s, prediction {prediction:.1f} s, whole "
            f"{time.perf_counter() - start:.1f} s; {classifier.n_parameters_:,} parameters in "
            f"{classifier.precision_} on {classifier.device_}"
        )
    if saved:
        file = readable(shlex.quote(str(model_file)))
        say(f"\nClassify photographs with\n  skfashion predict {file} FILE ...")
    return 0 if saved and drawn else 1


def _check_what_is_there(arguments):
    """Fail or warn now of what would fail after the training; return whether to draw."""
    from ..inference import resolve_device

    resolve_device(arguments.device)
    if arguments.weights is None:
        if arguments.model in with_weights():
            complain(
                f"the convolutions of {arguments.model} will be random, and are not trained: give "
                "torchvision's weights, trained on ImageNet, by --weights FILE_OR_URL"
            )
    elif "://" not in arguments.weights:
        open(arguments.weights, "rb").close()
    try:
        for module in ("matplotlib", "matplotlib.figure"):  # the whole may be there but broken
            import_optional(module, "plots", "Pictures of the confusion matrix")
    except ImportError as error:
        complain(error)
        return False
    return True


def _make_classifier(arguments):
    chosen = parameters(arguments.model)
    if arguments.epochs is not None:
        chosen["max_epochs"] = arguments.epochs
    if arguments.weights is not None:
        chosen["weights"] = arguments.weights
    return models()[arguments.model](
        **chosen,
        device=arguments.device,
        checkpoint_dir=arguments.checkpoint_dir,
        random_state=arguments.seed,
        verbose=0 if arguments.quiet else 1,
    )


def _fit(classifier, images, labels, title):
    """Fit, and return how many seconds it took."""
    say(
        f"Training {type(classifier).__name__} on {len(labels):,} images of {title}, "
        f"epochs: {classifier.max_epochs}"
    )
    begin = time.perf_counter()
    with warnings.catch_warnings():
        # What was said before the loading, in words of the command's options.
        warnings.filterwarnings("ignore", ".*convolutions of VGG-19 are random")
        classifier.fit(images, labels)
    classifier.set_params(checkpoint_dir=None)  # a folder of this training, and not of the model
    return time.perf_counter() - begin


def _accuracy(y_true, y_pred):
    return f"{np.mean(y_true == y_pred):.4f}"
