"""Learning rates over a training."""

import numpy as np
import pytest
import torch

from skfashion.training._schedules import early_stopping, learning_rates

SIZES = {"n_epochs": 6, "n_batches": 10}


def factors(name, *, warmup_fraction=0.25, n_epochs=6, n_batches=10):
    """Return what the rate is multiplied by in each step."""
    (callback,) = learning_rates(
        name, warmup_fraction=warmup_fraction, n_epochs=n_epochs, n_batches=n_batches
    )
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = callback.policy(optimizer, **callback.kwargs)
    every_epoch = callback.step_every == "epoch"
    rates = []
    for step in range(1, n_epochs * n_batches + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if not every_epoch or step % n_batches == 0:
            scheduler.step()
    return np.array(rates)


@pytest.mark.parametrize("warmup_fraction", [0.0, 0.1, 0.25, 0.9])
def test_one_cycle_rises_over_the_warmup_and_falls_to_nearly_0(warmup_fraction):
    rates = factors("one-cycle", warmup_fraction=warmup_fraction)
    n_rising = round(60 * warmup_fraction)
    assert (np.diff(rates[:n_rising]) > 0).all()
    assert (np.diff(rates[n_rising:]) < 0).all()
    assert 0.97 < rates.max() <= 1
    assert 0 < rates[-1] < 0.02


def test_cosine_falls():
    rates = factors("cosine")
    assert (np.diff(rates) < 0).all()
    assert rates[0] > 0.99
    assert 0 < rates[-1] < 0.01


@pytest.mark.parametrize(
    ("n_epochs", "expected"),
    [(1, [1]), (3, [1, 0.1, 0.01]), (6, [1, 1, 0.1, 0.1, 0.01, 0.01]), (4, [1, 1, 0.1, 0.1])],
)
def test_step_divides_by_10_after_each_third(n_epochs, expected):
    rates = factors("step", n_epochs=n_epochs)
    np.testing.assert_allclose(rates, np.repeat(expected, 10))


@pytest.mark.parametrize("name", ["one-cycle", "cosine", "step"])
def test_a_single_step(name):
    assert 0 < factors(name, n_epochs=1, n_batches=1).item() <= 1


def test_none_keeps_the_rate():
    assert learning_rates(None, warmup_fraction=0.25, **SIZES) == []


def test_unknown_name():
    with pytest.raises(ValueError, match="lr_schedule='cosin' .* Did you mean 'cosine'?"):
        learning_rates("cosin", warmup_fraction=0.25, **SIZES)


def test_early_stopping_without_patience_never_stops():
    assert early_stopping("valid_loss", True, None).patience == float("inf")
    assert early_stopping("valid_acc", False, 3).patience == 3
