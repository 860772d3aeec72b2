"""Trains the classifier of photos that the package ships, and records how good it is.

It is trained on Fashion-MNIST alone, made like cut-outs of photos, within 30 minutes of two
cores. Writes ``skfashion/pretrained/photos.safetensors``, in half precision, and ``photos.json``
next to it: the file's hash, how it was trained, and its accuracy on photos.

    python benchmarks/train_pretrained.py
    python benchmarks/train_pretrained.py --quick --output /tmp/photos.safetensors
    python benchmarks/train_pretrained.py --measure    # of the weights that are there
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _environment import data_home, environment, installed
from _photos import FOLDER, SHARED, photos_of, scores

from skfashion import MiniVGGClassifier, load, save
from skfashion.augmentation import photo_like
from skfashion.datasets import fetch_fashion_mnist
from skfashion.photos import make_photo_pipeline
from skfashion.pretrained._load import FILES
from skfashion.storage import new_file, sha256_of

MAX_BYTES = 2_000_000
# How much rarer a class is among photos of garments than in Fashion-MNIST, where each is a tenth.
# What is cut out badly looks like a bag more often than it is one.
PRIOR = {"Bag": 0.1}
METHODS = ("u2netp", "grabcut", "border")
VIEWS = (1, 2, 6, 12)
QUICK = {"images": 2000, "epochs": 1, "width": 8, "per_folder": 4}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=60_000, help="the first so many; all: 60000")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--width", type=int, default=16, help="of the network's first layers")
    parser.add_argument("--hidden", type=int, default=256, help="units of the dense layer")
    parser.add_argument("--optimizer", default="muon")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="few images, epochs and photos")
    parser.add_argument("--measure", action="store_true", help="do not train, measure anew")
    parser.add_argument("--photos", type=Path, default=FOLDER / "validation")
    parser.add_argument("--per-folder", type=int, help="only the first photos of each folder")
    parser.add_argument("--output", type=Path, default=FILES["photos"])
    args = parser.parse_args()
    if args.quick:
        if args.output.resolve() == FILES["photos"].resolve():
            parser.error("--quick is only a trial: give another file with --output")
        vars(args).update(QUICK)
    description = args.output.with_suffix(".json")
    if args.measure:
        record = json.loads(description.read_text())
    else:
        record = {"training": trained_and_written(args)}
    record = described(args.output) | record | {"figures": figures(args)}
    with new_file(description) as file:
        file.write((json.dumps(record, indent=2) + "\n").encode())
    print(f"written to {args.output} and {description}")


def trained_and_written(args):
    """Train, write the weights, and return what the training was."""
    data = fetch_fashion_mnist(subset="train", data_home=data_home())
    names = data.target_names[data.target]
    classifier = MiniVGGClassifier(
        width=args.width,
        hidden_units=(args.hidden,),
        max_epochs=args.epochs,
        optimizer=args.optimizer,
        augment=photo_like(names),
        random_state=args.seed,
        device="cpu",
        verbose=1,
    )
    start = time.perf_counter()
    classifier.fit(data.images[: args.images], names[: args.images])
    seconds = time.perf_counter() - start
    correct_prior(classifier)
    # As a user has it: on whatever device there is, with all of a classifier's defaults.
    classifier.set_params(device="auto", verbose=0)
    save(classifier, args.output, half_precision=True)
    return {
        "data": "Fashion-MNIST, made like cut-outs of photos by photo_like",
        "images": len(names[: args.images]),
        "epochs": args.epochs,
        "augmented_images": args.epochs * len(names[: args.images]),
        "width": args.width,
        "hidden_units": [args.hidden],
        "optimizer": args.optimizer,
        "prior": PRIOR,
        "seed": args.seed,
        "seconds": round(seconds),
        "environment": environment(),
    }


def correct_prior(classifier):
    """Multiply the probabilities of rarer classes by their prior, before they are normalized."""
    codes = np.searchsorted(classifier.classes_, list(PRIOR))
    with torch.no_grad():
        classifier.module_.output.bias[codes] += torch.tensor(list(PRIOR.values())).log()


def described(path):
    """Return what identifies a file of weights."""
    n_bytes = path.stat().st_size
    if n_bytes > MAX_BYTES:
        raise SystemExit(f"{path} has {n_bytes:,} bytes, and may have {MAX_BYTES:,}: less --width")
    return {"file": path.name, "sha256": sha256_of(path), "bytes": n_bytes}


def figures(args):
    """Return how many photos the weights name right, and images of Fashion-MNIST itself."""
    classifier = load(args.output, device="cpu")
    test = fetch_fashion_mnist(subset="test", data_home=data_home())
    right = classifier.predict(test.images) == test.target_names[test.target]
    paths, names = photos_of(args.photos, args.per_folder)
    rows = []
    for method in METHODS:
        rows += rows_of(method, classifier, paths, names)
    return {
        "photos": f"{len(names)} of {args.photos.name}",
        "rows": rows,
        "fashion_mnist_test_accuracy": round(float(right.mean()), 4),
        "environment": environment() | installed("opencv-python-headless", "pillow"),
    }


def rows_of(method, classifier, paths, names):
    """Return the figures of a way to cut out garments, for each number of views."""
    pipeline = make_photo_pipeline(classifier, method=method, data_home=SHARED / "models")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No garment was found")
        garments = pipeline["segmenter"].transform(paths)
        found = np.array([garment.found for garment in garments])
        rows = []
        for n_views in VIEWS:
            pipeline.set_params(n_views=n_views)
            rows.append(
                {"method": method, "n_views": n_views}
                | scores(pipeline.predict(garments), found, names)
            )
            print(*rows[-1].values(), flush=True)
    return rows


if __name__ == "__main__":
    main()
