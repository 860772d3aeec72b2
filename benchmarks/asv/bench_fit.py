"""Fitting: time, peak memory and what comes of it."""

from ._data import CLASSIFIERS, garments, real


class Fit:
    """One epoch."""

    params = [list(CLASSIFIERS), [64, 512]]
    param_names = ["classifier", "batch_size"]
    timeout = 300

    def setup(self, name, batch_size):
        """Draw images, and do what takes long the first time only."""
        self.X, self.y = garments()
        self.classifier = CLASSIFIERS[name](max_epochs=1, batch_size=batch_size, random_state=0)
        self.classifier.fit(self.X[:64], self.y[:64])

    def time_fit(self, name, batch_size):
        """Fit on 1,000 images."""
        self.classifier.fit(self.X, self.y)

    def peakmem_fit(self, name, batch_size):
        """Fit on 1,000 images."""
        self.classifier.fit(self.X, self.y)


class Accuracy:
    """Of LeNet-5 after the default number of epochs on few images."""

    params = ["drawn", "real"]
    param_names = ["images"]

    def setup(self, images):
        """Get images to train on and to test on."""
        if images == "drawn":
            self.train, self.test = garments(1000), garments(500, random_state=1)
        else:
            self.train, self.test = real("train", 3000), real("test", 1000)

    def track_accuracy(self, images):
        """Return the accuracy on the test images."""
        make = CLASSIFIERS["LeNet5Classifier"]
        classifier = make(activation="relu", pooling="max", random_state=0)
        return classifier.fit(*self.train).score(*self.test)

    track_accuracy.unit = "of test images"
