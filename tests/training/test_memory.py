"""Memory that a training keeps for its steps goes back afterwards."""

import subprocess
import sys
from textwrap import dedent

import pytest


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_goes_back_after_a_training():
    script = """
        import gc, numpy as np, resource
        from skfashion import LeNet5Classifier
        def resident():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * resource.getpagesize() / 1e6
        X = np.random.default_rng(0).integers(0, 256, (2048, 28, 28), dtype=np.uint8)
        make = lambda: LeNet5Classifier(max_epochs=1, random_state=0)
        make().fit(X[:64], np.arange(64) % 2)
        before = resident()
        make().set_params(batch_size=2048).fit(X, np.arange(2048) % 2)
        gc.collect()
        after = resident()
        large = np.ones(50_000_000)
        with_large = resident()
        del large
        print(before, after, with_large, resident())
    """
    run = subprocess.run(
        [sys.executable, "-c", dedent(script)], check=True, capture_output=True, text=True
    )
    before, after, with_large, at_last = map(float, run.stdout.split())
    assert after < before + 30  # MB
    # Large arrays go back to the system at once, as usual. A smaller one may lie in a gap that
    # the training left between blocks that are still in use, and such a gap is kept.
    assert with_large > after + 390
    assert at_last < after + 10
