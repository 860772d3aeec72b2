"""
Photos, and what the classifier that comes with the package takes them for
==========================================================================

The first photos of each folder that people took at home, with the box of the garment; below each of
them the image that the classifier sees, and the name that it gives. Draws
``docs/images/predictions.png``:

    python docs/gallery/plot_predictions.py ../shared

where the folder has ``clothing-photos`` and ``models``.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle
from sklearn.datasets import load_files

from skfashion import load_pretrained

PICTURE = Path(__file__).parents[1] / "images" / "predictions.png"
# The folders, and the names that are right for them.
RIGHT = {
    "t-shirt": ["T-shirt/top"],
    "pants": ["Trouser"],
    "dress": ["Dress"],
    "outwear": ["Coat"],
    "shirt": ["Shirt"],
    "shoes": ["Sneaker", "Sandal", "Ankle boot"],
    "longsleeve": ["Pullover"],
}
PER_FOLDER = {"t-shirt": 2, "pants": 1, "dress": 2, "outwear": 1, "shirt": 1, "shoes": 2}
COLOURS = {True: "#0969da", False: "#bc4c00"}


def first_photos(shared):
    """Return paths and folders of the first photos of each folder."""
    folder = shared / "clothing-photos" / "validation"
    bunch = load_files(folder, load_content=False, shuffle=False)
    chosen = []
    for name in RIGHT:
        of_folder = sorted(path for path in bunch.filenames if Path(path).parent.name == name)
        chosen += of_folder[: PER_FOLDER.get(name, 1)]
    return chosen, [Path(path).parent.name for path in chosen]


def main():
    shared = Path(sys.argv[1])
    pipeline = load_pretrained("photos", data_home=shared / "models")
    paths, folders = first_photos(shared)
    garments = pipeline[:1].transform(paths)
    images = pipeline[1:-1].transform(garments)
    probabilities = pipeline.predict_proba(garments)

    heights = {"height_ratios": [1.8, 1]}
    figure, axes = plt.subplots(
        2, len(paths), figsize=(13, 3.9), layout="constrained", gridspec_kw=heights
    )
    columns = zip(axes.T, garments, images, probabilities, folders, strict=True)
    for (above, below), garment, image, p, folder in columns:
        name = pipeline.classes_[p.argmax()]
        above.imshow(garment.image)
        above.set_anchor("S")
        left, top, right, bottom = garment.box
        size = (right - left, bottom - top)
        above.add_patch(Rectangle((left, top), *size, fill=False, color="#ff9f1c", linewidth=2))
        below.imshow(image.reshape(28, 28), cmap="gray")
        is_right = name in RIGHT[folder]
        text = name if is_right else f"✗ {name}"
        below.set_xlabel(text, fontsize=14, color=COLOURS[is_right])
        for ax in (above, below):
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
    figure.savefig(PICTURE, dpi=90)


if __name__ == "__main__":
    main()
