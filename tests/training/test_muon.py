"""Muon for convolutions, AdamW for all else."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from skfashion import CNN5Classifier, load
from skfashion.training import Muon
from skfashion.training._muon import orthogonalized


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 5), st.floats(1e-20, 1e10))
def test_singular_values_are_about_1(rows, columns, seed, scale):
    matrix = torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed)).double()
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    matrix = left @ torch.diag(values.clamp(min=0.1 * values[0])) @ right
    result = orthogonalized(scale * matrix)
    values = left.mT @ result @ right.mT
    assert 0.3 < values.diagonal().min() <= values.diagonal().max() < 1.3
    torch.testing.assert_close(values, torch.diag(values.diagonal()))


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (1, 1)])
def test_a_gradient_of_nothing_moves_nothing(shape):
    assert not orthogonalized(torch.zeros(shape)).any()


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(36, 3)
    )


def take_steps(module, optimizer, n):
    x = torch.randn(8, 2, 5, 5, generator=torch.Generator().manual_seed(1))
    for _ in range(n):
        optimizer.zero_grad()
        nn.functional.cross_entropy(module(x), torch.arange(8) % 3).backward()
        optimizer.step()


def test_all_but_convolutions_move_as_by_adamw():
    own, torchs = network(), network()
    take_steps(own, Muon(own.parameters(), lr=0.01, weight_decay=0.1), 1)
    take_steps(torchs, torch.optim.AdamW(torchs.parameters(), lr=0.01, weight_decay=0.1), 1)
    for (name, weight), other in zip(own.named_parameters(), torchs.parameters(), strict=True):
        assert torch.allclose(weight, other, atol=1e-7) != (name == "0.weight"), name


def test_a_convolution_moves_by_momentum_and_decays():
    weight = nn.Parameter(torch.eye(4).reshape(4, 4, 1, 1))
    gradient = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
    optimizer = Muon([weight], lr=0.01, weight_decay=0.5, momentum=0.6)
    expected, average = torch.eye(4), torch.zeros(4, 4)
    for sign in (1, -1, 1):
        weight.grad = (sign * gradient).reshape(weight.shape)
        optimizer.step()
        average = 0.6 * average + sign * gradient
        direction = orthogonalized(sign * gradient + 0.6 * average)
        expected = expected * (1 - 0.01 * 0.5) - 0.08 * direction
        torch.testing.assert_close(weight.detach().reshape(4, 4), expected)


def test_many_outputs_move_further():
    tall, square = (nn.Parameter(torch.zeros(n, 4, 1, 1)) for n in (16, 4))
    for weight in (tall, square):
        weight.grad = torch.eye(*weight.shape[:2]).reshape(weight.shape)
        Muon([weight], lr=0.01).step()
    assert tall[0, 0].item() == pytest.approx(2 * square[0, 0].item())


def test_a_layout_of_memory_changes_nothing():
    one, other = network(), network().to(memory_format=torch.channels_last)
    for module in (one, other):
        take_steps(module, Muon(module.parameters()), 3)
    torch.testing.assert_close(one[0].weight, other[0].weight)
    assert other[0].weight.is_contiguous(memory_format=torch.channels_last)


def test_weights_without_a_gradient_stay():
    module = network()
    module[0].weight.requires_grad_(False)
    before = copy.deepcopy(module[0].weight)
    take_steps(module, Muon(module.parameters()), 2)
    torch.testing.assert_close(module[0].weight, before, rtol=0, atol=0)


@pytest.mark.parametrize("pickled", [False, True])
def test_goes_on_from_its_state(pickled):
    module = network()
    optimizer = Muon(module.parameters(), lr=0.01)
    take_steps(module, optimizer, 2)
    again = copy.deepcopy(module)
    other = Muon(again.parameters(), lr=0.5)
    state = optimizer.state_dict()
    other.load_state_dict(pickle.loads(pickle.dumps(state)) if pickled else copy.deepcopy(state))
    take_steps(module, optimizer, 2)
    take_steps(again, other, 2)
    for weight, expected in zip(again.parameters(), module.parameters(), strict=True):
        torch.testing.assert_close(weight, expected, rtol=0, atol=0)


def test_a_closure_is_evaluated_with_gradients():
    weight = nn.Parameter(torch.ones(2, 2, 1, 1))

    def closure():
        loss = weight.square().sum()
        loss.backward()
        return loss

    assert Muon([weight]).step(closure).item() == 4
    assert (weight < 1).any()


@pytest.mark.parametrize("precision", ["float32", "float64", "bfloat16"])
def test_learns(precision, garments):
    X, y = garments
    classifier = CNN5Classifier(
        optimizer="muon", precision=precision, max_epochs=6, batch_size=32, random_state=0
    )
    assert classifier.fit(X, y).score(X, y) > 0.8


def test_same_seed_same_bits(garments):
    X, y = garments
    first, again = (
        CNN5Classifier(optimizer="muon", max_epochs=1, random_state=0).fit(X, y) for _ in range(2)
    )
    np.testing.assert_array_equal(again.predict_proba(X), first.predict_proba(X))


@pytest.mark.parametrize("optimizer", [Muon, torch.optim.AdamW])
def test_a_class_in_a_file(optimizer, tmp_path, garments):
    X, y = garments
    classifier = CNN5Classifier(optimizer=optimizer, max_epochs=1).fit(X, y)
    classifier.save(tmp_path / "model")
    assert load(tmp_path / "model").optimizer is optimizer


def test_goes_on_by_pieces(garments):
    X, y = garments
    classifier = CNN5Classifier(optimizer="muon", random_state=0)
    classifier.partial_fit(X[:300], y[:300], classes=np.unique(y)).partial_fit(X[300:], y[300:])
    momentum = classifier.net_.optimizer_.state[classifier.module_.convolutions[0].weight]
    assert momentum["momentum_buffer"].any()
