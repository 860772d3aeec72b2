"""
=========================
What augmentations change
=========================

Each row shows one augmentation on ten garments, stronger than one would train with, so that it
can be seen. The random numbers are drawn for each image, and in an estimator in each epoch:
``MiniVGGClassifier(augment=[RandomShift(2), RandomHorizontalFlip()])``. With a path,
``python docs/gallery/plot_augmentations.py docs/images/augmentations.png`` writes the picture.
"""

# %%
# Ten garments
# ------------
# One of each class: the published ones where they are on this computer, drawn ones elsewhere.
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image

from skfashion import augmentation
from skfashion.datasets import fetch_fashion_mnist, make_garments

HERE = Path(__file__).parent if "__file__" in globals() else Path.cwd()
published = HERE.parents[2] / "shared" / "fashion-mnist"
if published.exists():
    garments = fetch_fashion_mnist(subset="test", data_home=published)
else:
    garments = make_garments(200, random_state=0)
which = [np.flatnonzero(garments.target == label)[3] for label in range(10)]
images, labels = garments.images[which], garments.target_names

# %%
# One augmentation a row
# ----------------------
# `fit_transform` augments, as in training; `transform` would leave the images as they are.
steps = [
    augmentation.RandomShift(5),
    augmentation.RandomWidthShift(0.3, fill_mode="edge"),
    augmentation.RandomHeightShift(0.3, fill_mode="reflect"),
    augmentation.RandomHorizontalFlip(),
    augmentation.RandomRotation(30),
    augmentation.RandomZoom((0.5, 1.3)),
    augmentation.RandomZoom(0.4, keep_aspect=False),
    augmentation.RandomShear(30),
    augmentation.RandomElasticDeformation(1.5),
    augmentation.RandomErasing(12, p=1.0, fill_value=128),
    augmentation.RandomBrightness((0.4, 1.6)),
    augmentation.RandomContrast((0.3, 2.0)),
    augmentation.RandomNoise(0.1),
]
rows = {"as they are": images}
for seed, step in enumerate(steps):
    name = repr(step)
    rows[name] = step.set_params(random_state=seed).fit_transform(images)

# %%
# Chains
# ------
# A chain in `augment` is applied as a whole: this is the function that an estimator gets from
# it. All that moves pixels is one resampling.
batch = torch.from_numpy(images[:, None].copy())  # (10, 1, 28, 28)
for chain in (augmentation.shift_flip, augmentation.rotate_shift_shear_zoom):
    augment = augmentation.as_augmentation(chain())
    rows[f"{chain.__name__}()"] = augment(batch, torch.Generator().manual_seed(1))[:, 0].numpy()

# %%
# The picture
# -----------
SCALE, GAP, LABEL, HEAD, DPI = 2, 3, 230, 22, 100  # GAP in garment pixels, others in pixels
side = 28 * SCALE
pitch = side + GAP * SCALE
width, height = LABEL + 10 * pitch, HEAD + len(rows) * pitch
fig = plt.figure(figsize=(width / DPI, height / DPI), dpi=DPI)
for place, (name, row) in enumerate(rows.items()):
    top = HEAD + place * pitch
    strip = np.hstack(np.pad(row, ((0, 0), (0, 0), (0, GAP)), constant_values=255))
    box = (LABEL / width, 1 - (top + side) / height, 10 * pitch / width, side / height)
    ax = fig.add_axes(box)
    ax.imshow(strip, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
    ax.axis("off")
    title, _, parameters = name.removesuffix(")").partition("(")
    text = {"ha": "right", "transform": fig.transFigure}
    right, middle = (LABEL - 12) / width, 1 - (top + side / 2) / height
    above = 7 / height if parameters else 0
    ax.text(right, middle + above, title, fontsize=9, va="center", **text)
    ax.text(right, middle - above, parameters, fontsize=7.5, va="center", color="0.35", **text)
for i, label in enumerate(labels):
    x = (LABEL + i * pitch + side / 2) / width
    fig.text(x, 1 - (HEAD - 6) / height, label, ha="center", va="bottom", fontsize=7)
if sys.argv[1:]:
    fig.canvas.draw()
    pixels = np.asarray(fig.canvas.buffer_rgba())[..., 0]  # all of it is grey
    Image.fromarray(pixels).save(sys.argv[1], optimize=True)
