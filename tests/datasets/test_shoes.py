"""What tells the shoes apart."""

import numpy as np
import pytest


def test_boots_are_the_highest(garments_by_name):
    height = {
        name: (images > 40).any(axis=2).sum(axis=1).mean()
        for name, images in garments_by_name.items()
    }
    assert height["Ankle boot"] > height["Sneaker"] + 4


def test_sandals_are_open(garments_by_name):
    filled = {name: (images > 40).mean() for name, images in garments_by_name.items()}
    assert filled["Sandal"] < filled["Sneaker"] < filled["Ankle boot"]


@pytest.mark.parametrize("name", ["Sneaker", "Ankle boot"])
def test_they_stand_on_a_sole(garments_by_name, name):
    images = garments_by_name[name]
    lowest = 27 - (images[:, ::-1] > 40).any(axis=2).argmax(axis=1)
    widths = (images[np.arange(len(images)), lowest - 1] > 40).sum(axis=1)
    assert np.median(widths) > 14
