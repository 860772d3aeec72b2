"""Training steps that a GPU replays."""

import threading
import warnings
from functools import cache, partial

import torch
from skorch.callbacks import Callback, ParamMapper

N_BEFORE = 11  # until the momentum of the batch normalizations no longer changes
N_WORTH_IT = 100  # steps of a training: fewer, as of a piece, do not make up for a capture
_failed = []  # captures: they are kept, since to destroy one would disturb the next kernels


class CapturedStep:
    """A training step that is captured once, and then replayed with other mini-batches.

    A step of a small network is a hundred kernels, and to launch one takes the CPU longer than
    the GPU takes to run it. Captured, they are launched all at once. The first steps run without
    capture, and so do mini-batches of another size, and all steps if the capture fails, of which
    a warning tells. What was captured is what the step did then: nothing that it depends on but
    tensors may change afterwards.

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
        except RuntimeError as error:  # as torch says that something cannot be part of a graph
            self.capture = None
            warnings.warn(
                f"A training step cannot be captured as a CUDA graph: {error} This process runs "
                "its steps one by one from now on, which is slower.",
                stacklevel=2,
            )


def may_capture(n_steps):
    """Return whether a training of so many steps may capture one, in this thread and process.

    CUDA allows one capture at a time: they are left to the main thread. After one that failed
    there are no more.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    return in_main_thread and n_steps >= N_WORTH_IT and not _failed


@cache
def _capture_stream(device):
    # torch itself keeps one for all devices, on which those of another capture nothing.
    return torch.cuda.Stream(device)


def capture_cuda_graph(step, device, generators=()):
    """Capture what a function does on a GPU, without doing it.

    Parameters
    ----------
    step : callable
        Takes nothing, returns a dictionary of tensors.
    device : torch.device
        The GPU.
    generators : sequence of torch.Generator
        The generators on the GPU that the function draws from, in addition to torch's own. If the
        capture fails they are of no use any more.

    Returns
    -------
    replay : callable
        Does it, and returns the same tensors with their new values.

    Raises
    ------
    RuntimeError
        If something that the function does cannot be captured.
    """
    graph = torch.cuda.CUDAGraph()
    for generator in generators:
        graph.register_generator_state(generator)
    before = torch.cuda.current_stream(device)
    stream = _capture_stream(device)
    try:
        # The error mode: what other threads do on the GPU does not break the capture.
        with (
            torch.cuda.device(device),
            torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"),
        ):
            result = step()
    except RuntimeError:
        torch.cuda.set_stream(before)  # torch leaves its own where the capture does not end well
        _failed.append(graph)
        raise

    def replay():
        graph.replay()
        return result

    return replay


def leaves_steps_alone(callback):
    """Return whether a callback neither looks into a training step nor changes what it does.

    Known are this package's and skorch's, but for those that freeze parameters: of any other one
    it is not known.
    """
    kind = type(callback)
    package = kind.__module__.partition(".")[0]
    looks = kind.on_grad_computed is not Callback.on_grad_computed
    known = package in ("skfashion", "skorch") and not isinstance(callback, ParamMapper)
    return known and not looks
