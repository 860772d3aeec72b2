"""Draw photos that people took at home, and what the classifier of the package takes them for.

The first photos of each folder, with the box of the garment; below each of them the image that the
classifier sees, and the name that it gives. Draws ``docs/images/predictions.png``.

    python benchmarks/draw_predictions.py
"""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
from _environment import ROOT
from _photos import CLASSES, FOLDER, SHARED, photos_of
from matplotlib.patches import Rectangle

from skfashion import load_pretrained

PICTURE = ROOT / "docs" / "images" / "predictions.png"
SECOND_ONES = ("dress", "shoes", "t-shirt")  # of these folders there are two photos
COLOURS = {True: "#0969da", False: "#bc4c00"}


def first_photos():
    """Return paths and folders of the first photos of each folder."""
    paths, folders = photos_of(FOLDER / "validation", per_folder=2)
    chosen = [
        i
        for i, folder in enumerate(folders)
        if i == 0 or folder != folders[i - 1] or folder in SECOND_ONES
    ]
    return [paths[i] for i in chosen], folders[chosen]


def main():
    pipeline = load_pretrained("photos", data_home=SHARED / "models")
    paths, folders = first_photos()
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
        is_right = name in CLASSES[folder]
        text = name if is_right else f"✗ {name}"
        below.set_xlabel(text, fontsize=14, color=COLOURS[is_right])
        for ax in (above, below):
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
    figure.savefig(PICTURE, dpi=90)
    print(f"written to {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
