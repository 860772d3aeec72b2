"""What bfloat16 changes in predictions: the same weights in both precisions.

Trains in the default precision, then predicts the 10,000 test images in bfloat16 and in float32.
Writes ``benchmarks/results/precision.json``.

    python benchmarks/precision.py
"""

import numpy as np
from _environment import arguments, environment, fashion_mnist, write

from skfashion import LeNet5Classifier, MiniVGGClassifier


def main():
    parser = arguments(__doc__, "precision")
    parser.add_argument("--max-epochs", type=int, default=3)
    parser.add_argument("--images", type=int, help="train on fewer, to try the script")
    args = parser.parse_args()
    X, y = fashion_mnist()
    X_test, y_test = fashion_mnist("test")
    rows = []
    for make in (LeNet5Classifier, MiniVGGClassifier):
        classifier = make(max_epochs=args.max_epochs, random_state=0)
        classifier.fit(X[: args.images], y[: args.images])
        row = compare(classifier, X_test, y_test)
        rows.append(row)
        print("\n".join(f"{name:<24}{figure}" for name, figure in row.items()), end="\n\n")
    write(
        args.json,
        {
            "what": "probabilities of the test images in bfloat16 and in float32, same weights",
            "rows": rows,
            "environment": environment(),
        },
    )


def compare(classifier, X, y):
    probabilities = {name: predict(classifier, X, name) for name in ("bfloat16", "float32")}
    rounded, full = probabilities.values()
    same = rounded.argmax(1) == full.argmax(1)
    difference = np.abs(rounded - full)
    accuracies = {
        f"accuracy_{name}": float((classifier.classes_[p.argmax(1)] == y).mean())
        for name, p in probabilities.items()
    }
    return {
        "classifier": type(classifier).__name__,
        "max_epochs": classifier.max_epochs,
        "trained_in": classifier.precision_,
        "same_class": float(same.mean()),
        **accuracies,
        "greatest_difference": float(difference.max()),
        "mean_difference": float(difference.mean()),
    }


def predict(classifier, X, precision):
    """Return probabilities computed in a precision; the weights are float32 in both."""
    fitted = classifier.fitted_network_
    fitted_in = fitted.precision
    fitted.to(fitted.device, precision)
    try:
        return classifier.predict_proba(X)
    finally:
        fitted.to(fitted.device, fitted_in)


if __name__ == "__main__":
    main()
