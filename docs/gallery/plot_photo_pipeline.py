"""
===================
Classifying photos
===================

:func:`~skfashion.photos.make_photo_pipeline` joins a segmenter of photos and a classifier that was
trained on images in the style of Fashion-MNIST. The photos are synthetic: garments in colour, of
any size, on coloured backgrounds.
"""

import cv2
import matplotlib.pyplot as plt
import numpy as np

from skfashion import MiniVGGClassifier, RandomHorizontalFlip
from skfashion.datasets import make_garments
from skfashion.photos import make_photo_pipeline

train = make_garments(1500, random_state=0)
clf = MiniVGGClassifier(
    width=16, augment=RandomHorizontalFlip(), max_epochs=4, batch_size=32, random_state=0
)
clf.fit(train.images, train.target_names[train.target])

# %%
# Synthetic photos
# ----------------
rng = np.random.default_rng(0)
garments = make_garments(40, random_state=7)
first = [np.flatnonzero(garments.target == label)[0] for label in (0, 1, 3, 5, 7, 8, 9)]
photos = []
for image in garments.images[first]:
    large = cv2.resize(image, (240, 240), interpolation=cv2.INTER_CUBIC)[..., None] / 255
    cloth, background = rng.uniform(0.1, 0.6, 3), rng.uniform(0.75, 0.95, 3)
    shaded = cloth * (0.5 + large / 2)
    inside = cv2.GaussianBlur((large[..., 0] > 0.08).astype(np.float32), (5, 5), 0)[..., None]
    photo = np.full((320, 300, 3), background)
    photo[50:290, 30:270] = inside * shaded + (1 - inside) * background
    photos.append((photo * 255).round().astype(np.uint8))

# %%
# Predictions
# -----------
pipeline = make_photo_pipeline(clf, method="border")
probabilities = pipeline.predict_proba(photos)
images = pipeline[:-1].transform(photos)

figure, axes = plt.subplots(2, len(photos), figsize=(11, 3.6), layout="constrained")
for photo, image, p, column in zip(photos, images, probabilities, axes.T, strict=True):
    column[0].imshow(photo)
    column[1].imshow(image.squeeze(), cmap="gray")
    column[1].set_xlabel(f"{pipeline.classes_[p.argmax()]}\n{p.max():.0%}")
    for ax in column:
        ax.set(xticks=[], yticks=[])
