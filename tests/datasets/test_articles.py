"""The ten drawings, by their classes."""

import numpy as np
import pytest
from sklearn.utils import check_random_state

from skfashion.datasets._articles import ARTICLES
from skfashion.datasets._base import TARGET_NAMES
from skfashion.datasets._drawing import Dice


def test_there_is_one_for_each_class():
    assert len(ARTICLES) == len(TARGET_NAMES)


@pytest.mark.parametrize("code", range(10), ids=TARGET_NAMES)
def test_an_article_is_drawn_by_its_dice_alone(code):
    images, again, others = (
        ARTICLES[code](Dice(check_random_state(seed), 20)) for seed in (0, 0, 1)
    )
    assert images.shape == (20, 28, 28)
    assert np.isfinite(images).all()
    np.testing.assert_array_equal(images, again)
    assert not np.array_equal(images, others)
    assert len(np.unique(images.reshape(20, -1), axis=0)) == 20


def test_trousers_have_two_legs(covered):
    rows = covered["Trouser"][22:26]
    assert rows[:, 13:15].mean() < 0.5 < rows[:, 9:12].max()
    assert covered["Trouser"][:, [2, 25]].mean() < 0.05


def test_bags_are_wide_and_have_a_body_below(covered):
    bag = covered["Bag"]
    assert bag[20, 6:22].mean() > 0.8
    assert bag[:6].mean() < bag[16:22].mean()
