"""The same seed gives the same classifier, and fit is not noticed elsewhere."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier, RandomHorizontalFlip, RandomShift
from skfashion.cli._models import models
from skfashion.networks import _vgg19

ESTIMATORS = list(models().values())


def narrow(cls):
    """Return parameters with few channels and units, on which nothing here depends."""
    few = {"width": 4, "bottleneck_width": 2, "image_size": 32}
    return {name: few[name] for name in few.keys() & cls().get_params()}


def make(cls, **parameters):
    return cls(
        **narrow(cls),
        max_epochs=1,
        random_state=3,
        augment=[RandomShift(2), RandomHorizontalFlip()],
        **parameters,
    )


@pytest.mark.usefixtures("narrow_vgg19")
@pytest.mark.parametrize("precision", ["auto", "bfloat16", "float32"])
def test_same_seed_same_bits(estimator_class, precision, garments):
    X, y = (part[:16] for part in garments)
    first, second = (
        make(estimator_class, precision=precision).fit(X, y).predict_proba(X) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    other = make(estimator_class, precision=precision).set_params(random_state=4).fit(X, y)
    assert not np.array_equal(first, other.predict_proba(X))


SCRIPT = """
import sys, numpy as np, skfashion, torch
from skfashion.datasets import make_garments
from skfashion.networks import _vgg19
path, n_threads, blocks = sys.argv[1:]
torch.set_num_threads(int(n_threads))
_vgg19.BLOCKS = eval(blocks)
X, y = make_garments(600, random_state=0, return_X_y=True)
X, y = X[:24], y[:24]
results = {}
for line in sys.stdin:
    classifier = eval(line, vars(skfashion))
    results[type(classifier).__name__] = classifier.fit(X, y).predict_proba(X)
np.savez(path, **results)
"""


@pytest.mark.slow
@pytest.mark.usefixtures("narrow_vgg19")
def test_same_seed_same_bits_in_another_process(tmp_path, garments):
    X, y = (part[:24] for part in garments)
    classifiers = [make(cls) for cls in ESTIMATORS]
    arguments = [str(tmp_path / "there.npz"), str(torch.get_num_threads()), repr(_vgg19.BLOCKS)]
    lines = "\n".join(" ".join(repr(classifier).split()) for classifier in classifiers)
    subprocess.run([sys.executable, "-c", SCRIPT, *arguments], input=lines, check=True, text=True)
    there = np.load(tmp_path / "there.npz")
    assert len(there) == len(ESTIMATORS)
    for classifier in classifiers:
        name = type(classifier).__name__
        here = classifier.fit(X, y).predict_proba(X)
        np.testing.assert_array_equal(here, there[name], err_msg=name)


def test_without_a_seed_each_fit_differs(garments):
    X, y = (part[:100] for part in garments)
    first, second = (LeNet5Classifier(max_epochs=1).fit(X, y).predict_proba(X) for _ in range(2))
    assert not np.array_equal(first, second)


def test_random_state_instance_moves_on(garments):
    X, y = (part[:100] for part in garments)
    classifier = LeNet5Classifier(max_epochs=1, random_state=np.random.RandomState(0))
    first, second = (classifier.fit(X, y).predict_proba(X) for _ in range(2))
    assert not np.array_equal(first, second)


class Fail(Callback):
    def on_batch_end(self, net, **kwargs):
        raise RuntimeError("on purpose")


@pytest.mark.parametrize("callbacks", [None, [Fail()]])
@pytest.mark.parametrize("random_state", [0, None])
def test_global_state_is_left_alone(callbacks, random_state, garments):
    X, y = (part[:100] for part in garments)

    def state():
        kind, keys, *rest = np.random.get_state()
        return (
            kind,
            keys.tolist(),
            rest,
            torch.get_rng_state().tolist(),
            torch.get_num_threads(),
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.backends.cudnn.deterministic,
        )

    before = state()
    classifier = LeNet5Classifier(
        max_epochs=1,
        random_state=random_state,
        callbacks=callbacks,
        augment=RandomShift(1),
        early_stopping=True,
    )
    if callbacks:
        with pytest.raises(RuntimeError, match="on purpose"):
            classifier.fit(X, y)
    else:
        classifier.fit(X, y).predict(X)
    assert state() == before


def test_default_dtype_does_not_matter(garments):
    X, y = (part[:100] for part in garments)
    expected = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y)
    torch.set_default_dtype(torch.float64)
    try:
        classifier = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y)
        assert next(classifier.module_.parameters()).dtype == torch.float32
        np.testing.assert_allclose(classifier.score(X, y), expected.score(X, y), atol=0.3)
    finally:
        torch.set_default_dtype(torch.float32)
