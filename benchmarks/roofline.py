"""The share of a training step in convolutions and matrix products.

The convolutions and matrix products of one step, forward and backward, are recorded with their
tensors. Then a training continues, and after each of its steps only these products run once more:
their share of a step shows how near the step is to the minimum with torch's kernels in this
precision. Prints a table, and puts its rows into ``benchmarks/results/roofline.json``.

    python benchmarks/roofline.py
    python benchmarks/roofline.py --networks v5 --batch-sizes 64 --precision bfloat16
    python benchmarks/roofline.py --show
"""

import statistics
import time

import torch
from _environment import arguments, environment, fashion_mnist, in_own_process, merge, read
from skorch.callbacks import Callback
from torch.utils._python_dispatch import TorchDispatchMode

from skfashion import LeNet5Classifier, MiniVGGClassifier, V5Classifier

CLASSIFIERS = {"LeNet-5": LeNet5Classifier, "mini_VGG": MiniVGGClassifier, "v5": V5Classifier}
STEPS = {"LeNet-5": 400, "mini_VGG": 60, "v5": 40}  # of 64 images, and a quarter of it of 512
ARITHMETIC = {
    getattr(torch.ops.aten, name).default
    for name in ("convolution", "convolution_backward", "mm", "addmm", "bmm", "baddbmm")
}
N_FIRST = 5  # steps that take longer than the later ones


class Products(TorchDispatchMode):
    """Note the convolutions and matrix products that run inside, with their tensors."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        """Note a call of torch's, and do it."""
        kwargs = kwargs or {}
        if function in ARITHMETIC:
            self.calls.append((function, args, kwargs))
        return function(*args, **kwargs)

    @torch.no_grad()
    def run(self):
        """Run what was noted once more."""
        for function, args, kwargs in self.calls:
            function(*args, **kwargs)


class Turns(Callback):
    """After each step run its products alone; note the milliseconds of both."""

    def on_train_begin(self, net, **kwargs):
        """Begin."""
        self.products = None
        self.steps, self.alone = [], []

    def on_batch_begin(self, net, batch=None, training=False, **kwargs):
        """Note the products of the first mini-batch."""
        if self.products is None:
            with Products() as self.products:
                net.train_step_single(batch)
            self.start = time.perf_counter()

    def on_batch_end(self, net, **kwargs):
        """Note the time of a step, and that of its products."""
        now = time.perf_counter()
        self.steps.append(1000 * (now - self.start))
        self.products.run()
        self.start = time.perf_counter()
        self.alone.append(1000 * (self.start - now))


def main():
    parser = arguments(__doc__, "roofline", show=True)
    parser.add_argument("--networks", nargs="+", choices=CLASSIFIERS, default=list(CLASSIFIERS))
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[64, 512])
    parser.add_argument("--precision", default="auto")
    args = parser.parse_args()
    if not args.show:
        for network in args.networks:
            for batch_size in args.batch_sizes:
                row = in_own_process(measure, network, batch_size, args.precision)
                print(markdown([row]).splitlines()[2], flush=True)
                merge(
                    args.json,
                    "milliseconds of a training step, and of its convolutions and products alone",
                    [row],
                    key=("cpu", "network", "batch_size", "precision"),
                )
    print(markdown(read(args.json)["rows"]))


def measure(network, batch_size, precision):
    """Return a row."""
    X, y = fashion_mnist()
    n_steps = N_FIRST + STEPS[network] // (1 if batch_size < 512 else 4)
    n_images = min(n_steps * batch_size, len(X) // batch_size * batch_size)
    turns = Turns()
    classifier = CLASSIFIERS[network](
        precision=precision,
        batch_size=batch_size,
        max_epochs=1,
        callbacks=[turns],
        random_state=0,
    ).fit(X[:n_images], y[:n_images])
    steps, alone = turns.steps[N_FIRST:], turns.alone[N_FIRST:]
    shares = [one / step for one, step in zip(alone, steps, strict=True)]
    where = environment()
    return {
        "network": network,
        "batch_size": batch_size,
        "precision": classifier.precision_,
        "step_ms": round(statistics.median(steps), 3),
        "arithmetic_ms": round(statistics.median(alone), 3),
        "share": round(statistics.median(alone) / statistics.median(steps), 3),
        "share_quartiles": [round(q, 3) for q in statistics.quantiles(shares, n=4)[::2]],
        "steps": len(steps),
        "cpu": where["cpu"],
        "environment": where,
    }


def markdown(rows):
    """Return the table of docs/design.md."""
    lines = [
        "| network | mini-batch | precision | a step | its arithmetic | share | processor |",
        f"|{' --- |' * 7}",
    ]
    for row in rows:
        lines.append(
            "| {network} | {batch_size} | {precision} | {step_ms:.2f} ms "
            "| {arithmetic_ms:.2f} ms | {share:.2f} | {cpu} |".format(**row)
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
