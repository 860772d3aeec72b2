"""
===========================
Feature maps and filters
===========================

The filters of the first convolution, and the output of each layer for an image. Feature maps that
are constant for all images are dead: they are crossed out.
"""

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import ActivationMapDisplay, FilterDisplay, summarize

X, y = make_garments(600, random_state=0, return_X_y=True)
lenet = LeNet5Classifier(
    max_epochs=6, activation="relu", pooling="max", lr=0.003, batch_size=32, random_state=0
).fit(X, y)

# %%
# The layers, with their parameters and multiply-adds for an image.
summarize(lenet)

# %%
FilterDisplay.from_estimator(lenet)

# %%
ActivationMapDisplay.from_estimator(lenet, X)
