"""
=====================================
From a photo to an image of a garment
=====================================

How :mod:`skfashion.photos` preprocesses a photo for a classifier: the garment is segmented, cut
out, and converted to an image in the style of Fashion-MNIST. The photo is synthetic.
"""

import cv2
import matplotlib.pyplot as plt
import numpy as np

from skfashion.photos import FashionMNISTConverter, GarmentSegmenter

photo = np.full((400, 300, 3), (225, 220, 210), dtype=np.uint8)
outline = [(90, 90), (130, 75), (170, 75), (210, 90), (265, 170), (230, 195), (205, 165)]
outline += [(205, 330), (95, 330), (95, 165), (70, 195), (35, 170)]
cv2.fillPoly(photo, [np.array(outline)], (40, 70, 120))

# %%
# The steps
# ---------
garments = GarmentSegmenter("border").fit_transform([photo])
images = FashionMNISTConverter().fit_transform(garments)

figure, axes = plt.subplots(1, 3, figsize=(7, 3), layout="constrained")
axes[0].imshow(photo)
axes[1].imshow(garments[0].mask, cmap="gray")
axes[2].imshow(images[0].squeeze(), cmap="gray")
for ax, title in zip(axes, ("photo", "mask", "image"), strict=True):
    ax.set(title=title, xticks=[], yticks=[])
