"""What is learned from drawings alone: make_garments against real articles.

Trains on 6,000 drawn garments, tests on real Fashion-MNIST, and writes
``benchmarks/results/garments.json``. Every choice in the drawing was made on the first
10,000 real training images (``--on train``, which writes nothing); the test set only
reports.

    python benchmarks/garments.py
"""

import time

import numpy as np
from _environment import arguments, data_home, environment, write
from sklearn.metrics import confusion_matrix

from skfashion import MiniVGGClassifier
from skfashion.datasets import fetch_fashion_mnist, make_garments


def main():
    parser = arguments(__doc__, "garments")
    parser.add_argument("--on", choices=["test", "train"], default="test")
    parser.add_argument("--n-samples", type=int, default=6000)
    parser.add_argument("--max-epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    args = parser.parse_args()

    real = fetch_fashion_mnist(subset=args.on, data_home=data_home())
    X_real, y_real = real.data[:10_000], real.target[:10_000]
    runs = [run(seed, args, X_real, y_real) for seed in args.seeds]

    accuracies = np.array([row["accuracy"] for row in runs])
    recalls = np.mean([row["recall"] for row in runs], axis=0)
    deviation = accuracies.std(ddof=1) if len(runs) > 1 else 0.0
    print(f"accuracy {accuracies.mean():.4f} +- {deviation:.4f} over {len(runs)} seeds")
    for name, recall in zip(real.target_names, recalls, strict=True):
        print(f"{name:>12}  recall {recall:.3f}")
    if args.on == "train":
        return
    write(
        args.json,
        {
            "what": "accuracy on the Fashion-MNIST test set, trained on make_garments alone",
            "estimator": f"MiniVGGClassifier(max_epochs={args.max_epochs})",
            "n_samples": args.n_samples,
            "seeds": args.seeds,
            "accuracy_mean": accuracies.mean().round(4),
            "accuracy_std": round(float(deviation), 4),
            "accuracies": accuracies.tolist(),
            "recall": {
                str(name): round(recall, 4)
                for name, recall in zip(real.target_names, recalls.tolist(), strict=True)
            },
            "draw_seconds": round(np.mean([row["draw_seconds"] for row in runs]), 2),
            "fit_seconds": round(np.mean([row["fit_seconds"] for row in runs]), 1),
            "environment": environment(),
        },
    )


def run(seed, args, X_real, y_real):
    """Draw, train and test once; the seed determines the drawings and the network."""
    start = time.perf_counter()
    X, y = make_garments(args.n_samples, random_state=seed, return_X_y=True)
    drawn = time.perf_counter()
    classifier = MiniVGGClassifier(max_epochs=args.max_epochs, random_state=seed).fit(X, y)
    fitted = time.perf_counter()
    counts = confusion_matrix(y_real, classifier.predict(X_real))
    row = {
        "accuracy": float(np.trace(counts) / counts.sum()),
        "recall": (np.diag(counts) / counts.sum(axis=1)).tolist(),
        "draw_seconds": drawn - start,
        "fit_seconds": fitted - drawn,
    }
    print(f"seed {seed}: accuracy {row['accuracy']:.4f}", flush=True)
    return row


if __name__ == "__main__":
    main()
