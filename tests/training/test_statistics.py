"""Statistics of batch normalizations that come after dropout."""

import copy

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback
from torch import nn

from skfashion import CNN4ConvClassifier, CNN5Classifier, ModuleClassifier, V5Classifier
from skfashion.datasets import make_garments
from skfashion.networks import V5
from skfashion.networks._batch_norm import BatchNorm
from skfashion.training._statistics import after_dropout, batch_size, computed_anew

X, y = make_garments(120, random_state=0, return_X_y=True)
SMALL = {"width": 4, "hidden_units": (16, 16), "batch_size": 20, "precision": "float64"}


def inputs_of_norms(clf, X):
    """Return what each batch normalization is given when the classifier predicts."""
    seen, hooks = {}, []
    for name, layer in clf.module_.named_modules():
        if isinstance(layer, BatchNorm):

            def note(_, x, name=name):
                seen[name] = x[0]

            hooks.append(layer.register_forward_pre_hook(note))
    clf.predict(X)
    for hook in hooks:
        hook.remove()
    return seen


def test_they_are_those_of_the_training_data_without_dropout():
    clf = V5Classifier(**SMALL, max_epochs=2, random_state=0).fit(X, y)
    norms = dict(clf.module_.named_modules())
    # Those before: the averages of the training, in which nothing was dropped either.
    name, x = list(inputs_of_norms(clf, X).items())[1]  # the first one after dropout
    axes = [axis for axis in range(x.ndim) if axis != 1]
    var, mean = torch.var_mean(x, axes)
    torch.testing.assert_close(norms[name].running_mean, mean)
    torch.testing.assert_close(norms[name].running_var, var)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_predictions_are_no_worse_than_training_says(optimizer):
    X, y = make_garments(600, random_state=0, return_X_y=True)
    clf = CNN4ConvClassifier(width=8, dropout=0.5, optimizer=optimizer, batch_size=64)
    clf.set_params(max_epochs=3, random_state=0).fit(X, y)
    assert clf.score(X, y) > clf.history_[-1]["train_acc"] + 0.05  # with half of it dropped


@pytest.mark.parametrize("ema_decay", [None, 0.9])
def test_validation_is_of_what_predicts(ema_decay):
    clf = V5Classifier(**SMALL, max_epochs=3, early_stopping=True, ema_decay=ema_decay)
    clf.set_params(random_state=0).fit(X, y, X_val=X[:50], y_val=y[:50])
    best = clf.history_[clf.best_epoch_ - 1]
    assert best["valid_acc"] == pytest.approx(clf.score(X[:50], y[:50]))


def test_sample_weights_count():
    weight = np.where(y < 5, 2.0, 1.0)
    clf = V5Classifier(**SMALL, max_epochs=1, random_state=0).fit(X, y, sample_weight=weight)
    name, x = list(inputs_of_norms(clf, X).items())[1]
    mean = torch.as_tensor(np.average(x.mean((2, 3)), axis=0, weights=weight))
    torch.testing.assert_close(dict(clf.module_.named_modules())[name].running_mean, mean)


def test_a_piece_of_the_data_does_not_replace_what_all_pieces_gave():
    clf = V5Classifier(**SMALL, random_state=0).partial_fit(X, y, classes=range(10))
    norm = dict(clf.module_.named_modules())[list(inputs_of_norms(clf, X))[1]]
    before = norm.running_mean.clone()
    clf.partial_fit(X[:20], y[:20])
    now = dict(clf.module_.named_modules())[list(inputs_of_norms(clf, X))[1]].running_mean
    x = list(inputs_of_norms(clf, X[:20]).values())[1].mean((0, 2, 3))
    assert (now - before).norm() < (x - before).norm()


def test_without_dropout_they_are_the_running_ones():
    clf = CNN5Classifier(max_epochs=1, random_state=0).fit(X, y)
    assert after_dropout(clf.module_.train().modules()) == []  # its dropout comes after all of them


class Net(nn.Module):
    """A user's network, some of whose normalizations are not trained."""

    def __init__(self, image_shape, n_classes):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(image_shape[2], 4, 3, stride=2),
            nn.Dropout(0.5),
            nn.BatchNorm2d(4),
            nn.Flatten(),
        )
        self.frozen = nn.BatchNorm1d(676).eval()
        self.output = nn.Linear(676, n_classes)

    def train(self, mode=True):
        super().train(mode)
        self.frozen.eval()
        return self

    def forward(self, x):
        return self.output(self.frozen(self.layers(x)))


def test_networks_of_users():
    clf = ModuleClassifier(module=Net, max_epochs=1, precision="float64", random_state=0).fit(X, y)
    seen, norm = [], clf.module_.module.layers[2]
    hook = norm.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
    clf.predict(X)
    hook.remove()
    torch.testing.assert_close(norm.running_mean, seen[0].mean((0, 2, 3)))
    assert norm.momentum == 0.1
    assert not clf.module_.module.frozen.running_mean.any()


class Freezes(Net):
    """As many write it: without a return."""

    def train(self, mode=True):
        super().train(mode)


class Registered(Net):
    """Its dropout is called first, and registered last."""

    def __init__(self, image_shape, n_classes, dropout=nn.Dropout):
        super().__init__(image_shape, n_classes)
        del self.layers[1]
        self.drop = dropout(0.5)

    def forward(self, x):
        x = self.drop(self.layers[0](x))
        return self.output(self.frozen(self.layers[1:](x)))


class Before(Net):
    """Its batch normalizations are called before its dropout, which is registered first."""

    def forward(self, x):
        conv, drop, norm, flat = self.layers
        return self.output(drop(self.frozen(flat(norm(conv(x))))))


def test_those_that_are_called_before_dropout_keep_their_running_statistics():
    how = {"batch_size": 60, "lr_schedule": None, "ema_decay": None, "random_state": 0}
    fitted = ModuleClassifier(module=Before, max_epochs=1, **how).fit(X, y)
    pieces = ModuleClassifier(module=Before, **how).partial_fit(X, y)  # which keeps them
    for one, other in zip(fitted.module_.buffers(), pieces.module_.buffers(), strict=True):
        torch.testing.assert_close(one, other)


class Own(nn.BatchNorm2d):
    """A user's own, which counts as it likes."""

    def forward(self, x):
        with torch.no_grad():
            self.running_mean.mul_(1 - self.momentum).add_(self.momentum * x.mean((0, 2, 3)))
        return x - self.running_mean[:, None, None]


@pytest.mark.parametrize("module", [Freezes, Registered])
@pytest.mark.parametrize("dropout", [nn.Dropout, nn.Dropout2d, nn.AlphaDropout])
def test_other_networks_of_users(module, dropout):
    def build(image_shape, n_classes):
        network = module(image_shape, n_classes)
        for name, layer in list(network.named_modules()):
            if isinstance(layer, nn.Dropout):
                network.set_submodule(name, dropout(0.5))
        return network

    clf = ModuleClassifier(module=build, max_epochs=1, precision="float64", random_state=0)
    seen, norm = [], clf.fit(X, y).module_.module.layers[-2]
    hook = norm.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
    clf.predict(X)
    hook.remove()
    torch.testing.assert_close(norm.running_mean, seen[0].mean((0, 2, 3)))


@pytest.mark.parametrize("norm", [Own(4), nn.BatchNorm2d(4, momentum=0.0)])
def test_those_that_are_not_to_be_computed_anew(norm):
    def build(image_shape, n_classes):
        network = Net(image_shape, n_classes)
        network.layers[2] = copy.deepcopy(norm)
        return network

    clf = ModuleClassifier(module=build, max_epochs=1, random_state=0).fit(X, y)
    assert after_dropout(clf.module_.train().modules()) == []
    unchanged = torch.equal(clf.module_.module.layers[2].running_mean, torch.zeros(4))
    assert unchanged == (norm.momentum == 0)


class Stop(Callback):
    def on_batch_end(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt


def test_after_an_epoch_that_a_callback_ends():
    clf = V5Classifier(**SMALL, max_epochs=3, ema_decay=None, callbacks=[Stop()], random_state=0)
    clf.fit(X, y)
    assert clf.n_iter_ == 1
    name, x = list(inputs_of_norms(clf, X).items())[1]
    norm = dict(clf.module_.named_modules())[name]
    torch.testing.assert_close(norm.running_mean, x.mean((0, 2, 3)))


def test_the_count_of_mini_batches_needs_no_tensor_afterwards():
    """A step that is captured as a CUDA graph could not read one."""
    network = V5((28, 28, 1), 10, width=4)
    norms = [layer for layer in network.modules() if isinstance(layer, BatchNorm)]
    norms[0].n_batches = 7
    with computed_anew(norms):
        for norm in norms:
            norm(torch.rand(4, norm.num_features, 2, 2))
    assert [norm.n_batches for norm in norms] == [7] + [None] * (len(norms) - 1)
    assert norms[0].momentum == 0.1
    assert not norms[0].num_batches_tracked


def test_mini_batches_are_alike():
    for n_images in (1, 2, 255, 256, 257, 513, 60_000):
        assert 0 < batch_size(n_images, 512) <= 256
        assert n_images % batch_size(n_images, 512) != 1 or n_images == 1
        assert 0 < batch_size(n_images, 10) <= 10  # where images are large
