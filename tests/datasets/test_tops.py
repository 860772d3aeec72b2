"""What tells the tops apart."""

import numpy as np
import pytest


@pytest.mark.parametrize("name", ["T-shirt/top", "Pullover", "Coat", "Shirt", "Dress"])
def test_a_body_in_the_middle(covered, name):
    assert covered[name][8:24, 12:16].mean() > 0.8


def test_long_sleeves_reach_down(covered):
    sides = np.r_[2:6, 22:26]
    short = covered["T-shirt/top"][16:22, sides].mean()
    for name in ("Pullover", "Coat"):
        assert covered[name][16:22, sides].mean() > short + 0.2


def test_dresses_are_narrow(covered):
    sides = np.r_[1:6, 22:27]
    assert covered["Dress"][:, sides].mean() < covered["T-shirt/top"][:, sides].mean()


def test_both_sides_are_alike(covered):
    for name in ("T-shirt/top", "Pullover", "Dress"):
        assert np.abs(covered[name] - covered[name][:, ::-1]).mean() < 0.08
