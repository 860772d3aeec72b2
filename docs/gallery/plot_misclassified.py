"""
=================================
Misclassified images
=================================

scikit-learn's confusion matrix shows which classes are confused.
:class:`~skfashion.inspection.MisclassifiedDisplay` shows the images, the most confident mistakes
first.
"""

import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import MisclassifiedDisplay

train, test = (make_garments(n, random_state=n) for n in (600, 300))
lenet = LeNet5Classifier(max_epochs=6, lr=0.005, batch_size=32, random_state=0)
lenet.fit(train.images, train.target)

# %%
_, ax = plt.subplots(figsize=(7, 6), layout="constrained")
ConfusionMatrixDisplay.from_estimator(
    lenet,
    test.images,
    test.target,
    display_labels=test.target_names,
    xticks_rotation=45,
    cmap="Blues",
    ax=ax,
)

# %%
MisclassifiedDisplay.from_estimator(
    lenet, test.images, test.target, display_labels=test.target_names, n_images=10
)
