"""A bar that shows how far a training is."""

from skorch.callbacks import Callback
from tqdm.auto import tqdm


class Progress(Callback):
    """One bar over all batches of a training, with the last epoch's figures beside it.

    Parameters
    ----------
    n_epochs, n_batches : int
        Number of epochs, and of batches in each.
    """

    def __init__(self, n_epochs, n_batches):
        self.n_epochs = n_epochs
        self.n_batches = n_batches

    def on_train_begin(self, net, **kwargs):
        self.bar_ = tqdm(total=self.n_epochs * self.n_batches, unit="batch", leave=True)

    def on_epoch_begin(self, net, **kwargs):
        epoch = min(self.bar_.n // self.n_batches + 1, self.n_epochs)
        self.bar_.set_description(f"epoch {epoch}/{self.n_epochs}")

    def on_batch_end(self, net, training=False, **kwargs):
        if training:
            self.bar_.update()

    def on_epoch_end(self, net, **kwargs):
        figures = net.history[-1]
        shown = ("train_loss", "valid_loss", "train_acc", "valid_acc")
        self.bar_.set_postfix({name: figures[name] for name in shown if name in figures})

    def on_train_end(self, net, **kwargs):
        self.bar_.close()
