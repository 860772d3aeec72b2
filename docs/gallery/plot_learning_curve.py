"""
==========================
Learning curve
==========================

scikit-learn's learning curve, for a network as for any other estimator.
"""

from sklearn.model_selection import LearningCurveDisplay

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments

X, y = make_garments(800, random_state=0, return_X_y=True)
lenet = LeNet5Classifier(activation="relu", pooling="max", batch_size=32, random_state=0)
_ = LearningCurveDisplay.from_estimator(
    lenet, X, y, train_sizes=[0.1, 0.3, 1.0], cv=3, score_type="both"
)
