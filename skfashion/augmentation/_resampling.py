"""Where the pixels of a changed image come from, and how they are fetched from there.

Shape letters: N images, C channels, H x W pixels.

A motion says for each position in a changed image which position of the image before it
shows up there. It is a tensor: of shape (N, 2, 3), a matrix that maps (x, y, 1), or of shape
(N, 2, H, W), a field that is added to (x, y). Positions are counted in pixels from the
image's centre, x to the right and y down, so that a matrix turns, zooms and mirrors about
the centre and does not depend on the image's size.
"""

from .._lazy import torch


def resample(batch, motions, fill_mode, fill_value, whole_pixels):
    """Move the pixels of a batch by several motions at once.

    However many motions there are, each pixel is interpolated once, so that a chain of them
    blurs no more than one does.

    Parameters
    ----------
    batch : Tensor of shape (N, C, H, W)
        Images of any dtype; floats stay in their precision, integers are interpolated as
        floats and rounded.
    motions : list of Tensor of shape (N, 2, 3) or (N, 2, H, W)
        In the order in which they happen.
    fill_mode : {"constant", "edge", "reflect"}
        What stands beyond the border.
    fill_value : float
        The constant, in the unit of the pixels.
    whole_pixels : bool
        Whether all motions are matrices that shift by whole pixels and mirror, nothing else.
        Then pixels are copied, which is exact and faster.

    Returns
    -------
    Tensor of shape (N, C, H, W)
    """
    height, width = batch.shape[2:]
    fold = FILL_MODES[fill_mode]
    fill_value = fitting(fill_value, batch.dtype)
    x = torch.arange(width, device=batch.device) - (width - 1) / 2  # (W,)
    y = (torch.arange(height, device=batch.device) - (height - 1) / 2)[:, None]  # (H, 1)
    motions = _merged(motions)
    if whole_pixels:
        (matrix,) = motions
        x = _scaled(matrix[:, 0, 0], x, matrix[:, 0, 2])  # (N, 1, W)
        y = _scaled(matrix[:, 1, 1], y, matrix[:, 1, 2])  # (N, H, 1)
    else:
        # From a pixel of the result backwards to where it was before the first motion.
        for motion in reversed(motions):
            x, y = _sources(motion, x, y)
    x = fold(x + (width - 1) / 2, width)
    y = fold(y + (height - 1) / 2, height)
    if whole_pixels:
        return _copy(batch, x, y, fill_value)
    changed = _interpolate(batch.to(working_dtype(batch)), x, y, fill_value)
    return as_dtype(changed, batch.dtype)


def working_dtype(batch):
    """Return the floating dtype in which a batch's pixels are computed."""
    dtype = batch.dtype
    # Integers of more than 24 bits do not fit into float32; Apple's GPUs have nothing wider.
    wide = dtype == torch.float64 or (not dtype.is_floating_point and dtype.itemsize > 2)
    return torch.float64 if wide and batch.device.type != "mps" else torch.float32


def as_dtype(pixels, dtype):
    """Return computed pixels in the dtype they came in, rounded if that has integers."""
    return pixels.to(dtype) if dtype.is_floating_point else pixels.round_().to(dtype)


def fitting(value, dtype):
    """Return the nearest to a value that a dtype can hold."""
    if dtype.is_floating_point:
        return float(value)
    if dtype == torch.bool:
        return value >= 0.5
    return min(max(round(value), torch.iinfo(dtype).min), torch.iinfo(dtype).max)


def _merged(motions):
    """Multiply matrices that follow each other."""
    merged = []
    for motion in motions:
        if merged and motion.ndim == merged[-1].ndim == 3:
            merged[-1] = _product(merged[-1], motion)
        else:
            merged.append(motion)
    return merged


def _product(first, then):
    # Sums of products, not matmul: that may run in reduced precision (autocast, TF32), and
    # positions have to stay exact.
    product = (first[:, :, :2, None] * then[:, None, :, :]).sum(2)  # (N, 2, 3)
    product[:, :, 2] += first[:, :, 2]
    return product


def _scaled(scale, position, offset):
    return scale[:, None, None] * position + offset[:, None, None]


def _sources(motion, x, y):
    """Return where positions come from: two tensors that broadcast to (N, H, W)."""
    if motion.ndim == 4:
        height, width = motion.shape[2:]
        if x.ndim > 1:  # no longer the pixels themselves: read the field between its pixels
            column = _edge(x + (width - 1) / 2, width)
            row = _edge(y + (height - 1) / 2, height)
            motion = _interpolate(motion, column, row, 0.0)
        return x + motion[:, 0], y + motion[:, 1]
    to_x, to_y = motion[:, :, :, None, None].unbind(1)  # (N, 3, 1, 1) each
    # A row's part and a column's part are small; only their sum has the size of the image.
    return (
        to_x[:, 0] * x + (to_x[:, 1] * y + to_x[:, 2]),
        to_y[:, 0] * x + (to_y[:, 1] * y + to_y[:, 2]),
    )


def _copy(batch, x, y, fill_value):
    """Fetch pixels from whole positions: x of shape (N, 1, W), y of shape (N, H, 1)."""
    n, channels, height, width = batch.shape
    padded = _padded(batch, height + 2, width + 2, fill_value)
    first_row = torch.arange(n, device=batch.device) * (height + 2) + 1
    index = (y.long() + first_row[:, None, None]) * (width + 2) + (x.long() + 1)  # (N, H, W)
    # Copying single numbers is twice as fast as copying rows of one number, but torch has it
    # for its older dtypes only.
    single = channels == 1 and (batch.dtype == torch.uint8 or batch.is_floating_point())
    pixels = padded.view(-1) if single else padded.view(-1, channels)
    moved = pixels.index_select(0, index.view(-1)).view(n, height, width, channels)
    return moved.permute(0, 3, 1, 2)


def _interpolate(images, x, y, fill_value):
    """Interpolate bilinearly at positions counted from the first pixel's centre.

    Positions have to be folded, so that one pixel of padding holds all that they reach.
    grid_sample takes positions as fractions of the image, whose rounding would leave an image
    that does not move slightly changed. In an image of 2**k pixels a side they do not round.
    """
    n, _, height, width = images.shape
    rows, columns = (1 << (side + 1).bit_length() for side in (height, width))
    padded = _padded(images, rows, columns, fill_value).permute(0, 3, 1, 2)
    grid = images.new_empty((n, height, width, 2))
    grid[..., 0] = x * (2 / columns) + (3 / columns - 1)
    grid[..., 1] = y * (2 / rows) + (3 / rows - 1)
    return torch.nn.functional.grid_sample(padded, grid, align_corners=False)


def _padded(images, rows, columns, fill_value):
    """Return images, channels last, with one row and column before them and more behind."""
    n, channels, height, width = images.shape
    padded = images.new_full((n, rows, columns, channels), fill_value)
    padded[:, 1 : height + 1, 1 : width + 1] = images.permute(0, 2, 3, 1)
    return padded


def _constant(position, size):
    return position.clamp(-1, size)  # the pixels of padding hold the constant


def _edge(position, size):
    return position.clamp(0, size - 1)


def _reflect(position, size):
    if size == 1:
        return torch.zeros_like(position)
    period = 2 * (size - 1)
    position = position.remainder(period)
    return torch.minimum(position, period - position)


# Which position stands for one that is beyond the border, along an axis of that many pixels.
FILL_MODES = {"constant": _constant, "edge": _edge, "reflect": _reflect}
