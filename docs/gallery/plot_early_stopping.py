"""
====================================
Early stopping
====================================

With `early_stopping`, part of the training data is held out. The training ends when the loss there
has not improved for `patience` epochs, and the weights of the best epoch are kept, which has a ring
here.
"""

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import TrainingHistoryDisplay

train, test = make_garments(500, random_state=0), make_garments(1000, random_state=1)
how = {"early_stopping": True, "patience": 4, "max_epochs": 40, "lr_schedule": None}
stopped = {
    f"lr={lr}": LeNet5Classifier(lr=lr, batch_size=32, random_state=0, **how).fit(
        train.images, train.target
    )
    for lr in (0.002, 0.008)
}
for name, clf in stopped.items():
    accuracy = clf.score(test.images, test.target)
    print(f"{name}: epoch {clf.best_epoch_} of {clf.n_iter_}, test accuracy {accuracy:.3f}")

# %%
# With a larger learning rate the best epoch comes sooner.
TrainingHistoryDisplay.from_estimator(stopped)
