"""Which precision is the faster one on this processor: what ``precision="auto"`` should take.

Trains and predicts in bfloat16 and in float32 by turns, in one process, and prints the table of
docs/design.md. The rows of a processor replace those that were measured on one of the same name,
in ``benchmarks/results/auto_precision.json``; the tests hold ``precision="auto"`` against them.

    python benchmarks/auto_precision.py
    python benchmarks/auto_precision.py --show
"""

import json
import statistics
import time

import torch
from _environment import arguments, environment, fashion_mnist, in_turns, merge, read

from skfashion import LeNet5Classifier, MiniVGGClassifier, V5Classifier
from skfashion.inference import resolve_precision

CLASSIFIERS = {"LeNet-5": LeNet5Classifier, "mini_VGG": MiniVGGClassifier, "v5": V5Classifier}
STEPS = {"LeNet-5": 60, "mini_VGG": 6, "v5": 4}  # of 64 images, in a round
PRECISIONS = "bfloat16", "float32"
TOLD = ("avx2", "avx512_f", "avx512_bf16", "avx512_fp16", "amx_bf16", "sse4a")


def main():
    parser = arguments(__doc__, "auto_precision", show=True)
    parser.add_argument("--networks", nargs="+", choices=CLASSIFIERS, default=list(CLASSIFIERS))
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    if not args.show:
        for network in args.networks:
            rows = measure(network, args.rounds)
            merge(
                args.json,
                "milliseconds in each precision, median of rounds; ratio: the faster one's to its",
                rows,
                key=("cpu", "what", "network", "batch_size"),
            )
    print(markdown(read(args.json)["rows"]))


def measure(network, rounds):
    """Return the rows of a network."""
    X, y = fashion_mnist()
    make = CLASSIFIERS[network]
    rows = []
    for batch_size in (64, 512):
        n_steps = max(2, STEPS[network] * 64 // batch_size)
        part = slice(n_steps * batch_size)
        classifiers = {
            precision: make(
                precision=precision, batch_size=batch_size, max_epochs=1, random_state=0
            )
            for precision in PRECISIONS
        }
        times = seconds_by_precision(
            classifiers, rounds, lambda clf, part=part: clf.fit(X[part], y[part])
        )
        rows.append(row("a step", network, batch_size, times, n_steps))
    for n_images, n_calls in ((512, 1), (1, 20)):

        def predict(clf, n_images=n_images, n_calls=n_calls):
            for _ in range(n_calls):
                clf.predict_proba(X[:n_images])

        times = seconds_by_precision(classifiers, rounds, predict)
        rows.append(row("predict", network, n_images, times, n_calls))
    return rows


def seconds_by_precision(classifiers, rounds, work):
    """Return the seconds of each round, by precision."""
    times = {precision: [] for precision in classifiers}
    for precision in in_turns(classifiers, rounds + 1):
        start = time.perf_counter()
        work(classifiers[precision])
        times[precision].append(time.perf_counter() - start)
    return {precision: seconds[1:] for precision, seconds in times.items()}


def row(what, network, batch_size, times, n):
    """Return a row of the result."""
    medians = {p: 1000 * statistics.median(seconds) / n for p, seconds in times.items()}
    fastest = min(medians.values())
    where, has = environment(), torch.cpu.get_capabilities()
    result = {
        "what": what,
        "network": network,
        "batch_size": batch_size,
        "milliseconds": {p: round(ms, 3) for p, ms in medians.items()},
        "ratio": {p: round(fastest / ms, 3) for p, ms in medians.items()},
        "auto": resolve_precision("auto", torch.device("cpu")),
        "instruction_sets": [name for name in TOLD if has.get(name)],
        "cpu": where["cpu"],
        "rounds": len(times["float32"]),
        "environment": where,
    }
    print(json.dumps({name: result[name] for name in list(result)[:6]}), flush=True)
    return result


def markdown(rows):
    """Return the table of docs/design.md."""
    lines = [
        "| processor | what | network | images | bfloat16 | float32 | auto |",
        f"|{' --- |' * 7}",
    ]
    for one in rows:
        lines.append(
            f"| {one['cpu']} | {one['what']} | {one['network']} | {one['batch_size']} "
            "| {bfloat16:.2f} ms | {float32:.2f} ms ".format(**one["milliseconds"])
            + f"| {one['auto']}, {one['ratio'][one['auto']]:.2f} of the faster one's speed |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
