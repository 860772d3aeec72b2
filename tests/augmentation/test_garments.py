"""Augmentations that lay garments out in another way."""

import numpy as np
import pytest
import torch

from skfashion.augmentation import (
    RandomBoxFit,
    RandomHorizontalFlip,
    RandomLegs,
    RandomPair,
    RandomSleeves,
    as_augmentation,
)

EVERY = pytest.mark.parametrize("cls", [RandomBoxFit, RandomLegs, RandomPair, RandomSleeves])


def apply(augment, batch, targets=None, seed=0):
    return as_augmentation(augment)(batch, torch.Generator().manual_seed(seed), targets)


def block(rows, columns, n=1, side=28):
    images = torch.zeros(n, 1, side, side)
    images[:, :, slice(*rows), slice(*columns)] = 0.8
    return images


@EVERY
def test_classes_choose_images(cls):
    batch = block((6, 20), (9, 17), n=30)
    targets = torch.arange(3).repeat(10)
    after = apply(cls(1.0, classes=[2, 7]), batch, targets)
    changed = (after != batch).flatten(1).any(1)
    assert torch.equal(changed, targets == 2)
    assert (apply(cls(1.0, classes=np.array([5])), batch, targets) == batch).all()
    without_targets = apply(cls(1.0, classes=[2]), batch)
    assert (without_targets != batch).flatten(1).any(1).all()


@EVERY
def test_classes_choose_arrays_by_their_labels(cls):
    X = block((6, 20), (9, 17), n=20)[:, 0].numpy()
    y = np.array(["skirt", "coat"] * 10)
    after = cls(1.0, classes=[0], random_state=0).fit_transform(X, y)
    np.testing.assert_array_equal((after != X).any((1, 2)), y == "coat")
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        cls().fit_transform(X, y[:3])


@EVERY
def test_wrong_classes_are_named(cls):
    with pytest.raises(TypeError, match="list of whole numbers: give the positions"):
        cls(classes=["Coat"]).fit()
    with pytest.raises(TypeError, match="classes=3 is neither None"):
        cls(classes=3).fit()
    with pytest.raises(ValueError, match="negative number: positions begin at 0"):
        cls(classes=[-1]).fit()


@EVERY
def test_black_images_stay_black(cls):
    assert (apply(cls(1.0), torch.zeros(4, 1, 9, 9)) == 0).all()


def test_box_fills_the_image():
    for rows, columns in [((2, 9), (3, 20)), ((5, 25), (20, 26)), ((9, 10), (9, 10))]:
        occupied = apply(RandomBoxFit(stretch=0.0), block(rows, columns))[0, 0] > 0.4
        height, width = occupied.any(1).sum().item(), occupied.any(0).sum().item()
        assert max(height, width) == 28
        before = (columns[1] - columns[0]) / (rows[1] - rows[0])
        assert width / height == pytest.approx(before, rel=0.15)
        assert occupied.any(0).flip(0).equal(occupied.any(0)), "in the centre"


def test_box_is_stretched_within_limits():
    after = apply(RandomBoxFit(stretch=0.5), block((4, 24), (9, 19), n=500)) > 0.4
    ratio = after.any(2).sum(2) / after.any(3).sum(2)
    assert 1 / 3 - 0.05 <= ratio.min() < 0.42
    assert 0.65 < ratio.max() <= 0.75 + 0.05


def test_sleeves_go_outwards():
    shirt = block((4, 22), (9, 19)) + block((4, 22), (6, 8)) + block((4, 22), (20, 22))
    laid_out = apply(RandomSleeves(1.0, degrees=(80, 80)), shirt)[0, 0] > 0.4
    width = laid_out.any(0).sum()
    assert width > 20, "sleeves reach further than they did"
    assert laid_out[14:].any(0).sum() < 12, "only the body is left below"
    assert not (laid_out[:, 0].any() and laid_out[:, -1].all())


def test_legs_go_apart():
    trousers = block((0, 28), (9, 19))
    apart = apply(RandomLegs(1.0, degrees=(12, 12)), trousers)[0, 0] > 0.4
    assert apart[4, 13:15].all(), "hips stay"
    assert not apart[26, 13:15].any()
    assert apart[24].any()


def test_pairs_show_twice_as_much():
    shoe = block((12, 16), (10, 18), n=200)
    pair = apply(RandomPair(1.0, distance=(1, 1)), shoe)
    area = (pair > 0.4).sum((1, 2, 3)) / 28**2
    assert (area > 0.2).all(), "the pair fills the image"
    upper, lower = pair[:, 0, :14].amax((1, 2)), pair[:, 0, 14:].amax((1, 2))
    assert (torch.minimum(upper, lower) > 0.4).all()


def test_one_number_is_the_largest():
    batch = block((6, 20), (9, 17), n=4)
    for cls, name in [
        (RandomSleeves, "degrees"),
        (RandomLegs, "degrees"),
        (RandomPair, "distance"),
    ]:
        number, pair = (apply(cls(1.0, **{name: value}), batch) for value in (0.5, (0, 0.5)))
        assert torch.equal(number, pair)


def test_targets_reach_only_those_who_ask():
    batch = block((6, 20), (9, 17), n=4)
    chain = [RandomHorizontalFlip(1.0), RandomPair(1.0, classes=[1])]
    after = apply(chain, batch, torch.tensor([0, 1, 0, 1]))
    changed = (after != batch.flip(3)).flatten(1).any(1)
    assert changed.tolist() == [False, True, False, True]
