"""Parts of docstrings that several networks share."""

import inspect
import re

from .._docs import substitute

fill = substitute(
    images="""
        image_shape : tuple of int
            (H, W, C) of the images.
        n_classes : int
            Number of classes, K.
    """,
    activation="""
        activation : {"relu", "leaky_relu", "tanh", "sigmoid", "elu"}
            Activation after each convolution and hidden dense layer.
    """,
    pooling="""
        pooling : {"max", "avg"}
            Kind of pooling.
    """,
    batch_norm="""
        batch_norm : bool, default=False
            Whether to insert batch normalization between convolution and activation.
    """,
    hidden_units="""
        hidden_units : int or sequence of int
            Widths of the hidden dense layers; a single number is one layer.
    """,
    dense_dropout="""
        dropout : float or sequence of float
            Dropout rate after each hidden dense layer; one for all, or one for each.
    """,
    hidden_dropout="""
        hidden_dropout : float or sequence of float
            Dropout rate after each hidden dense layer; one for all, or one for each.
    """,
    stage_dropout="""
        dropout : float or sequence of float
            Dropout rate after each pooling layer; one for all, or one for each.
    """,
    l2="""
        l2 : float
            Factor of the sum of the dense layers' squared weights (not their biases) that is
            added to the training loss.
    """,
    x="""
        Parameters
        ----------
        x : Tensor of shape (N, C, H, W)
            Images.
    """,
    generator="""
        generator : torch.Generator, optional
            Generator of the initial weights, on the CPU; torch's global generator by default.
    """,
)


def documented(target):
    """Fill in the texts, and the defaults of the signature where a text has none.

    Parameters
    ----------
    target : type or function
        Its docstring is changed.

    Returns
    -------
    type or function
        What it was given.
    """
    fill(target)
    for parameter in inspect.signature(target).parameters.values() if target.__doc__ else ():
        if parameter.default not in (parameter.empty, None):
            default = repr(parameter.default).replace("'", '"')
            head = re.compile(rf"^{parameter.name} : (?!.*default=).*$", re.MULTILINE)
            target.__doc__ = head.sub(lambda m, d=default: f"{m[0]}, default={d}", target.__doc__)
    return target
