"""Peak memory of fitting and predicting, above that of the imported package and its data.

Each figure is of a process of its own, which loads the data, sets the kernel's mark of its
greatest resident size back to what it has by then, works, and reads the mark (on Linux).
Writes ``benchmarks/results/memory.json``.

    python benchmarks/memory.py
"""

import tempfile
from pathlib import Path

from _environment import arguments, environment, fashion_mnist, in_own_process, write

from skfashion import LeNet5Classifier, load


def main():
    parser = arguments(__doc__, "memory")
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[128, 512])
    args = parser.parse_args()
    rows = []
    for batch_size in args.batch_sizes:
        what = f"LeNet5Classifier(max_epochs=1, batch_size={batch_size}).fit"
        rows.append(row(what, in_own_process(fit, args.images, batch_size), args.images))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lenet5"
        in_own_process(save_fitted, path)
        what = "LeNet5Classifier().predict"
        rows.append(row(what, in_own_process(predict, args.images, path), args.images))
    write(
        args.json,
        {
            "what": "peak memory in MB: before the call, and by how much the call exceeds that",
            "rows": rows,
            "environment": environment(),
        },
    )


def row(what, measured, n_images):
    before, above = measured
    print(f"{what:<56}{above:>8.0f} MB above {before:.0f} MB")
    return {"what": what, "images": n_images, "before": round(before), "above": round(above)}


# In a process of its own.


def fit(n_images, batch_size):
    X, y = data(n_images)
    classifier = LeNet5Classifier(max_epochs=1, batch_size=batch_size, random_state=0)
    return peak(lambda: classifier.fit(X, y))


def save_fitted(path):
    LeNet5Classifier(max_epochs=1, random_state=0).fit(*data(1000)).save(path)


def predict(n_images, path):
    X, _ = data(n_images)
    classifier = load(path)
    return peak(lambda: classifier.predict(X))


def data(n_images):
    X, y = fashion_mnist()
    return X[:n_images], y[:n_images]


def peak(call):
    """Return MB before a call, and how many more there were at its highest."""
    import skfashion.training  # noqa: F401  (torch and skorch, else imported within the call)

    Path("/proc/self/clear_refs").write_text("5")
    before = greatest_resident_size()
    call()
    return before, greatest_resident_size() - before


def greatest_resident_size():
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) / 1000


if __name__ == "__main__":
    main()
