"""Lists, Pipelines and ready-made chains."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.pipeline import Pipeline, make_pipeline

from skfashion.augmentation import (
    Augmentation,
    PhotometricAugmentation,
    RandomErasing,
    RandomRotation,
    RandomShift,
    RandomZoom,
    as_augmentation,
    rotate_shift_shear_zoom,
    shift_flip,
)


def apply(augment, batch, seed=0):
    return as_augmentation(augment)(batch, torch.Generator().manual_seed(seed))


def images(n=6):
    return torch.rand((n, 1, 10, 10), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("nothing", [None, [], (), [None, "passthrough"], [[], None]])
def test_nothing_to_apply(nothing):
    assert as_augmentation(nothing) is None


def test_lists_tuples_pipelines_and_nests_are_the_same():
    steps = [RandomShift(2), RandomRotation(), RandomErasing(), RandomZoom()]
    expected = apply(steps, images())
    assert not torch.equal(expected, images())
    for same in (
        tuple(steps),
        make_pipeline(*steps),
        [make_pipeline(*steps[:2]), *steps[2:]],
        [steps[0], [steps[1], None, (steps[2], steps[3])]],
        Pipeline([("a", steps[0]), ("skip", "passthrough"), ("b", steps[1]), ("c", steps[2:])]),
    ):
        assert torch.equal(apply(same, images()), expected)


def test_photometric_steps_part_geometric_ones():
    """What is erased between two steps is moved by the second alone."""
    erase_all = RandomErasing(40, p=1.0, fill_value=0.5)
    after = apply([RandomShift(2), erase_all, RandomZoom((0.5, 0.5))], images())
    assert (after[:, :, 4:6, 4:6] == 0.5).all()
    assert (after[:, :, 0] == 0).all()


def test_an_object_with_augment_is_enough():
    class Invert:
        def augment(self, batch, generator):
            return 1 - batch

    torch.testing.assert_close(apply([Invert(), RandomShift(0)], images()), 1 - images())


def test_a_new_photometric_augmentation():
    class RandomGamma(PhotometricAugmentation):
        def __init__(self, gamma=2.0):
            self.gamma = gamma

        def change(self, pixels, black, white, generator):
            light = (pixels - black) / (white - black)
            return (light**self.gamma - light) * (white - black)

    X = np.array([[[0, 128, 255]]], dtype=np.uint8)
    assert RandomGamma().fit_transform(X).tolist() == [[[0, 64, 255]]]
    torch.testing.assert_close(apply(RandomGamma(), images()), images() ** 2)


@pytest.mark.parametrize("bad", [RandomShift, 3, "RandomShift", [RandomShift(), object()]])
def test_what_cannot_augment(bad):
    with pytest.raises(
        TypeError, match=r"no augmentation: give an instance such as RandomShift\(2\)"
    ):
        as_augmentation(bad)


def test_the_base_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Augmentation()


@pytest.mark.parametrize("chain", [shift_flip, rotate_shift_shear_zoom])
def test_ready_made_chains(chain):
    pipeline = chain()
    assert repr(clone(pipeline)) == repr(pipeline)
    X = (images(40) * 255).to(torch.uint8)
    after = apply(pipeline, X)
    assert after.dtype == torch.uint8
    assert not torch.equal(after, X)
    array = X[:, 0].numpy()
    assert pipeline.fit_transform(array).shape == array.shape
    assert pipeline.transform(array) is array
    assert as_augmentation([*pipeline, RandomErasing()]) is not None


def test_shift_flip_is_documents_chain():
    pipeline = shift_flip()
    assert pipeline["randomshift"].get_params() == RandomShift(3).get_params()
    assert pipeline["randomhorizontalflip"].p == 0.5
    assert shift_flip(1)["randomshift"].max_shift == 1
    after = apply(pipeline, torch.arange(100).view(1, 1, 10, 10).expand(20, -1, -1, -1))
    assert set(after.flatten().tolist()) <= set(range(100)), "copied, not interpolated"


def test_rotate_shift_shear_zoom_fills_from_the_edge():
    ones = torch.ones(20, 1, 9, 9)
    torch.testing.assert_close(apply(rotate_shift_shear_zoom(), ones), ones)
    still = rotate_shift_shear_zoom(0, 0, 0, 0)
    assert torch.equal(apply(still, images()), images())
    for i in range(4):
        moving = rotate_shift_shear_zoom(*(0.2 if i == j else 0 for j in range(4)))
        assert not torch.equal(apply(moving, images()), images())


def test_parameters_of_a_chain_can_be_searched():
    pipeline = shift_flip()
    pipeline.set_params(randomshift__max_shift=1, randomhorizontalflip__p=0.0)
    assert pipeline["randomshift"].max_shift == 1
    assert "randomrotation__degrees" in rotate_shift_shear_zoom().get_params()
