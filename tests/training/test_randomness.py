"""torch's global generators, lent and given back."""

import torch

from skfashion.training._randomness import BorrowedGenerators


def test_numbers_are_its_own_whatever_else_draws():
    cpu = torch.device("cpu")
    first, second = BorrowedGenerators(3, cpu), BorrowedGenerators(3, cpu)
    before = torch.get_rng_state()
    with first.borrowed():
        numbers = [torch.rand(4)]
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(7)
    with first.borrowed():
        numbers.append(torch.rand(4))
    with second.borrowed():
        again = torch.rand(4), torch.rand(4)
    assert torch.equal(torch.cat(numbers), torch.cat(again))
    torch.set_rng_state(before)


def test_are_given_back_after_a_failure():
    before = torch.get_rng_state()
    try:
        with BorrowedGenerators(3, torch.device("cpu")).borrowed():
            torch.rand(4)
            raise RuntimeError
    except RuntimeError:
        pass
    assert torch.equal(torch.get_rng_state(), before)
