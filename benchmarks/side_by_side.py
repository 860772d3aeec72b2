"""Training images per second: skfashion, skorch, a bare torch loop and Keras.

The same network, images, batch size and number of epochs in each. Every system lives in a
process of its own and trains once untimed; then they alternate, in another order each round,
while the others are idle. What is timed is one whole fit from new weights: skorch, the loop and
skfashion set themselves up within it, skfashion checks its data and learns their scale. The
others get their images as floats that were made before the clock started, and Keras continues with
a model that was built and compiled by then.

Prints a table for each network and batch size, and puts its row into
``benchmarks/results/side_by_side.json``, where it replaces one of the same network, batch size
and device.

    python benchmarks/side_by_side.py
    python benchmarks/side_by_side.py --networks v5 --batch-sizes 512 --device cuda

To measure the cost of a change, compare with another checkout, such as the commit before:

    python benchmarks/side_by_side.py --systems before skfashion --before ../before --json before
"""

import multiprocessing
import statistics
import sys
import time

from _environment import (
    arguments,
    environment,
    fashion_mnist,
    in_turns,
    installed,
    merge,
    processor,
    read,
    torch_and_dates,
)

IMAGES = {"LeNet-5": 30_000, "mini_VGG": 6_000, "v5": 3_000}
N_PARAMETERS = {"LeNet-5": 61_706, "mini_VGG": 2_167_786, "v5": 902_154}
OURS, BEFORE = "skfashion", "before"


def main():
    parser = arguments(__doc__, "side_by_side", show=True)
    parser.add_argument("--networks", nargs="+", choices=IMAGES, default=list(IMAGES))
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[64, 512])
    usual = [system for system in SYSTEMS if system != BEFORE]
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=usual)
    parser.add_argument("--before", metavar="FOLDER", help='the checkout of the system "before"')
    parser.add_argument("--images", type=int, help="default: some seconds of work in each round")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    args = parser.parse_args()
    if args.show:
        print(markdown(read(args.json)["rows"]))
        return
    for network in args.networks:
        for batch_size in args.batch_sizes:
            row = compare(network, batch_size, args)
            show(row)
            merge(
                args.json,
                "training images per second; ratio: skfashion to the system, median of rounds",
                [row],
                key=("network", "batch_size", "device"),
            )


def compare(network, batch_size, args):
    """Let the systems alternate; return all rounds and their summary."""
    # Imported here so that the workers, which import this file, import their system alone.
    from skfashion.inference import resolve_device, resolve_precision

    device = resolve_device(args.device).type
    bfloat16 = resolve_precision("auto", resolve_device(device)) == "bfloat16"
    n_images = args.images or IMAGES[network]
    how = {
        "epochs": args.epochs,
        "batch_size": batch_size,
        "device": device,
        "bfloat16": bfloat16,
    }
    if BEFORE in args.systems and not args.before:
        raise SystemExit('the system "before" needs --before FOLDER')
    folders = {BEFORE: args.before}
    started = {
        system: start(system, network, n_images, how, folders.get(system))
        for system in args.systems
    }
    workers, missing = {}, {}
    for system, pipe in started.items():
        answer = pipe.recv()
        if answer == "ready":
            workers[system] = pipe
        else:
            missing[system] = answer
            print(f"{system}: {answer}")
    rates = {system: [] for system in workers}
    for system in in_turns(workers, args.rounds):
        workers[system].send("fit")
        rates[system].append(n_images * args.epochs / workers[system].recv())
    for pipe in workers.values():
        pipe.send("stop")
    return {
        "network": network,
        **how,
        "images": n_images,
        "rounds": args.rounds,
        "systems": [summary(system, rates) for system in workers],
        "missing": missing,
        "environment": environment() | installed("keras", "tensorflow", "tensorflow-cpu"),
    }


def summary(system, rates):
    ratios = [ours / its for ours, its in zip(rates.get(OURS, []), rates[system], strict=False)]
    return {
        "system": system,
        "images_per_second": round(statistics.median(rates[system])),
        "least": round(min(rates[system])),
        "most": round(max(rates[system])),
        "ratio": round(statistics.median(ratios), 2) if ratios else None,
        "all": [round(rate) for rate in rates[system]],
    }


def show(row):
    bfloat16 = ", bfloat16" if row["bfloat16"] else ""
    print(f"\n{row['network']}, batches of {row['batch_size']}, {row['device']}{bfloat16}")
    for entry in row["systems"]:
        line = "{system:<12}{images_per_second:>10,} images/s ({least:,} to {most:,})".format(
            **entry
        )
        print(line if entry["ratio"] is None else f"{line:<52} skfashion x {entry['ratio']:.2f}")


def markdown(rows):
    """Return the table of README.md, the rows of a processor together."""
    networks = list(IMAGES)
    rows = sorted(
        rows,
        key=lambda row: (
            processor(row["environment"], row["device"]),
            networks.index(row["network"]),
            row["batch_size"],
        ),
    )
    there = {entry["system"] for row in rows for entry in row["systems"]}
    systems = [system for system in SYSTEMS if system in there]
    heads = ["network", "batch", *systems, "processor"]
    lines = [f"| {' | '.join(heads)} |", f"| {'--- | ' * len(heads)}"]
    for row in rows:
        entries = {entry["system"]: entry for entry in row["systems"]}
        cells = [row["network"], str(row["batch_size"])]
        for system in systems:
            entry = entries.get(system)
            cell = f"{entry['images_per_second']:,}" if entry else "-"
            if entry and system != OURS and entry["ratio"] is not None:
                cell += f" (x {entry['ratio']:.2f})"
            cells.append(cell)
        cells.append(processor(row["environment"], row["device"]))
        lines.append(f"| {' | '.join(cells)} |")
    rounds = sorted({row["rounds"] for row in rows})
    lines.append(
        f"\nTraining images per second, median of {' or '.join(map(str, rounds))} rounds; in "
        f"brackets, how many times as fast skfashion was; {torch_and_dates(rows)}."
    )
    return "\n".join(line.rstrip() for line in lines)


# In a system's own process.


def start(system, network, n_images, how, folder=None):
    """Start a system's process; return the pipe to it."""
    context = multiprocessing.get_context("spawn")
    pipe, its_end = context.Pipe()
    worker = context.Process(
        target=work, args=(its_end, system, network, n_images, how, folder), daemon=True
    )
    worker.start()
    its_end.close()  # so that the end of the process is the end of the pipe
    return pipe


def work(pipe, system, network, n_images, how, folder):
    """Fit each time the pipe says so, and answer with the seconds it took."""
    if folder is not None:  # that of another skfashion
        sys.path.insert(0, folder)
    X, y = fashion_mnist()
    try:
        fit = SYSTEMS[system](network, X[:n_images], y[:n_images].astype("int64"), how)
    except ImportError as error:
        pipe.send(f"not installed: {error.name}" if error.name else str(error))
        return
    n_parameters = fit()
    assert n_parameters == N_PARAMETERS[network], f"{system}'s {network} has {n_parameters}"
    pipe.send("ready")
    while pipe.recv() == "fit":
        begin = time.perf_counter()
        fit()
        pipe.send(time.perf_counter() - begin)


def with_skorch(network, X, y, how):
    from _in_torch import NETWORKS, as_floats, count, plain_skorch

    X = as_floats(X)

    def fit():
        net = plain_skorch(
            NETWORKS[network],
            max_epochs=how["epochs"],
            batch_size=how["batch_size"],
            device=how["device"],
        )
        net.fit(X, y)
        wait_for(how["device"])
        return count(net.module_)

    return fit


def with_loop(network, X, y, how):
    from _in_torch import NETWORKS, as_floats, bare_loop, count

    X = as_floats(X)

    def fit():
        module = bare_loop(NETWORKS[network], X, y, **how)
        wait_for(how["device"])
        return count(module)

    return fit


def with_keras(network, X, y, how):
    from _in_keras import compiled, count

    X = X.reshape(-1, 28, 28, 1).astype("float32") / 255
    model = compiled(network, device=how["device"], bfloat16=how["bfloat16"])

    def fit():
        model.fit(X, y, batch_size=how["batch_size"], epochs=how["epochs"], verbose=0)
        return count(model)

    return fit


def with_skfashion(network, X, y, how):
    import skfashion

    names = {"LeNet-5": "LeNet5Classifier", "mini_VGG": "MiniVGGClassifier", "v5": "V5Classifier"}
    make = getattr(skfashion, names[network])

    def fit():
        classifier = make(
            max_epochs=how["epochs"], batch_size=how["batch_size"], device=how["device"]
        )
        classifier.fit(X, y)
        wait_for(how["device"])
        return classifier.n_parameters_

    return fit


def wait_for(device):
    """Wait until a GPU has done what it was given."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


SYSTEMS = {
    "skorch": with_skorch,
    "bare loop": with_loop,
    "keras": with_keras,
    BEFORE: with_skfashion,
    OURS: with_skfashion,
}

if __name__ == "__main__":
    main()
