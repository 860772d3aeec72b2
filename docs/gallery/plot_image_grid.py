"""
===============================
A look at the images, by class
===============================

Before anything is trained: are the images what they should be, and the labels?
:class:`~skfashion.inspection.ImageGridDisplay` draws a row for each class.
"""

from skfashion.datasets import make_garments
from skfashion.inspection import ImageGridDisplay

garments = make_garments(200, random_state=0)
ImageGridDisplay.from_images(garments.images, garments.target, display_labels=garments.target_names)

# %%
# Without labels, the first images are shown, each below its title.
names = garments.target_names[garments.target]
ImageGridDisplay.from_images(garments.images, titles=names, n_images=10, n_columns=5)
