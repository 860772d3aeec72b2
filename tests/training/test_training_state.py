"""The state of a training: what it is made of, and what is refused."""

import numpy as np
import pytest
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier
from skfashion.training._training_state import restore_training_state, training_state

rng = np.random.default_rng(0)
X, Y = rng.integers(0, 256, (40, 28, 28), dtype=np.uint8), np.arange(40) % 2


class TakeState(Callback):
    """Keep the state after the first epoch, and go back to it after the third."""

    def on_epoch_end(self, net, **_):
        n_epochs = len(net.history)
        if n_epochs == 1:
            self.state = training_state(net)
            self.weight = net.module_.output.weight.detach().clone()
            self.state["network"] = {
                k: v.detach().clone() for k, v in self.state["network"].items()
            }
        if n_epochs == 3:
            assert not (net.module_.output.weight == self.weight).all()
            restore_training_state(net, self.state)
            assert (net.module_.output.weight == self.weight).all()
            assert len(net.history) == 1
            with pytest.raises((KeyError, RuntimeError)):
                restore_training_state(net, self.state | {"network": {"another": self.weight}})
            net.history[:] = [{"epoch": i} for i in (1, 2, 3)]
            raise KeyboardInterrupt


def test_a_training_goes_back_to_its_state():
    taken = TakeState()
    LeNet5Classifier(max_epochs=5, batch_size=16, callbacks=[taken], random_state=0).fit(X, Y)
    assert taken.state.keys() == {"network", "optimizer", "random", "callbacks", "history"}
    assert len(taken.state["history"]) == 1
