"""Run experiments: `python -m benchmarks.experiments NAME...`, or `report`, or `--list`."""

import argparse
import importlib
import pkgutil
import tempfile
from pathlib import Path

import benchmarks.experiments

from ._harness import RESULTS, Experiment
from ._report import DOCS, section, write_report

REPORT = "report"


def names():
    """Return the names of all experiments."""
    modules = pkgutil.iter_modules(benchmarks.experiments.__path__)
    return sorted(module.name for module in modules if not module.name.startswith("_"))


def load(name):
    """Return the module of an experiment."""
    return importlib.import_module(f"benchmarks.experiments.{name}")


def main(arguments=None):
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.experiments",
        description="The references' experiments: runs the fits that are not recorded yet, and "
        "prints all results.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"experiments, or {REPORT!r}")
    parser.add_argument("--list", action="store_true", help="list the experiments")
    parser.add_argument("--quick", action="store_true", help="try it on a few drawn garments")
    parser.add_argument("--seeds", type=int, default=3, help="how many; default: %(default)s")
    parser.add_argument("--first-seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--n-jobs", type=int, help="fits that a search runs side by side")
    parser.add_argument("--long", action="store_true", help="run what takes over half an hour, too")
    parser.add_argument("--weights", help="file or URL of VGG-19's weights")
    parser.add_argument(
        "--side-by-side", type=int, default=1, help="how many runs share the machine; noted down"
    )
    parser.add_argument("--output", type=Path, help="another folder than that of the results")
    args = parser.parse_args(arguments)
    if args.list or not args.names:
        for name in names():
            print(f"{name:<20} {load(name).__doc__.splitlines()[0]}")
        return
    if unknown := set(args.names) - {*names(), REPORT}:
        parser.error(f"no experiment {sorted(unknown)[0]!r}: there are {', '.join(names())}")
    if args.seeds < 1:
        parser.error(f"--seeds is {args.seeds}: give at least 1")
    if args.first_seed < 0 or args.side_by_side < 1:
        parser.error("--first-seed is at least 0, --side-by-side at least 1")
    if args.quick and args.output and args.output.resolve() == RESULTS:
        parser.error(f"--quick is no result: give another folder than {args.output}")
    folder = args.output or (Path(tempfile.mkdtemp()) if args.quick else RESULTS)
    for name in args.names:
        if name == REPORT:
            write_report(folder, DOCS if folder == RESULTS else folder)
            continue
        experiment = Experiment(
            name,
            folder,
            quick=args.quick,
            n_seeds=args.seeds,
            first_seed=args.first_seed,
            n_jobs=args.n_jobs,
            long=args.long,
            weights=args.weights,
            side_by_side=args.side_by_side,
        )
        module = load(name)
        module.run(experiment)
        print(f"\n{section(name, module, folder)}\nwritten to {experiment.path}")


if __name__ == "__main__":
    main()
