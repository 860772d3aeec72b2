"""Weights of other authors' modules, laid out for a network of this package."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from itertools import zip_longest

import numpy as np
import torch
from torch import nn

from .._options import choose
from ._network import Network

CHECKPOINT_KEYS = ("state_dict", "model_state_dict", "model", "network", "net", "module", "weights")
COUNT = "num_batches_tracked"  # of a batch normalization; older files have none
LEARNED = 100  # batches, where statistics do not say of how many they are
NEUTRAL = {"bias": 0.0, "weight": 1.0}  # of layers that were built without


def convert_state_dict(state, network, *, flatten="channels_first", strict_output=True):
    """Return weights of another author's module under the names of a network.

    A state dict with the network's own names, after a common prefix such as "module." if need
    be, is taken as it is. In any other the layers are matched in the order in which they
    stand, convolutions, dense layers and batch normalizations each for themselves, and the
    first dense layer's inputs are put into the network's order.

    Parameters
    ----------
    state : dict or nn.Module
        The weights, tensors or arrays by their names; a checkpoint that has such a dictionary
        within it, as "state_dict" for example; or the module itself.
    network : Network or WrappedNetwork
        What the weights are for.
    flatten : {"channels_first", "channels_last"}, default="channels_first"
        The order in which the module flattens its feature maps: (C, H, W), as torch does, or
        (H, W, C), as this package and Keras do.
    strict_output : bool, default=True
        Whether the output layer has to be for as many classes as the network's. If not, an
        output layer of another width gets the weights that the network has now.

    Returns
    -------
    dict of str to Tensor
        What ``network.load_state_dict`` takes. The weights keep their dtype.

    Raises
    ------
    ValueError
        If layers are missing, unexpected or of another shape. All of them are named.

    Notes
    -----
    Convolutions and dense layers without bias get one of zeros. A batch normalization has to
    stand on the same side of the activation as in the network: state dicts do not tell.

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from skfashion.networks import LeNet5, convert_state_dict
    >>> other = nn.Sequential(
    ...     nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
    ...     nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
    ...     nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    ... )
    >>> network = LeNet5((28, 28, 1), 10)
    >>> network.load_state_dict(convert_state_dict(other.state_dict(), network))
    <All keys matched successfully>
    >>> images = torch.randn(3, 1, 28, 28)
    >>> torch.allclose(network(images), other(images), atol=1e-5)
    True
    """
    channels_first = choose("flatten", flatten, {"channels_first": True, "channels_last": False})
    found, own = _tensors(state), _groups(_tensors(network))
    output = None if strict_output else network.output_name
    named, n_shared = _renamed(found, own)
    order = {}
    if _names(named) == _names(own):
        pairs, problems = _pair_by_name(own, named, output)
    else:
        pairs, problems = _pair_by_order(own, _in_natural_order(_groups(found)), output)
        order = _flat_order(network) if channels_first else {}
        if problems and 2 * n_shared > len(_names(own)):  # the network's own, but for some layers
            pairs, problems = _pair_by_name(own, named, output)
    if problems:
        raise ValueError(_message(network, problems))
    return {
        _name(group, field): _in_order(fields[field], fields, order.get(group))
        for group, fields in pairs.items()
        for field in own[group]
    }


def starting_weights(network, state, *, flatten="channels_first", strict_output=True):
    """Load another author's weights into a network, to continue training from them.

    Parameters
    ----------
    network : Network or WrappedNetwork
        What gets the weights. It stays as it is if they do not fit.
    state : mapping
        State dict, as in :func:`convert_state_dict`.
    flatten : {"channels_first", "channels_last"}, default="channels_first"
        As there.
    strict_output : bool, default=True
        As there.

    Returns
    -------
    Network or WrappedNetwork
        The network.

    Raises
    ------
    ValueError
        If layers are missing, unexpected or of another shape. All of them are named.

    Examples
    --------
    >>> from skfashion.networks import LeNet5, starting_weights
    >>> ten, three = (LeNet5((28, 28, 1), n_classes) for n_classes in (10, 3))
    >>> three = starting_weights(three, ten.state_dict(), strict_output=False)
    >>> three.n_classes
    3
    """
    options = {"flatten": flatten, "strict_output": strict_output}
    network.load_state_dict(convert_state_dict(state, network, **options))
    return network


# A state dict is taken apart into groups, one for each layer: {name: {field: tensor}}. Pairs
# are groups as well, with the network's names and what was found.


def _tensors(state):
    """Return the tensors of a state dict, a checkpoint or a module by their names."""
    if isinstance(state, nn.Module):
        state = state.state_dict()
    if not isinstance(state, Mapping):
        raise ValueError(
            f"A state dict is a dictionary of names and tensors, not {type(state).__name__}. "
            "Read a file of weights by torch.load(path, weights_only=True) first."
        )
    within = {name: x for name, x in state.items() if isinstance(x, Mapping | nn.Module)}
    known = [name for name in CHECKPOINT_KEYS if name in within]
    if known:
        return _tensors(within[known[0]])
    found = {str(name): _as_tensor(value) for name, value in state.items()}
    found = {name: value for name, value in found.items() if value is not None}
    if found:
        return found
    if len(within) == 1:
        return _tensors(*within.values())
    names = ", ".join(map(repr, state)) or "nothing"
    raise ValueError(f"The state dict has no tensors, but {names}. Give the one that has them.")


def _as_tensor(value):
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fiub":
        return torch.from_numpy(np.array(value, value.dtype.newbyteorder("=")))
    return None


def _groups(tensors):
    groups = {}
    for name, value in tensors.items():
        group, _, field = name.rpartition(".")
        groups.setdefault(group, {})[field] = value
    return groups


def _names(groups):
    return {(group, field) for group, x in groups.items() for field in x if field != COUNT}


def _renamed(found, own):
    """Return groups of what was found, with the prefix that fits the network's names best.

    Also how many names are then the network's own.
    """
    best, most = {}, -1
    for before in _prefixes(own):
        for prefix in _prefixes(_groups(found)):
            groups = _groups({before + n.removeprefix(prefix): v for n, v in found.items()})
            n_shared = len(_names(groups) & _names(own))
            if n_shared > most:
                best, most = groups, n_shared
    return best, most


def _prefixes(groups):
    """Return all prefixes, "" among them, that the names of groups have in common."""
    prefixes = [""]
    for parts in zip(*(name.split(".") for name in groups), strict=False):
        if len(set(parts)) > 1:
            break
        prefixes.append(f"{prefixes[-1]}{parts[0]}.")
    return prefixes


def _in_natural_order(groups):
    """Return groups in the order of their numbers, where they are in that of the alphabet."""
    if [*groups] != sorted(groups):
        return groups
    padded = {re.sub(r"\d+", lambda m: m[0].zfill(9), name): name for name in groups}
    return {padded[name]: groups[padded[name]] for name in sorted(padded)}


def _kind(fields):
    if "running_mean" in fields:
        return "norm"
    n_axes = fields["weight"].ndim if "weight" in fields else 0
    return {4: "convolution", 2: "dense"}.get(n_axes, "other")


def _shape(fields):
    """Return the shape by which a layer is recognized."""
    return tuple(fields.get("weight", next(iter(fields.values()))).shape)


def _pair_by_name(own, found, output):
    """Pair layers of the same name; return the pairs, and a list of what does not fit."""
    pairs, problems = {}, []
    for group, fields in own.items():
        if group in found:
            others = _for_output(fields, found[group]) if group == output else found[group]
            pairs[group] = _complete(fields, others, {COUNT})
            problems += _misfits(group, fields, group, others)
        else:
            problems += _listed("missing", group, fields)
    for group in found.keys() - own.keys():
        problems += _listed("unexpected", group, found[group])
    return pairs, problems


def _pair_by_order(own, found, output):
    """Pair layers by their order among those of the same kind; return the same."""
    pairs, problems = {}, []
    for kind in dict.fromkeys(map(_kind, (*own.values(), *found.values()))):
        ours = {name: fields for name, fields in own.items() if _kind(fields) == kind}
        theirs = {name: fields for name, fields in found.items() if _kind(fields) == kind}
        if output in ours and theirs:
            last = [*theirs][-1]
            theirs[last] = _for_output(ours[output], theirs[last])
        theirs = _in_order_of_shapes(ours, theirs)
        # What no layer of the kind has, these layers were built without.
        lacking = {COUNT, *NEUTRAL} - {field for fields in theirs.values() for field in fields}
        for name, other in _aligned(ours, theirs):
            if other is None:
                problems += _listed("missing", name, ours[name])
            elif name is None:
                problems += _listed("unexpected", other, theirs[other])
            else:
                pairs[name] = _complete(ours[name], theirs[other], {COUNT} | lacking)
                problems += _misfits(name, ours[name], other, pairs[name])
    return {name: pairs[name] for name in own if name in pairs}, problems


def _for_output(own, found):
    """Return an output layer, as the network has it if it is for another number of classes."""
    rows, *columns = _shape(own)
    n_rows, *n_columns = _shape(found)
    if columns != n_columns or rows == n_rows:
        return found
    return {field: value.clone() for field, value in own.items()}


def _in_order_of_shapes(ours, theirs):
    """Return their layers in the order of ours, where no two are of the same shape."""
    shapes = [_shape(fields) for fields in ours.values()]
    by_shape = {_shape(fields): name for name, fields in theirs.items()}
    if len(by_shape) == len(theirs) == len(shapes) and by_shape.keys() == set(shapes):
        return {by_shape[shape]: theirs[by_shape[shape]] for shape in shapes}
    return theirs


def _aligned(ours, theirs):
    """Yield pairs of names, None where one has no counterpart."""
    names, others = [*ours], [*theirs]
    shapes = ([_shape(fields) for fields in groups.values()] for groups in (ours, theirs))
    for _, a, b, c, d in SequenceMatcher(None, *shapes, autojunk=False).get_opcodes():
        yield from zip_longest(names[a:b], others[c:d])


def _complete(own, found, fields):
    """Return a layer with those of the given fields that it lacks."""
    values = {
        field: torch.tensor(LEARNED)
        if field == COUNT
        else torch.full_like(own[field], NEUTRAL[field], dtype=next(iter(found.values())).dtype)
        for field in own.keys() & fields - found.keys()
    }
    return {**found, **values}


def _listed(what, group, fields):
    return [f"{what}: {_name(group, field)} {tuple(x.shape)}" for field, x in fields.items()]


def _misfits(name, own, other, found):
    missing = {field: own[field] for field in own if field not in found and field != COUNT}
    extra = {field: found[field] for field in found if field not in own and field != COUNT}
    return [
        *_listed("missing", name, missing),
        *_listed("unexpected", other, extra),
        *(
            f"of another shape: {_name(other, field)} {tuple(found[field].shape)} for "
            f"{_name(name, field)} {tuple(value.shape)}"
            for field, value in own.items()
            if field in found and found[field].shape != value.shape
        ),
    ]


def _name(group, field):
    return f"{group}.{field}".removeprefix(".")


def _message(network, problems):
    name = type(getattr(network, "module", network)).__name__
    return "\n- ".join(
        [
            f"These weights do not fit the network {name}. Build it with the widths, the image "
            "shape and the number of classes that they are for (with strict_output=False the "
            "number of classes may be another). What does not fit:",
            *problems,
        ]
    )


def _flat_order(network):
    """Return where each flattened feature is in channels-first order, by the layers' names.

    These are the layers up to the first dense one after the convolutions.
    """
    if not isinstance(network, Network):
        return {}
    convolutions = [x for x in network.convolutions.modules() if hasattr(x, "out_channels")]
    layers = [(f"hidden.{name}", layer) for name, layer in network.hidden.named_modules()]
    layers.append(("output", network.output))
    n_flat = next(layer.in_features for _, layer in layers if isinstance(layer, nn.Linear))
    if not convolutions or n_flat % convolutions[-1].out_channels:
        return {}
    maps = torch.arange(n_flat).double().view(1, convolutions[-1].out_channels, -1, 1)
    index = network.flatten(maps)[0].long()
    order = {}
    for name, layer in layers:
        if getattr(layer, "num_features", None) == n_flat:
            order[name] = index
        if isinstance(layer, nn.Linear):
            return {**order, name: index}
    return order


def _in_order(value, fields, index):
    """Return a layer's weights, with its inputs in another order."""
    is_norm = _kind(fields) == "norm"
    return value[..., index] if index is not None and value.ndim == (1 if is_norm else 2) else value
