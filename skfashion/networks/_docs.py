"""What the docstrings of several networks say of the same parameters."""

from .._docs import substitute

documented = substitute(
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
            Whether a batch normalization stands between convolution and activation.
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
            Dropout rate after each pool; one for all, or one for each.
    """,
    l2="""
        l2 : float
            Factor of the sum of the dense layers' squared weights (not their biases) that is
            added to the training loss.
    """,
    generator="""
        generator : torch.Generator, optional
            What the initial weights are drawn from, on the CPU; torch's global generator by
            default.
    """,
)
