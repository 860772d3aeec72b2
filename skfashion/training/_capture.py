"""Training steps that a GPU replays."""

from functools import partial

import torch

N_BEFORE = 11  # until the momentum of the batch normalizations no longer changes


class CapturedStep:
    """A training step that is captured once, and then replayed with other mini-batches.

    A step of a small network is a hundred kernels, and to launch one takes the CPU longer than
    the GPU takes to run it. Captured, they are launched all at once. The first steps run without
    capture, and so do mini-batches of another size, and all steps if the capture fails.

    Parameters
    ----------
    step : callable
        Takes a mini-batch, a tuple of tensors, and returns a dictionary of tensors.
    capture : callable
        Takes a function without arguments, and returns one that replays what it does.
    n_before : int, default=11
        How many steps are run before one is captured.
    """

    def __init__(self, step, capture, n_before=N_BEFORE):
        self.step = step
        self.capture = capture
        self.n_before = n_before
        self.replay = None
        self.batch_size = None

    def __call__(self, batch):
        if self.batch_size is None:
            self.batch_size = len(batch[0])
        if self.n_before > 0:
            self.n_before -= 1
            return self.step(batch)
        if len(batch[0]) != self.batch_size:  # the last one of an epoch
            return self.step(batch)
        if self.replay is None and self.capture is not None:
            self._capture(batch)
        if self.replay is None:
            return self.step(batch)
        for own, new in zip(self.batch, batch, strict=True):
            own.copy_(new)
        # Copies, for callbacks that keep them: the next replay writes to the same memory.
        return {name: value.clone() for name, value in self.replay().items()}

    def _capture(self, batch):
        self.batch = tuple(tensor.clone() for tensor in batch)
        try:
            self.replay = self.capture(partial(self.step, self.batch))
        except RuntimeError:  # as torch says that something cannot be part of a CUDA graph
            self.capture = None


def capture_cuda_graph(step, device, generators=()):
    """Capture what a function does on a GPU, without doing it.

    Parameters
    ----------
    step : callable
        Takes nothing, returns a dictionary of tensors.
    device : torch.device
        The GPU.
    generators : sequence of torch.Generator
        The generators on the GPU that the function draws from, beside torch's own.

    Returns
    -------
    replay : callable
        Does it, and returns the same tensors with their new values.
    """
    graph = torch.cuda.CUDAGraph()
    for generator in generators:
        graph.register_generator_state(generator)
    with torch.cuda.device(device), torch.cuda.graph(graph):
        result = step()

    def replay():
        graph.replay()
        return result

    return replay
