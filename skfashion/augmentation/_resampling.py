"""Where the pixels of a changed image come from, and how they are fetched from there.

Shape letters: N images, C channels, H x W pixels.

A mapping gives, for each position in the changed image, the position in the original image
whose value appears there. It is a tensor: a matrix of shape (N, 2, 3), which maps (x, y, 1), or
a displacement field of shape (N, 2, H, W), which is added to (x, y). Positions are in pixels
from the image's centre, x to the right and y down, so that a matrix rotates, zooms and mirrors
about the centre and does not depend on the image's size.
"""

from .._lazy import torch


def resample(batch, mappings, fill_mode, fill_value, whole_pixels):
    """Move the pixels of a batch by several mappings at once.

    However many mappings there are, each pixel is interpolated once, so that a chain of them
    blurs no more than a single one.

    Parameters
    ----------
    batch : Tensor of shape (N, C, H, W)
        Images of any dtype; floats stay in their precision, integers are interpolated as
        floats and rounded.
    mappings : list of Tensor of shape (N, 2, 3) or (N, 2, H, W)
        In the order in which they are applied.
    fill_mode : {"constant", "edge", "reflect"}
        How positions beyond the border are filled.
    fill_value : float
        Value beyond the border if `fill_mode` is "constant", in the unit of the pixels.
    whole_pixels : bool
        Whether all mappings are matrices that only shift by whole pixels and mirror. Then
        pixels are copied, which is exact and faster.

    Returns
    -------
    Tensor of shape (N, C, H, W)
    """
    fill_value = clip_to_dtype(fill_value, batch.dtype)
    if whole_pixels:
        return _copy(batch, mappings, fill_mode, fill_value)
    # From a pixel of the result back to its position before the first mapping, and from there
    # to grid_sample's coordinates. Consecutive matrices are multiplied.
    x, y = positions_of(batch.shape, batch.device)
    for mapping in reversed(_composed([_to_grid(batch), *mappings])):
        x, y = _sources(mapping, x, y)
    changed = _interpolate(batch.to(working_dtype(batch)), x, y, fill_mode, fill_value)
    return as_dtype(changed, batch.dtype)


def working_dtype(batch):
    """Return the floating dtype in which a batch's pixels are computed."""
    dtype = batch.dtype
    # Integers of more than 24 bits do not fit into float32; Apple's GPUs have nothing wider.
    wide = dtype == torch.float64 or (not dtype.is_floating_point and dtype.itemsize > 2)
    return torch.float64 if wide and batch.device.type != "mps" else torch.float32


def as_dtype(pixels, dtype):
    """Return computed pixels in the dtype of the batch, rounded if it is an integer dtype."""
    return pixels.to(dtype) if dtype.is_floating_point else pixels.round_().to(dtype)


def as_signed(pixels):
    """Return unsigned integers of more than 8 bits as signed ones with the same bits, a view.

    torch lacks some operations that only move pixels for them, older versions more than others.
    """
    signed = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}
    return pixels.view(signed.get(pixels.dtype, pixels.dtype))


def where(chosen, pixels, others):
    """Return `pixels` where `chosen`, else `others`, as `torch.where`, for all dtypes."""
    return torch.where(chosen, as_signed(pixels), as_signed(others)).view(others.dtype)


def clip_to_dtype(value, dtype):
    """Return the value of a dtype that is nearest to a number."""
    if dtype.is_floating_point:
        return float(value)
    if dtype == torch.bool:
        return value >= 0.5
    return min(max(round(value), torch.iinfo(dtype).min), torch.iinfo(dtype).max)


def positions_of(shape, device):
    """Return the positions of an image's pixels along both axes: of shape (W,) and (H, 1)."""
    height, width = shape[2:]
    x = torch.arange(width, device=device) - (width - 1) / 2
    y = torch.arange(height, device=device) - (height - 1) / 2
    return x, y[:, None]


def _composed(mappings):
    """Multiply consecutive matrices."""
    composed = []
    for mapping in mappings:
        if composed and mapping.ndim == composed[-1].ndim == 3:
            composed[-1] = _product(composed[-1], mapping)
        else:
            composed.append(mapping)
    return composed


def _product(first, then):
    # Sums of products, not matmul: that may run in reduced precision (autocast, TF32), and
    # positions have to stay exact.
    product = (first[:, :, :2, None] * then[:, None, :, :]).sum(2)  # (N, 2, 3)
    product[:, :, 2] += first[:, :, 2]
    return product


def _sources(mapping, x, y):
    """Return where positions come from: two tensors of shape (N, H, W)."""
    if mapping.ndim == 4:
        if x.ndim > 1:  # not whole pixels any more: interpolate the field
            column, row = _sources(_to_grid(mapping), x, y)
            mapping = _interpolate(mapping, column, row, "edge", 0.0)
        return x + mapping[:, 0], y + mapping[:, 1]
    to_x, to_y = mapping[:, :, :, None, None].unbind(1)  # (N, 3, 1, 1) each
    # A row's part and a column's part are small; only their sum has the size of the image.
    return (
        to_x[:, 0] * x + (to_x[:, 1] * y + to_x[:, 2]),
        to_y[:, 0] * x + (to_y[:, 1] * y + to_y[:, 2]),
    )


def _copy(batch, mappings, fill_mode, fill_value):
    """Fetch whole pixels: all mappings shift by whole pixels and mirror."""
    n, channels, height, width = batch.shape
    (matrix,) = _composed(mappings)
    fold = FILL_MODES[fill_mode]
    x, y = positions_of(batch.shape, batch.device)
    x = fold(matrix[:, 0, :1] * x + matrix[:, 0, 2:], (1 - width) / 2, (width - 1) / 2, 1)
    y = fold(matrix[:, 1, 1:2] * y.T + matrix[:, 1, 2:], (1 - height) / 2, (height - 1) / 2, 1)
    padded = _padded(batch, height + 2, width + 2, fill_value)
    first_row = torch.arange(n, device=batch.device)[:, None] * (height + 2)
    row, column = (y + (height + 1) / 2).long(), (x + (width + 1) / 2).long()  # (N, H), (N, W)
    index = ((row + first_row) * (width + 2))[:, :, None] + column[:, None, :]  # (N, H, W)
    # Copying single numbers is twice as fast as copying rows of one number, but torch has it
    # for its older dtypes only.
    single = channels == 1 and (batch.dtype == torch.uint8 or batch.is_floating_point())
    pixels = padded.view(-1) if single else padded.view(-1, channels)
    moved = pixels.index_select(0, index.view(-1)).view(n, height, width, channels)
    return moved.permute(0, 3, 1, 2)


# grid_sample takes positions as fractions of the image. Rounding them would slightly change even
# an image that does not move. In images padded to 2**k pixels a side, positions are exact. One
# pixel of padding comes before the image, the others behind it.


def _padded_sides(images):
    return [1 << (side + 1).bit_length() for side in images.shape[2:]]


def _to_grid(images):
    """Return matrices from positions to grid_sample's, which run from -1 to 1: (N, 2, 3)."""
    n, _, height, width = images.shape
    rows, columns = _padded_sides(images)
    matrix = torch.zeros((n, 2, 3), device=images.device)
    matrix[:, 0, 0] = 2 / columns
    matrix[:, 0, 2] = (width + 2) / columns - 1
    matrix[:, 1, 1] = 2 / rows
    matrix[:, 1, 2] = (height + 2) / rows - 1
    return matrix


def _interpolate(images, x, y, fill_mode, fill_value):
    """Interpolate bilinearly at grid_sample's positions."""
    rows, columns = _padded_sides(images)
    padded = _padded(images, rows, columns, fill_value).permute(0, 3, 1, 2)
    fold = FILL_MODES[fill_mode]
    height, width = images.shape[2:]
    grid = images.new_empty((*x.shape, 2))  # (N, H, W, 2); stack takes three times as long
    grid[..., 0] = fold(x, 3 / columns - 1, (2 * width + 1) / columns - 1, 2 / columns)
    grid[..., 1] = fold(y, 3 / rows - 1, (2 * height + 1) / rows - 1, 2 / rows)
    return torch.nn.functional.grid_sample(padded, grid, align_corners=False)


def _padded(images, rows, columns, fill_value):
    """Return images, channels last, with one row and column before them and more behind."""
    n, channels, height, width = images.shape
    padded = images.new_full((n, rows, columns, channels), fill_value)
    padded[:, 1 : height + 1, 1 : width + 1] = images.permute(0, 2, 3, 1)
    return padded


def _constant(position, first, last, step):
    return position.clamp(first - step, last + step)  # where the padding holds the constant


def _edge(position, first, last, step):
    return position.clamp(first, last)


def _reflect(position, first, last, step):
    if first == last:
        return torch.full_like(position, first)
    period = 2 * (last - first)
    position = (position - first).remainder(period)
    return torch.minimum(position, period - position) + first


# Functions that map positions beyond the border back into the image, along an axis from the
# centre of the first pixel to that of the last one, with pixels one step apart.
FILL_MODES = {"constant": _constant, "edge": _edge, "reflect": _reflect}
