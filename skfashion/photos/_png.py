"""Whether the pixels of a PNG file are all there: Pillow takes it as it is, the rest black."""

import struct
import zlib

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the colour type
# The seven passes of an interlaced file: first column and row, and steps between them.
PASSES = [
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
]
AT_ONCE = 1 << 20  # bytes


def ends_early(file):
    """Return whether the data of a PNG file unpack to fewer bytes than its pixels have.

    Parameters
    ----------
    file : binary file
        A PNG file that Pillow has read.
    """
    file.seek(8)
    n_left = None
    unpacked = zlib.decompressobj()
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IHDR":
            n_left = _n_bytes(*struct.unpack(">IIBBBBB", file.read(length)[:13]))
        elif kind == b"IDAT":
            n_left -= _n_unpacked(unpacked, file, length, n_left)
        else:
            file.seek(length, 1)
        if kind == b"IEND" or (n_left is not None and n_left <= 0):
            break
        file.seek(4, 1)  # a checksum, which Pillow has looked at
    return n_left is None or n_left > 0


def _n_unpacked(unpacked, file, length, most):
    """Return to how many bytes a part of a file unpacks; no more than are needed are counted."""
    n = 0
    data = b""
    while n < most and (length or data):
        if not data:
            data = file.read(min(length, AT_ONCE))
            if not data:
                break
            length -= len(data)
        n += len(unpacked.decompress(data, AT_ONCE))
        data = b"" if unpacked.eof else unpacked.unconsumed_tail
        if unpacked.eof:
            break
    file.seek(length, 1)
    return n


def _n_bytes(width, height, depth, colour, _compression, _filter, interlaced):
    """Return how many bytes the pixels of a file are, with one for the filter of each row."""
    bits = depth * CHANNELS[colour]

    def n_bytes(width, height):
        return height * (1 + -(-width * bits // 8)) if width and height else 0

    if not interlaced:
        return n_bytes(width, height)
    return sum(
        n_bytes(-(-max(width - left, 0) // right), -(-max(height - top, 0) // down))
        for left, top, right, down in PASSES
    )
