"""scikit-learn's callbacks, told of each epoch."""

from skorch.callbacks import Callback


class EpochTasks(Callback):
    """Call the hooks of scikit-learn's callbacks at the beginning and end of each epoch.

    Parameters
    ----------
    estimator : ImageClassifier
        The estimator that is being fitted.
    context : sklearn.callback.CallbackContext
        The context of its fit, whose subtasks the epochs are.
    data : dict
        What the hooks are told of the fit: X, y and metadata.
    """

    def __init__(self, estimator, context, data):
        self.estimator = estimator
        self.context = context
        self.data = data

    def on_epoch_begin(self, net, **kwargs):
        self.task_ = self.context.subcontext(task_name="epoch")
        self.task_.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def on_epoch_end(self, net, **kwargs):
        n_iter = len(net.history)
        stop = self.task_.call_on_fit_task_end(
            estimator=self.estimator,
            reconstruction_attributes={"n_iter_": n_iter, "best_epoch_": n_iter},
            **self.data,
        )
        if stop:
            raise KeyboardInterrupt  # skorch's way for a callback to end a training
