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
    attributes : callable
        Takes the net, and returns the fitted attributes that the estimator would have if the
        training ended now.
    """

    def __init__(self, estimator, context, data, attributes):
        self.estimator = estimator
        self.context = context
        self.data = data
        self.attributes = attributes

    def on_train_begin(self, net, **kwargs):
        self.task_ = None

    def on_epoch_begin(self, net, **kwargs):
        self.task_ = self.context.subcontext(task_name="epoch")
        self.task_.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def on_epoch_end(self, net, **kwargs):
        if self._end_task(net):
            raise KeyboardInterrupt  # skorch's way for a callback to end a training

    def on_train_end(self, net, **kwargs):
        if self.task_ is not None:  # of an epoch that Ctrl-C has interrupted
            self._end_task(net)

    def _end_task(self, net):
        task, self.task_ = self.task_, None
        return task.call_on_fit_task_end(
            estimator=self.estimator,
            reconstruction_attributes=lambda: self.attributes(net),
            **self.data,
        )
