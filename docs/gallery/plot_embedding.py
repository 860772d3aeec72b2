"""
==================================
Embedding of images
==================================

Images with similar features are near each other. Here the digits that scikit-learn ships, by
the features of LeNet-5's last hidden layer.
"""

from sklearn.datasets import load_digits

from skfashion import LeNet5Classifier
from skfashion.inspection import EmbeddingDisplay

digits = load_digits()
train, test = slice(0, 1200), slice(1200, 1500)
lenet = LeNet5Classifier(max_epochs=8, lr=0.005, batch_size=32, random_state=0)
lenet.fit(digits.images[train], digits.target[train])

# %%
# Principal components
# --------------------
EmbeddingDisplay.from_estimator(lenet, digits.images[test], digits.target[test])

# %%
# t-SNE, with the images as points
# --------------------------------
some = slice(1200, 1280)
EmbeddingDisplay.from_estimator(
    lenet, digits.images[some], digits.target[some], method="tsne", images=True
)

# %%
# Your own axes
# -------------
# From the sevens to the ones, and from the threes to the eights.
EmbeddingDisplay.from_estimator(
    lenet,
    digits.images[test],
    digits.target[test],
    method="axis",
    x_axis=(7, 1),
    y_axis=(3, 8),
)
