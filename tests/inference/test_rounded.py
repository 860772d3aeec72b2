"""The network that predicts in bfloat16 follows the one that is trained."""

import pickle

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback
from torch import nn

from skfashion import LeNet5Classifier, MiniVGGClassifier, V5Classifier

X = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype=np.uint8)
Y = np.arange(40) % 3


def fitted(kind=LeNet5Classifier, **parameters):
    how = {"precision": "bfloat16", "max_epochs": 1, "random_state": 0, "device": "cpu"}
    return kind(**how | parameters).fit(X, Y)


def plainly(classifier, images=X):
    """Return logits as the network's own weights give them under autocast."""
    data = torch.from_numpy(images[..., None]).permute(0, 3, 1, 2).float()
    mean, std = (
        torch.as_tensor(v, dtype=torch.float32) for v in (classifier.mean_, classifier.std_)
    )
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        return classifier.module_.eval()((data - mean) / std).float().numpy()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [LeNet5Classifier, MiniVGGClassifier, V5Classifier])
def test_as_autocast(kind):
    classifier = fitted(kind)
    np.testing.assert_allclose(classifier.decision_function(X), plainly(classifier), atol=2e-2)


def test_one_image_is_as_in_a_batch():
    classifier = fitted()
    singly = np.concatenate([classifier.predict_proba(X[i : i + 1]) for i in range(len(X))])
    np.testing.assert_allclose(singly, classifier.predict_proba(X), atol=5e-3)


def change_in_place(network):
    with torch.no_grad():
        network.output.weight.add_(torch.randn(3, 84))


def load_others(network):
    network.load_state_dict({n: w + 0.1 for n, w in network.state_dict().items()})


def train_apart(network):
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1, fused=True)
    network(torch.randn(2, 1, 28, 28)).logsumexp(1).sum().backward()
    optimizer.step()


def replace_layer(network):
    network.output = nn.Linear(84, 3)


def replace_weight(network):
    network.output.weight = nn.Parameter(torch.randn(3, 84))


@pytest.mark.parametrize(
    "change", [change_in_place, load_others, train_apart, replace_layer, replace_weight]
)
def test_changes_of_the_network_are_seen(change):
    classifier = fitted()
    before = classifier.predict_proba(X)
    change(classifier.module_)
    np.testing.assert_allclose(
        classifier.decision_function(X), plainly(classifier), atol=2e-2, rtol=2e-2
    )
    assert np.abs(classifier.predict_proba(X) - before).max() > 1e-3


def test_training_on_is_seen():
    classifier = fitted()
    before = classifier.predict_proba(X)
    classifier.partial_fit(X, Y)
    assert (classifier.predict_proba(X) != before).any()
    np.testing.assert_allclose(classifier.decision_function(X), plainly(classifier), atol=2e-2)


def test_a_callback_sees_what_was_learned_so_far():
    class Watch(Callback):
        def on_epoch_end(self, net, **kwargs):
            seen.append(net.predict_proba(X))

    seen = []
    fitted(max_epochs=3, callbacks=[Watch()])
    assert (seen[0] != seen[1]).any()
    assert (seen[1] != seen[2]).any()


def test_hooks_of_the_network_are_called():
    classifier = fitted()
    classifier.predict(X)
    seen = []
    handle = classifier.module_.hidden.register_forward_hook(lambda *what: seen.append(what))
    with_hook = classifier.predict_proba(X)
    assert len(seen) == 1
    handle.remove()
    np.testing.assert_array_equal(classifier.predict_proba(X), with_hook)


def test_is_not_pickled():
    classifier = fitted()
    before = len(pickle.dumps(classifier))
    proba = classifier.predict_proba(X)
    pickled = pickle.dumps(classifier)
    assert len(pickled) < before + 1000
    np.testing.assert_array_equal(pickle.loads(pickled).predict_proba(X), proba)
