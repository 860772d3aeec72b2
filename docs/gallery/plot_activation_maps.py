"""
===========================
What the layers see
===========================

The filters of the first convolution, and what each layer makes of an image. Feature maps that are
the same everywhere, for all images, are dead: they are crossed out.
"""

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import ActivationMapDisplay, FilterDisplay, summarize

X, y = make_garments(600, random_state=0, return_X_y=True)
lenet = LeNet5Classifier(
    max_epochs=6, activation="relu", pooling="max", lr=0.003, batch_size=32, random_state=0
).fit(X, y)

# %%
# The layers, with their parameters and what they compute for an image.
summarize(lenet)

# %%
FilterDisplay.from_estimator(lenet)

# %%
ActivationMapDisplay.from_estimator(lenet, X)
