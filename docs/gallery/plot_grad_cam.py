"""
==================================
Grad-CAM
==================================

Heat maps of the places in the last feature maps that support a class.
"""

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import GradCAMDisplay

train, test = (make_garments(n, random_state=n) for n in (600, 100))
lenet = LeNet5Classifier(
    max_epochs=6, activation="relu", pooling="max", lr=0.003, batch_size=32, random_state=0
).fit(train.images, train.target)

# %%
# For the class that is the most probable
# ----------------------------------------
GradCAMDisplay.from_estimator(lenet, test.images, display_labels=test.target_names)

# %%
# Evidence for a shirt
# --------------------
shirt = list(test.target_names).index("Shirt")
GradCAMDisplay.from_estimator(lenet, test.images, target=shirt, display_labels=test.target_names)
