"""Pictures that the tests of this package have in common."""

import numpy as np
import pytest


@pytest.fixture
def draw():
    """Return a function that draws a shirt on a plain background, (300, 240, 3)."""

    def draw(background=250, garment=40, noise=0, light=None):
        picture = np.full((300, 240, 3), background, float)
        picture[60:250, 80:160] = garment  # the body
        picture[60:110, 40:200] = garment  # the sleeves
        if light is not None:
            y, x = np.mgrid[-1:1:300j, -1:1:240j]
            factor = {
                "side": 1 - 0.05 * (1 + x),
                "below": 1 - 0.05 * (1 + y),
                "corners": 1 - 0.05 * (x**2 + y**2),
            }[light]
            picture *= factor[:, :, None]
        if noise:
            picture += np.random.default_rng(0).normal(0, noise, picture.shape)
        return np.rint(picture.clip(0, 255)).astype(np.uint8)

    return draw


@pytest.fixture
def shirt():
    """The mask of what `draw` draws."""
    mask = np.zeros((300, 240), bool)
    mask[60:250, 80:160] = mask[60:110, 40:200] = True
    return mask
