"""Between pixels and what a network takes."""


def scaled(images, mean, std):
    """Scale a mini-batch of images.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
        Pixels of any dtype.
    mean, std : Tensor of shape (C,)
        What is subtracted from the pixels of each channel, and what they are divided by.

    Returns
    -------
    Tensor of shape (N, C, H, W)
        In the dtype of `mean`.
    """
    return (images - mean.view(-1, 1, 1)).div_(std.view(-1, 1, 1))
