"""Predicting: many images at once, and one by one."""

from ._data import CLASSIFIERS, fitted, garments


class Predict:
    """With a fitted classifier."""

    params = list(CLASSIFIERS)
    param_names = ["classifier"]

    def setup(self, name):
        """Fit, and predict once."""
        self.X, _ = garments()
        self.classifier = fitted(name)
        self.classifier.predict(self.X[:1])

    def time_predict(self, name):
        """Predict 1,000 images."""
        self.classifier.predict(self.X)

    def time_one_image(self, name):
        """Predict one image."""
        self.classifier.predict(self.X[:1])

    def peakmem_predict(self, name):
        """Predict 1,000 images."""
        self.classifier.predict(self.X)
