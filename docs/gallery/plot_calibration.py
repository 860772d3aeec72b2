"""
==========================================
Calibration of the probabilities
==========================================

Of the images whose most probable class has a probability of 0.7, is that class the true one in 70%
of all cases? scikit-learn's own calibration curve shows it.
"""

import numpy as np
from sklearn.calibration import CalibrationDisplay

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments

train, test = (make_garments(n, random_state=n) for n in (600, 1000))

# %%
# With and without smoothed labels
# --------------------------------
# `label_smoothing` reduces overconfidence.
ax = None
for label_smoothing in (0.0, 0.3):
    lenet = LeNet5Classifier(
        label_smoothing=label_smoothing, max_epochs=8, batch_size=32, random_state=0
    ).fit(train.images, train.target)
    probabilities = lenet.predict_proba(test.images)
    is_right = lenet.classes_[probabilities.argmax(axis=1)] == test.target
    print(label_smoothing, np.mean(is_right))
    display = CalibrationDisplay.from_predictions(
        is_right,
        probabilities.max(axis=1),
        strategy="quantile",
        name=f"label_smoothing={label_smoothing}",
        ax=ax,
    )
    ax = display.ax_
_ = ax.set(xlabel="Mean largest probability", ylabel="Fraction that is right")
