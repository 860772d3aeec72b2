"""Steps that a GPU repeats by itself."""

from functools import partial

import torch

N_BEFORE = 11  # until the momentum of the batch normalizations is the same in each step


class RepeatedStep:
    """A training step that is recorded once, and then repeated with other batches.

    A step of a small network is a hundred kernels, and to launch one takes the CPU longer than
    the GPU takes to run it. Recorded, they are launched all at once. Some steps are run as they
    are before, and a batch of another size is too; so is every one if a step cannot be recorded.

    Parameters
    ----------
    step : callable
        Takes a batch, a tuple of tensors, and returns a dictionary of tensors.
    record : callable
        Takes a function without arguments, and returns one that repeats what it does.
    n_before : int, default=11
        How many steps are run before one is recorded.
    """

    def __init__(self, step, record, n_before=N_BEFORE):
        self.step = step
        self.record = record
        self.n_before = n_before
        self.repeat = None
        self.batch_size = None

    def __call__(self, batch):
        if self.batch_size is None:
            self.batch_size = len(batch[0])
        if self.n_before > 0:
            self.n_before -= 1
            return self.step(batch)
        if len(batch[0]) != self.batch_size:  # the last one of an epoch
            return self.step(batch)
        if self.repeat is None and self.record is not None:
            self._record(batch)
        if self.repeat is None:
            return self.step(batch)
        for own, new in zip(self.batch, batch, strict=True):
            own.copy_(new)
        # Copies, for callbacks that keep them: the next repetition writes to the same memory.
        return {name: value.clone() for name, value in self.repeat().items()}

    def _record(self, batch):
        self.batch = tuple(tensor.clone() for tensor in batch)
        try:
            self.repeat = self.record(partial(self.step, self.batch))
        except RuntimeError:  # as torch says that something cannot be part of a CUDA graph
            self.record = None


def record_cuda_graph(step, device):
    """Record what a function does on a GPU, without doing it.

    Parameters
    ----------
    step : callable
        Takes nothing, returns a dictionary of tensors.
    device : torch.device
        The GPU.

    Returns
    -------
    repeat : callable
        Does it, and returns the same tensors with their new values.
    """
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.device(device), torch.cuda.graph(graph):
        result = step()

    def repeat():
        graph.replay()
        return result

    return repeat
