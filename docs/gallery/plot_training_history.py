"""
==================================
Loss and accuracy during trainings
==================================

How fast does a network learn, which epoch is the best, and does it overfit?
:class:`~skfashion.inspection.TrainingHistoryDisplay` draws one training or several.
"""

# %%
# Two learning rates
# ------------------
# With a validation set, the best epoch has a ring.
from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import LiveTrainingHistory, TrainingHistoryDisplay

X, y = make_garments(600, random_state=0, return_X_y=True)
X_val, y_val = make_garments(200, random_state=1, return_X_y=True)

runs = {}
for lr in (0.001, 0.01):
    lenet = LeNet5Classifier(max_epochs=8, lr=lr, batch_size=32, random_state=0)
    runs[f"lr={lr}"] = lenet.fit(X, y, X_val=X_val, y_val=y_val)
TrainingHistoryDisplay.from_estimator(runs)

# %%
# During the training
# -------------------
# As a callback of scikit-learn's, the picture is redrawn after each epoch in a notebook.
lenet = LeNet5Classifier(max_epochs=3, random_state=0).set_callbacks(LiveTrainingHistory())
lenet.fit(X, y)
