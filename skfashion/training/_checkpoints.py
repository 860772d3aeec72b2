"""Trainings that are saved epoch by epoch, and resumed after an interruption."""

import hashlib
import json
import re
import time
import warnings
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..storage import DamagedError, NotPlainError
from ._folder_lock import folder_lock
from ._interrupts import is_within_search
from ._state_files import read_state, write_state
from ._training_state import restore_training_state, training_state

SUFFIX = ".safetensors"
NAME = "checkpoint" + SUFFIX
LEFTOVER = re.compile(r"\.[0-9a-f]{32}\.part")  # of a process that was killed while it wrote


@dataclass
class FitKey:
    """What tells one fit from another.

    Parameters
    ----------
    values : dict of str to (str, str)
        Parameters and data by name: a hash of each, and how a message shows it.
    seed : int
        Seed of the fit.
    next_seed : int
        Seed that the fit after it would have.
    random_state : {"int", "RandomState", "None"}
        What the seed was drawn from.
    max_epochs : int
        Number of epochs of the fit.
    can_extend : bool
        Whether a fit of fewer epochs is the beginning of this one. Then `values` are without
        `max_epochs`.
    """

    values: dict
    seed: int
    next_seed: int
    random_state: str
    max_epochs: int
    can_extend: bool

    def folder_name(self):
        """Return a name for the fit, the same in each process."""
        hashes = {name: pair[0] for name, pair in self.values.items()}
        seed = self.seed if self.random_state == "RandomState" else None
        text = json.dumps([hashes, seed], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


class Checkpoint:
    """The file of one fit.

    Parameters
    ----------
    path : Path
        The file.
    key : FitKey
        What tells the fit from others.
    state : dict, default=None
        What the fit continues from; None for a new one.
    interval : float, default=0
        Least number of seconds between two writings, except for the last one.

    Attributes
    ----------
    seed : int
        Seed of the fit.
    n_epochs : int
        Number of epochs that are done.
    n_left : int
        Number of epochs that are left.
    """

    def __init__(self, path, key, state=None, interval=0.0):
        self.path = path
        self.key = key
        self.interval = interval
        self.state = state
        self.seed = key.seed if state is None else state["seed"]
        self.next_seed = key.next_seed if state is None else state["next_seed"]
        self.n_epochs = 0 if state is None else state["n_epochs"]
        self.saved_at = time.monotonic()
        self.last_saved = self.n_epochs  # epoch

    @property
    def n_left(self):
        """Number of epochs that are left."""
        ended = self.state is not None and self.state["stopped"]
        return 0 if ended else self.key.max_epochs - self.n_epochs

    def restore(self, net):
        """Let a net that begins its training resume from what is saved.

        Warns
        -----
        UserWarning
            If a callback of the net has a state that is not saved.
        """
        if self.state is None:
            return
        try:
            restore_training_state(net, self.state["training"])
        except Exception as error:  # what a wrong content leads to has no end
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise DamagedError(
                f"The checkpoint {self.path} is damaged: its state does not fit the training "
                f"({reason}). Remove it to restart the training."
            ) from error
        own = [cb[-1] if isinstance(cb, tuple) else cb for cb in net.callbacks or ()]
        anew = [type(callback).__name__ for callback in own if not hasattr(callback, "state_dict")]
        if anew and self.n_left:
            warnings.warn(
                f"The training resumes after epoch {self.n_epochs} from {self.path}, but "
                f"{', '.join(anew)} of `callbacks` start from scratch: a checkpoint only has the "
                "state of callbacks with the methods state_dict and load_state_dict.",
                stacklevel=2,
            )

    def what_is_kept(self):
        """Return a sentence on the last weights that are saved, for a message."""
        if not self.last_saved:
            return ""
        return (
            f" The weights of epoch {self.last_saved} are kept: init_from={str(self.path)!r} "
            "starts from them."
        )

    def after_epoch(self, net, stops):
        """Save the state of a net at the end of an epoch.

        Parameters
        ----------
        net : ImageNet
            The net.
        stops : bool
            Whether a callback ends the training here.

        Warns
        -----
        UserWarning
            If the file cannot be written, or cannot hold the state: the one before stays, and
            the training continues.
        """
        self.n_epochs += 1
        ends = stops or self.n_epochs >= self.key.max_epochs
        if not ends and time.monotonic() - self.saved_at < self.interval:
            return
        # The last step may diverge, which the loss shows an epoch later: what is saved stays good.
        trained = [weight for weight in net.module_.parameters() if weight.requires_grad]
        if not all(weight.isfinite().all() for weight in trained):
            return
        state = asdict(self.key) | {
            "seed": self.seed,
            "next_seed": self.next_seed,
            "n_epochs": self.n_epochs,
            "stopped": stops,
        }
        try:
            write_state(self.path, state | {"training": training_state(net)})
        except (OSError, NotPlainError, ValueError) as error:
            last = (
                f"that of epoch {self.last_saved} stays" if self.last_saved else "there is none yet"
            )
            reason = getattr(error, "strerror", None) or str(error)  # which names the file again
            warnings.warn(
                f"The checkpoint of epoch {self.n_epochs} cannot be written to {self.path}: "
                f"{reason.rstrip('.')}. The training continues; {last}.",
                stacklevel=2,
            )
        else:
            self.last_saved = self.n_epochs
        self.saved_at = time.monotonic()


@contextmanager
def open_checkpoint(folder, key, interval=0.0):
    """Hold the folder of a fit's checkpoint inside.

    Within a search, a vote or cross-validation each fit has a folder of its own in the folder,
    with a name that is a hash of its parameters and data.

    Parameters
    ----------
    folder : str or path-like
        The folder, which is made if it is not there.
    key : FitKey
        What tells the fit from others.
    interval : float, default=0
        Least number of seconds between two writings.

    Yields
    ------
    Checkpoint or None
        None, with a warning, if another fit holds the folder.

    Raises
    ------
    ValueError
        If another fit is saved there.
    DamagedError
        If what is saved there is damaged.
    OSError
        If the folder cannot be written to.
    """
    searching = is_within_search()
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"checkpoint_dir={str(folder)!r} is a file: give a folder.")
    if searching:
        folder = folder / key.folder_name()
    folder.mkdir(parents=True, exist_ok=True)
    with folder_lock(folder) as held:
        if not held:
            warnings.warn(
                f"Another fit is using the checkpoints in {folder}: this one is not saved. Give "
                "each a checkpoint_dir of its own.",
                stacklevel=2,
            )
            yield None
            return
        for leftover in folder.glob(".*.part"):
            with suppress(OSError):
                if LEFTOVER.fullmatch(leftover.name):
                    leftover.unlink()
        path = folder / (f"{key.max_epochs}{SUFFIX}" if searching else NAME)
        yield Checkpoint(path, key, _to_go_on_from(path, key, searching), interval)


def _to_go_on_from(path, key, searching):
    """Return the saved state that a fit resumes from, or None if it starts from scratch."""
    candidates = [path, *(_of_fewer_epochs(path, key) if searching else ())]
    found = next((candidate for candidate in candidates if candidate.exists()), None)
    if found is None:
        return None
    state = _checked(found, read_state(found))
    return state if _goes_on(found, state, key) else None


def _of_fewer_epochs(path, key):
    if not key.can_extend:
        return []
    counts = [int(other.stem) for other in path.parent.glob("*" + SUFFIX) if other.stem.isdigit()]
    fewer = sorted((n for n in counts if n < key.max_epochs), reverse=True)
    return [path.with_name(f"{n}{SUFFIX}") for n in fewer]


def _checked(path, state):
    """Return a state whose entries are of the right types."""
    types = {
        "values": dict,
        "seed": int,
        "next_seed": int,
        "n_epochs": int,
        "max_epochs": int,
        "stopped": bool,
        "training": dict,
        "random_state": str,
    }
    entries = state if isinstance(state, dict) else {}
    wrong = [name for name, kind in types.items() if type(entries.get(name)) is not kind]
    if not wrong and not all(_is_pair_of_texts(pair) for pair in entries["values"].values()):
        wrong = ["values"]
    if wrong:
        raise DamagedError(
            f"The checkpoint {path} is damaged: it has no {wrong[0]} of the right type. Remove it "
            "to restart the training."
        )
    return state


def _is_pair_of_texts(pair):
    return type(pair) is tuple and [type(part) for part in pair] == [str, str]


def _goes_on(path, state, key):
    """Return whether a fit resumes from a state; False if it starts from scratch.

    Raises
    ------
    ValueError
        If the state is that of another fit.
    """
    stored = state["values"]
    names = sorted(stored.keys() | key.values.keys())
    differing = [n for n in names if _hash(stored, n) != _hash(key.values, n)]
    is_complete = state["stopped"] or state["n_epochs"] >= state["max_epochs"]
    differences = [_difference(n, stored.get(n), key.values.get(n)) for n in differing]
    if state["n_epochs"] > key.max_epochs:
        differences.append(f"max_epochs ({state['n_epochs']} are done there)")
    # A complete fit and one that continues it, or draws other numbers, are two fits.
    follows = is_complete and differing == ["start"]
    same_seed = key.seed == state["seed"] or key.random_state != "RandomState"
    if not same_seed and key.seed != state["next_seed"] and not is_complete:
        differences.append("random_state (it would draw another seed)")
    if differences and not follows:
        raise ValueError(
            f"{path} is the checkpoint of another fit, which differs in {', '.join(differences)}. "
            "Set that back to resume it, give this fit another checkpoint_dir, or remove the "
            "file to start from scratch."
        )
    if is_complete:
        has_all = state["stopped"] or state["n_epochs"] == key.max_epochs
        draws_anew = key.random_state == "None" and has_all
        return not follows and same_seed and not draws_anew
    return True


def _hash(values, name):
    return values[name][0] if name in values else None


def _difference(name, there, here):
    shown = [pair[1] if pair else "nothing" for pair in (there, here)]
    if shown[0] == shown[1]:
        return f"{name} ({shown[0]}, with other values)"
    return f"{name} ({shown[0]} there, {shown[1]} here)"
