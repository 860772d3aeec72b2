"""Optimizers by their names."""

import functools
import pickle

import numpy as np
import pytest
import torch

from skfashion.training._optimizers import continue_moments, resolve_optimizer


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("lr", [0.1, np.float64(0.1)])
def test_optimizers_of_a_gpu_keep_their_rate_there(name, lr, monkeypatch):
    real, made = torch.tensor, {}

    def tensor(value, dtype, device):
        made["device"] = device
        return real(value, dtype=dtype)

    device = torch.device("cuda", 0)
    weight = torch.nn.Parameter(torch.ones(1))
    make = pickle.loads(pickle.dumps(resolve_optimizer(name, device)))
    monkeypatch.setattr(torch, "tensor", tensor)
    optimizer = make([weight], lr=lr, weight_decay=0.0)
    group = optimizer.param_groups[0]
    assert made["device"] == device
    assert group["lr"].dtype == torch.float32
    assert group["lr"].item() == pytest.approx(0.1)
    assert group["capturable"]
    on_cpu = resolve_optimizer(name, torch.device("cpu"))([weight], lr=0.1)
    assert not on_cpu.param_groups[0]["capturable"]


def test_an_optimizer_without_weight_decay():
    with pytest.raises(ValueError, match="optimizer=LBFGS takes no weight_decay"):
        resolve_optimizer(torch.optim.LBFGS, torch.device("cpu"))


def stepped(make, weight):
    optimizer = make([weight])
    weight.grad = torch.ones_like(weight)
    optimizer.step()
    return optimizer


def test_moments_are_copied_with_settings_of_today():
    weight = torch.nn.Parameter(torch.ones(3))
    earlier = stepped(lambda w: torch.optim.Adam(w, lr=0.1), weight)
    later = torch.optim.Adam([weight], lr=0.5)
    continue_moments(later, earlier)
    assert later.param_groups[0]["lr"] == 0.5
    first = earlier.state[weight]["exp_avg"].clone()
    later.step()
    assert not torch.equal(later.state[weight]["exp_avg"], first)
    torch.testing.assert_close(earlier.state[weight]["exp_avg"], first, rtol=0, atol=0)


def test_moments_of_another_optimizer_are_left():
    weight = torch.nn.Parameter(torch.ones(3))
    earlier = stepped(lambda w: torch.optim.Adam(w, lr=0.1), weight)
    later = torch.optim.SGD([weight], lr=0.5)
    continue_moments(later, earlier)
    assert not later.state


def test_settings_that_the_estimator_has():
    optimizer = functools.partial(torch.optim.SGD, momentum=0.9, lr=0.1, weight_decay=5e-4)
    with pytest.raises(
        ValueError, match=r"sets lr and weight_decay.*lr=0\.1, weight_decay=0\.0005"
    ):
        resolve_optimizer(optimizer, torch.device("cpu"))
