"""How well garments in real photographs are named by a classifier of Fashion-MNIST.

One classifier, trained on Fashion-MNIST alone, and several ways to make its images of photos.
Writes ``benchmarks/results/photos.json``.

    python benchmarks/photos.py [--model minivgg.skfashion]
    python benchmarks/photos.py --sheet sheet.png
    python benchmarks/photos.py --recipe photo_like --images 20000
"""

import argparse
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
from _environment import data_home, environment, installed, write
from _photos import FOLDER, SHARED, photos_of, scores

from skfashion import MiniVGGClassifier, RandomHorizontalFlip, load
from skfashion.augmentation import photo_like
from skfashion.datasets import fetch_fashion_mnist
from skfashion.photos import (
    draw_result,
    make_photo_pipeline,
    to_fashion_mnist,
    write_image,
)

METHODS = {
    "naive": "the published steps on the whole photo, its background trimmed",
    "colour": "cut out by the colour of the centre, by the rules of a published camera demo",
    "border": "cut out by the colours along the border",
    "grabcut": "the same, refined by GrabCut",
    "u2netp": "cut out by u2netp, refined by GrabCut",
}
RECIPES = {
    "flip": lambda names: RandomHorizontalFlip(),
    "photo_like": photo_like,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, default=FOLDER / "validation")
    parser.add_argument("--model", type=Path, help="a saved classifier; else one is trained")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--recipe", choices=RECIPES, default="flip", help="the augmentation")
    parser.add_argument("--images", type=int, help="train on the first images only")
    parser.add_argument("--per-folder", type=int, help="only the first photos of each folder")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--sheet", type=Path, help="draw 40 photos to this file, and stop")
    parser.add_argument("--json", help="name of the result's file: photos, or photos_RECIPE")
    args = parser.parse_args()
    classifier = load(args.model, device="cpu") if args.model else trained(args)
    paths, names = photos_of(args.photos, args.per_folder)
    if args.sheet:
        draw_sheet(classifier, paths, args.sheet)
        return
    rows = []
    for method in args.methods:
        rows.append(measured(method, classifier, paths, names))
        print(
            "{method:8} {accuracy:.3f} {mean_over_folders:.3f} {not_found:.3f} {ms:7.1f}".format(
                **rows[-1]
            ),
            flush=True,
        )
    write(
        args.json or ("photos" if args.recipe == "flip" else f"photos_{args.recipe}"),
        {
            "what": "photos named right by a MiniVGGClassifier trained on Fashion-MNIST alone: "
            "all photos, the mean over folders, the share without a garment found, and "
            "milliseconds of one core a photo, decoding included",
            "photos": f"{len(names)} of {args.photos.name}",
            "per_folder": args.per_folder,
            "recipe": None if args.model else args.recipe,
            "images": args.images,
            "epochs": classifier.max_epochs,
            "rows": rows,
            "environment": environment() | installed("opencv-python-headless", "pillow"),
        },
    )


def trained(args):
    data = fetch_fashion_mnist(subset="train", data_home=data_home())
    names = data.target_names[data.target]
    classifier = MiniVGGClassifier(
        max_epochs=args.epochs,
        augment=RECIPES[args.recipe](names),
        tta="flip",
        random_state=0,
        device="cpu",
    )
    return classifier.fit(data.images[: args.images], names[: args.images])


def measured(method, classifier, paths, names):
    """Return the figures of a method as a row."""
    prepare = partial(prepared, method, classifier)
    start = time.process_time()  # not of other programs: the machine may be busy
    found, images = prepare(paths)
    seconds = time.process_time() - start
    found_right = scores(classifier.predict(images), found, names)
    by_folder = found_right.pop("by_folder")
    return {
        "method": method,
        "how": METHODS[method],
        **found_right,
        "ms": round(1000 * seconds / len(paths), 1),
        "by_folder": by_folder,
    }


def prepared(method, classifier, paths):
    """Return in which photos a garment was found, and the images for the classifier."""
    if method == "naive":
        from skfashion.photos import read_image

        images = np.stack([to_fashion_mnist(read_image(path)) for path in paths])
        return images.reshape(len(images), -1).any(axis=1), images
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No garment was found")
        garments, images = cut_out(method, classifier, paths)
    return np.array([garment.found for garment in garments]), images


def cut_out(method, classifier, paths):
    pipeline = make_photo_pipeline(classifier, method=method, data_home=SHARED / "models")
    garments = pipeline.named_steps["segmenter"].transform(paths)
    return garments, pipeline.named_steps["converter"].transform(garments)


def draw_sheet(classifier, paths, file, n_columns=4, n_photos=40):
    """Draw photos, their masks, what the classifier sees and says, as one picture."""
    chosen = [paths[i] for i in np.linspace(0, len(paths) - 1, n_photos).astype(int)]
    garments, images = cut_out("auto", classifier, chosen)
    texts = [
        f"{Path(path).parent.name}: {label}" if garment.found else "no garment found"
        for path, garment, label in zip(chosen, garments, classifier.predict(images), strict=True)
    ]
    tiles = [draw_result(*what)[::2, ::2] for what in zip(garments, images, texts, strict=True)]
    rows = [np.hstack(tiles[i : i + n_columns]) for i in range(0, len(tiles), n_columns)]
    write_image(file, np.vstack(rows))
    print(f"written to {file}")


if __name__ == "__main__":
    main()
