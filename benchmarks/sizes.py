"""Sizes, speeds and accuracies of the networks: the table of docs/guide/models.md.

Each is fitted to a few images of Fashion-MNIST's shape, and predicts on a CPU. Accuracies are those
of the experiments, by our schedules.

    python benchmarks/sizes.py
    python benchmarks/sizes.py --show
"""

import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

from _environment import ROOT, arguments, environment, read, write

sys.path.insert(0, str(ROOT))

from benchmarks.experiments import _harness, lenet5
from benchmarks.experiments._report import accuracy, of, of_last_schedule, table
from skfashion.cli._models import models
from skfashion.datasets import make_garments
from skfashion.inspection import summarize

# The experiment and the row with the accuracy of a network.
ROWS = {
    "lenet5": ("lenet5", lenet5.BEST),
    "cnn5": ("cnn5_mini_vgg", "CNN5, batch 128"),
    "minivgg": ("cnn5_mini_vgg", "mini_VGG, batch 64"),
    "v1": ("v1_to_v7", "v1, augmentation"),
    **{name: ("v1_to_v7", name) for name in ("v2", "v3", "v4", "v6", "v7")},
    "v5": ("v5_vote", "v5, each of five runs"),
    **{
        f"cnn{n}conv": ("plain_cnns", f"{n} {word}, augmentation")
        for n, word in ((1, "convolution"), (3, "convolutions"), (4, "convolutions"))
    },
}


LARGE = 1e9  # multiply-adds for an image, of which fewer images are predicted


def measure(cls):
    """Return the sizes of a network, and how many images it predicts in a second."""
    X, y = make_garments(64, random_state=0, return_X_y=True)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.filterwarnings("ignore", message="weights=None")
        classifier = cls(max_epochs=1, random_state=0, device="cpu").fit(X, y)
        path = Path(folder, "model")
        classifier.save(path)
        summary = summarize(classifier)
        return {
            "class": cls.__name__,
            "parameters": classifier.n_parameters_,
            "multiply_adds": summary.n_multiply_adds,
            "bytes": path.stat().st_size,
            "images_per_second": predicted_per_second(classifier, summary.n_multiply_adds),
        }


def predicted_per_second(classifier, n_multiply_adds, rounds=5):
    """Return the median over some calls of predict, after a first one."""
    X, _ = make_garments(512 if n_multiply_adds < LARGE else 8, random_state=0, return_X_y=True)
    classifier.predict(X)
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        classifier.predict(X)
        seconds.append(time.perf_counter() - start)
    return round(len(X) / statistics.median(seconds), 1)


def markdown(result):
    """Return the table."""
    lines = []
    for row in result["rows"]:
        fits = []
        if where := ROWS.get(row["class"].removesuffix("Classifier").lower()):
            name, of_row = where
            fits = of_last_schedule(of(_harness.read(_harness.RESULTS / f"{name}.json"), of_row))
        lines.append(
            [
                f"`{row['class']}`",
                accuracy(fits),
                f"{row['parameters']:,}",
                f"{row['multiply_adds'] / 1e6:.1f}",
                f"{row['bytes'] / 1e6:.2f}",
                f"{row['images_per_second']:,.0f}",
            ]
        )
    head = ["class", "test accuracy", "trainable parameters", "million multiply-adds an image"]
    speed = "images predicted in a second"
    where = f"Predictions of 512 images, of VGG-19 of 8, on {result['environment']['cpu']}."
    return f"{table([*head, 'MB in a file', speed], lines)}\n\n{where}"


def main():
    parser = arguments(__doc__, "sizes", show=True)
    args = parser.parse_args()
    if not args.show:
        rows = [measure(cls) for cls in models().values()]
        what = "sizes and speeds of the networks, for ten classes of 28 x 28 grey images"
        write(args.json, {"what": what, "rows": rows, "environment": environment()})
    print(markdown(read(args.json)))


if __name__ == "__main__":
    main()
