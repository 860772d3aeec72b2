"""Batch normalization that supports sample weights."""

import torch

from skfashion.networks import sample_weights
from skfashion.networks._batch_norm import BatchNorm

IMAGES = torch.randn(6, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
COUNTS = torch.tensor([1, 2, 1, 3, 1, 2])


def both(x, weight=None):
    norm = BatchNorm(3).double()
    with sample_weights(norm, weight):
        return norm(x), norm


def test_a_weight_is_the_same_as_repeating_the_image():
    repeated, norm_repeated = both(IMAGES.repeat_interleave(COUNTS, 0))
    weighted, norm_weighted = both(IMAGES, COUNTS.double())
    first = COUNTS.cumsum(0) - COUNTS
    torch.testing.assert_close(weighted, repeated[first])
    for a, b in zip(norm_weighted.buffers(), norm_repeated.buffers(), strict=True):
        torch.testing.assert_close(a, b)


def test_equal_weights_change_nothing():
    plain, _ = both(IMAGES)
    weighted, norm = both(IMAGES, torch.full((6,), 0.01, dtype=torch.float64))
    torch.testing.assert_close(weighted, plain)
    assert norm.sample_weight is None


def test_a_single_value_is_no_error():
    out, norm = both(torch.ones(1, 3, dtype=torch.float64))
    assert torch.isfinite(out).all()
    torch.testing.assert_close(norm.running_mean, torch.zeros(3, dtype=torch.float64))


def test_statistics_that_are_loaded_count_for_their_batches():
    _, learned = both(IMAGES)
    _, fresh = both(IMAGES)
    learned.num_batches_tracked.fill_(50)
    fresh.load_state_dict(learned.state_dict())
    fresh(IMAGES + 10)
    expected = 0.9 * learned.running_mean + 0.1 * (IMAGES + 10).mean((0, 2, 3))
    torch.testing.assert_close(fresh.running_mean, expected)


def test_weighted_statistics_of_bfloat16_are_as_exact_as_others():
    x = (IMAGES.repeat(200, 1, 1, 1) + 5).bfloat16()
    expected = torch.var_mean(x.double(), (0, 2, 3))
    norm = BatchNorm(3)
    with sample_weights(norm, torch.ones(len(x))):
        assert norm(x).dtype == torch.bfloat16
    torch.testing.assert_close(norm.running_mean.double(), expected[1], rtol=1e-4, atol=0)
    torch.testing.assert_close(norm.running_var.double(), expected[0], rtol=1e-3, atol=0)
