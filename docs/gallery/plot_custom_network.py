"""
======================
Your own network
======================

:class:`~skfashion.ModuleClassifier` takes a function that makes any torch module: images,
(N, C, H, W), in, logits, (N, K), out. Everything else works as for the package's networks.
"""

from torch import nn

from skfashion import ModuleClassifier, RandomShift
from skfashion.datasets import make_garments
from skfashion.inspection import FilterDisplay, TrainingHistoryDisplay, summarize

train, valid = make_garments(800, random_state=0), make_garments(300, random_state=1)


def strided_network(image_shape, n_classes):
    """Two convolutions with strides instead of pooling."""
    height, width, n_channels = image_shape
    return nn.Sequential(
        *(nn.Conv2d(n_channels, 16, 7, stride=2, padding=3), nn.ReLU()),
        *(nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(32 * -(-height // 4) * -(-width // 4), n_classes)),
    )


clf = ModuleClassifier(
    module=strided_network, augment=RandomShift(2), max_epochs=8, batch_size=32, random_state=0
)
clf.fit(train.images, train.target, X_val=valid.images, y_val=valid.target)
print(summarize(clf))

# %%
# The training
# ------------
TrainingHistoryDisplay.from_estimator(clf)

# %%
# The filters of its first layer
# ------------------------------
FilterDisplay.from_estimator(clf)
