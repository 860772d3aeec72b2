"""The command `skfashion`: train a classifier and report on it, name garments in pictures."""

import argparse

from .. import __version__
from . import _camera, _predict, _train
from ._printing import complain, standard_streams, warnings_as_lines

__all__ = ["main"]

DESCRIPTION = """\
Train a CNN on Fashion-MNIST, write the model and its confusion matrix to a
folder, and report how good it is. With `predict`, classify photographs; with
`camera`, what is before a webcam or in a video.
"""
EXAMPLES = """\
examples:
  skfashion                            train mini_VGG on Fashion-MNIST
  skfashion --epochs 20                more accurate, five times as many epochs
  skfashion --model lenet5 --epochs 3  a smaller network, for a shorter time
  skfashion --data garments            no download: on drawn pictures
  skfashion --model vgg19 --weights vgg19-dcbb9e9d.pth
  skfashion predict shoe.jpg shirt.jpg
  skfashion predict skfashion-output/minivgg.skfashion shoe.jpg shirt.jpg
  skfashion camera                     name what the webcam sees, on a page
  skfashion camera --source clip.mp4 --output named.mp4
"""
COMMANDS = {None: _train, "predict": _predict, "camera": _camera}


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, default=None
        The arguments; None takes those of the process.

    Returns
    -------
    int
        The exit status: 0 if all went well, 1 after a failure, of which a line on standard
        error tells, 130 if it was interrupted before or after a training, 141 if all went
        well but nobody read standard output to its end, as after ``| head``.

    Raises
    ------
    SystemExit
        With 2 if the arguments are wrong, and with 0 or 141 after ``--help`` and
        ``--version``.
    """
    with standard_streams() as stdout, warnings_as_lines():
        try:
            status = _run(argv)
        except SystemExit as end:  # of argparse
            raise SystemExit(end.code or stdout.finish()) from None
        except KeyboardInterrupt:
            complain("interrupted")
            status = 130
        except (ImportError, MemoryError, OSError, RuntimeError, ValueError) as error:
            complain(error)
            status = 1
        return status or stdout.finish()


def _run(argv):
    parser = _parser()
    arguments = parser.parse_args(argv)
    refusal = _train.refusal(arguments, parser.get_default)
    if arguments.command == "predict":
        refusal = refusal or _predict.refusal(arguments)
    if refusal:
        parser.error(refusal)
    return COMMANDS[arguments.command].run(arguments)


def _parser():
    parser = argparse.ArgumentParser(
        prog="skfashion",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    _train.add_options(parser.add_argument_group("training").add_argument)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="other commands")
    for name, command in COMMANDS.items():
        if name is not None:
            command.add_options(commands.add_parser(name, **command.TEXTS).add_argument)
    return parser
