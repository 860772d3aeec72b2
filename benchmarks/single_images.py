"""Predictions per second if each call is given one image.

The networks are trained for one epoch on a few images, since what they have learned does not
matter; then they alternate. Writes ``benchmarks/results/single_images.json``.

    python benchmarks/single_images.py
"""

import statistics
import time

from _environment import arguments, environment, fashion_mnist, in_turns, write

from skfashion import LeNet5Classifier, MiniVGGClassifier, V5Classifier

CLASSIFIERS = [LeNet5Classifier, MiniVGGClassifier, V5Classifier]


def main():
    parser = arguments(__doc__, "single_images")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=200, help="in each round")
    parser.add_argument("--train-images", type=int, default=300)
    args = parser.parse_args()
    X, y = fashion_mnist()
    n = args.train_images
    fitted = [make(max_epochs=1, random_state=0).fit(X[:n], y[:n]) for make in CLASSIFIERS]
    rates = {type(classifier).__name__: [] for classifier in fitted}
    for classifier in in_turns(fitted, args.rounds):
        rates[type(classifier).__name__].append(calls_per_second(classifier, X, args.calls))
    rows = [
        {
            "classifier": name,
            "images_per_second": round(statistics.median(rate)),
            "least": round(min(rate)),
            "most": round(max(rate)),
        }
        for name, rate in rates.items()
    ]
    for row in rows:
        print(
            "{classifier:<20}{images_per_second:>7,} a second ({least:,} to {most:,})".format(**row)
        )
    write(
        args.json,
        {
            "what": "calls of predict per second, one image each",
            "rounds": args.rounds,
            "calls": args.calls,
            "device": fitted[0].device_,
            "precision": fitted[0].precision_,
            "rows": rows,
            "environment": environment(),
        },
    )


def calls_per_second(classifier, X, n_calls):
    classifier.predict(X[:1])
    start = time.perf_counter()
    for i in range(n_calls):
        classifier.predict(X[i : i + 1])
    return n_calls / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
