"""What the references report, and what was measured here: the main table of README.md.

It is read from the records of the experiments, whose whole results are in docs/results.md.

    python benchmarks/reported.py --show
"""

import sys

from _environment import ROOT, arguments

sys.path.insert(0, str(ROOT))

from benchmarks.experiments import cnn5_mini_vgg, lenet5, v5_vote
from benchmarks.experiments.__main__ import load
from benchmarks.experiments._harness import RESULTS, read
from benchmarks.experiments._report import accuracy, of, of_last_schedule, table

# Experiment, row, and what the row is called here.
ROWS = [
    ("lenet5", lenet5.BEST, "LeNet-5, the reference's best setting"),
    ("lenet5", lenet5.LONGEST, "LeNet-5, all training images"),
    ("cnn5_mini_vgg", "CNN5, batch 128", "CNN5"),
    ("cnn5_mini_vgg", "mini_VGG, batch 64", "mini_VGG"),
    ("cnn5_mini_vgg", cnn5_mini_vgg.ALL_IMAGES, "mini_VGG, all training images"),
    *(
        ("plain_cnns", f"{n}, augmentation", f"{n}, augmentation")
        for n in ("1 convolution", "3 convolutions", "4 convolutions")
    ),
    ("v1_to_v7", "v1, augmentation", "v1, augmentation"),
    ("v1_to_v7", "v2", "v2"),
    ("v1_to_v7", "v4", "v4"),
    ("v5_vote", v5_vote.FIVE, "v5, mean of five runs"),
    ("v5_vote", v5_vote.VOTE, "v5, vote of the five"),
    ("v5_vote", v5_vote.FIVE + v5_vote.SUFFIX, "v5, mean of five longer runs"),
    ("v5_vote", v5_vote.VOTE + v5_vote.SUFFIX, "v5, vote of the five longer runs"),
    ("v5_vote", v5_vote.DIFFERENT + v5_vote.SUFFIX, "vote of different networks"),
]


def markdown():
    """Return the table."""
    rows = []
    for name, row, title in ROWS:
        reported = next(one for one in load(name).REPORTED if one.row == row)
        records = read(RESULTS / f"{name}.json")
        cells = [
            accuracy(of_last_schedule(of(records, row, protocol)))
            for protocol in ("reference", "ours")
        ]
        rows.append([title, reported.accuracy.partition(" ")[0], *cells])
    head = ["network", "reported", "reference protocol, measured", "our schedule, measured"]
    return table(head, rows)


def main():
    arguments(__doc__, show=True).parse_args()
    print(markdown())


if __name__ == "__main__":
    main()
