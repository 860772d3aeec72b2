"""
==================================
What a chain of augmentations does
==================================

Each image is changed at random in each epoch. Do the labels still fit the augmented images?
:class:`~skfashion.inspection.AugmentationDisplay` shows the chain as the training applies it.
"""

from skfashion import LeNet5Classifier, RandomErasing, rotate_shift_shear_zoom, shift_flip
from skfashion.datasets import make_garments
from skfashion.inspection import AugmentationDisplay

X, y = make_garments(20, random_state=0, return_X_y=True)
AugmentationDisplay.from_augmentation(rotate_shift_shear_zoom(20, shear=10, zoom=0.2), X)

# %%
# Also from a classifier, which need not be fitted.
lenet = LeNet5Classifier(augment=[shift_flip(3), RandomErasing(10, p=0.5)])
AugmentationDisplay.from_estimator(lenet, X, n_images=3)
