"""
===================================
Grid search as a heat map
===================================

A search over parameters of the network, of the training and of the augmentation. Each cell is the
mean accuracy of a cross-validation.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV

from skfashion import LeNet5Classifier, RandomShift
from skfashion.datasets import make_garments

X, y = make_garments(300, random_state=0, return_X_y=True)
grid = {"lr": [1e-3, 3e-3, 1e-2], "augment__max_shift": [0, 1, 3]}
search = GridSearchCV(
    LeNet5Classifier(augment=RandomShift(), max_epochs=5, batch_size=32, random_state=0), grid, cv=2
)
search.fit(X, y)
print(search.best_params_)

# %%
shape = [len(values) for _, values in sorted(grid.items())]  # scikit-learn goes by their names
scores = np.reshape(search.cv_results_["mean_test_score"], shape)
fig, ax = plt.subplots(figsize=(5.6, 3.4), layout="constrained")
drawn = ax.imshow(scores, cmap="viridis")
fig.colorbar(drawn, ax=ax, label="accuracy")
ax.set_xticks(range(shape[1]), grid["lr"])
ax.set_yticks(range(shape[0]), grid["augment__max_shift"])
ax.set(xlabel="lr", ylabel="augment__max_shift")
ax.yaxis.labelpad = 8
middle = (scores.min() + scores.max()) / 2
for (i, j), score in np.ndenumerate(scores):
    color = "black" if score > middle else "white"
    ax.text(j, i, f"{score:.2f}", ha="center", va="center", color=color)
