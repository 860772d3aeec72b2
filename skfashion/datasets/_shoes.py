"""Shoes drawn for make_garments: seen from the side, the toe to the left.

See `_articles` for what brightness means.
"""

from types import SimpleNamespace

import numpy as np

from ._base import WIDTH
from ._drawing import TURN, X, Y, between, cover, fabric, paint, profile, stroke


def sneaker(d):
    """Draw sneakers, (N, H, W)."""
    tone = d.quantiles(0.25, 0.4, 0.56, 0.68, 0.78, 0.86, 0.98)
    cloth = fabric(d, plain=1, folds=0.04, noise=0.07)
    at = _lay_out_sneaker(d)
    shade = tone * cloth * (1 + d.normal(0, 0.2) * np.exp(-np.maximum(at.depth, 0) / 1.0))
    shade = _add_panels(d, at, shade)
    # The sole: a strip of its own tone, often with a line above it.
    thick = d.uniform(1.2, 3.0)
    sole_tone = np.where(d.chance(0.5), d.uniform(0.7, 1.0), d.uniform(0.0, 0.6))
    shade = _add_sole(d, shade, at.bottom, thick, sole_tone, grain=0.08, seam=(-0.25, 0.4, 0.5))
    return shade * cover(at.depth)


def _lay_out_sneaker(d):
    low = d.quantiles(8.0, 9.6, 10.8, 11.6, 13.0, 17.0, 19.5)  # the height at the ankle
    y_sole = 14.3 + low / 2 + d.normal(0, 0.3)
    toe = d.uniform(3.2, 4.8)
    tongue_x = d.uniform(13.0, 17.0)
    heel_dip = d.uniform(0.8, 3.6) * (low < 13.5)
    top = profile(
        X,
        (0, y_sole - toe * 0.55),
        (d.uniform(1.5, 3), y_sole - toe),
        (7, y_sole - toe - (low - toe) * d.uniform(0.12, 0.34)),
        (11, y_sole - toe - (low - toe) * d.uniform(0.42, 0.68)),
        (tongue_x, y_sole - low + d.uniform(0, 1)),
        (tongue_x + d.uniform(1, 2.5), y_sole - low),
        (d.uniform(19.5, 22), y_sole - low + heel_dip),
        (d.uniform(23, 24), y_sole - low + heel_dip * d.uniform(0.6, 1)),
        (25.8, y_sole - low + d.uniform(-0.2, 1.4)),
        (28, y_sole - low + d.uniform(1.5, 5)),
    )  # (N, 1, W)
    curl = d.uniform(0, 2.2)
    bottom = y_sole - profile(X, (0, curl), (d.uniform(3, 7), 0), (23, 0), (28, d.uniform(0, 2.2)))
    depth = np.minimum(between(Y, top, bottom), between(X, 0.2, 27.6))
    return SimpleNamespace(y_sole=y_sole, tongue_x=tongue_x, top=top, bottom=bottom, depth=depth)


def _add_panels(d, at, shade):
    """Add a toe cap, a heel piece, stripes or a sign on the side, laces."""
    y_sole, top = at.y_sole, at.top
    # The inside of the far wall, at the ankle.
    inside = d.normal(-0.1, 0.3) * (at.tongue_x < X) * cover(d.uniform(0.5, 2) - at.depth)
    shade = shade * (1 + inside)
    cap = cover(d.uniform(4, 8) - X + 0.5 * (Y - y_sole))
    shade = shade * (1 + d.normal(0, 0.3) * cap)
    back = cover(X - d.uniform(20, 24) - 0.3 * (Y - y_sole))
    shade = shade * (1 + d.normal(0, 0.3) * back)
    slant = d.uniform(-1.2, 1.2)
    wave = np.cos(TURN * (X + slant * (Y - 16)) / d.uniform(3, 6))
    stripes = (wave > d.uniform(-0.2, 0.6)) * cover(between(X, 9, 19))
    shade = shade * (1 + d.chance(0.5) * d.normal(-0.1, 0.4) * stripes * (top + 2 < Y))
    swoosh = stroke(
        X,
        Y + 0.03 * (X - 14) ** 2,
        (d.uniform(7, 12), y_sole - d.uniform(2, 4)),
        (d.uniform(17, 24), y_sole - d.uniform(3, 6)),
        d.uniform(0.5, 1.6),
    )
    shade = paint(shade, d.uniform(0, 1), cover(swoosh) * d.chance(0.3))
    patches = np.clip(1.5 * d.field(9, 11), -1, 1)
    shade = shade * (1 + 0.7 * d.uniform(0, 1) ** 1.5 * patches)
    lace = cover(between(X, 8, at.tongue_x)) * cover(d.uniform(0.8, 2.2) - (Y - top))
    return shade * (1 + d.normal(0, 0.3) * lace * np.cos(TURN * X / d.uniform(1.8, 3)))


def _add_sole(d, shade, bottom, thick, tone, *, grain, seam):
    """Add a sole of its own tone, and a line above it: mean, deviation and reach of its light."""
    mean, deviation, reach = seam
    shade = paint(shade, tone * (1 + grain * d.grain()), cover(Y - bottom + thick))
    line = np.exp(-np.abs(Y - bottom + thick + 0.4) / reach)
    return shade * (1 + d.normal(mean, deviation) * line)


def boot(d):
    """Draw ankle boots, (N, H, W)."""
    tone = d.quantiles(0.3, 0.46, 0.61, 0.69, 0.76, 0.84, 0.95)
    cloth = fabric(d, plain=9, flowers=0.5, folds=0.06, noise=0.06)
    at = _lay_out_boot(d)
    shade = tone * cloth * (1 + d.normal(0.02, 0.14) * np.exp(-np.maximum(at.depth, 0) / 1.0))
    shade = _add_fastenings(d, at, shade)
    thick = d.uniform(0.6, 2.2)
    sole_tone = np.where(d.chance(0.6), tone * d.uniform(0.85, 1.25), d.uniform(0.1, 1.0))
    shade = _add_sole(d, shade, at.bottom, thick, sole_tone, grain=0.06, seam=(-0.12, 0.2, 0.4))
    return shade * cover(at.depth)


def _lay_out_boot(d):
    high = d.chance(0.3)  # with a high heel
    y_sole = np.where(high, d.uniform(24.5, 28), d.uniform(21.4, 25.6))
    y_top = np.maximum(28.3 - y_sole + d.normal(0, 0.4), 0.2)
    lift = np.where(high, d.uniform(2.5, 7), d.uniform(0, 1.0))  # of the heel
    toe = d.uniform(3.2, 5.4)
    ankle_x = d.uniform(11.0, 15.5)
    shaft_x = ankle_x + d.uniform(-0.5, 2.0)
    y_ankle = y_sole - lift - d.uniform(7.5, 10.5)
    y_ankle = np.maximum(y_ankle, y_top + 1)
    left = d.normal(0.2, 0.3)
    top = profile(
        X,
        (left, y_sole - toe * 0.5),
        (left + d.uniform(1.0, 2.5), y_sole - toe),
        (left + 6.5, y_sole - toe - (y_sole - toe - y_ankle) * d.uniform(0.25, 0.5)),
        (ankle_x, y_ankle),
        (shaft_x, y_top + d.uniform(0, 0.8)),
        (27, y_top + d.normal(0, 0.5)),
    )
    bottom = _boot_bottom(d, high, y_sole, lift)
    back = profile(
        Y,
        (y_top, d.uniform(24.5, 27.4)),
        (y_sole - lift - 5, d.uniform(25.5, 27.6)),
        (y_sole - 2, d.uniform(26.8, 27.8)),
        (28, d.uniform(26.0, 27.8)),
    )
    depth = np.minimum(between(Y, top, bottom), between(X, left, back))
    return SimpleNamespace(
        y_sole=y_sole, y_top=y_top, y_ankle=y_ankle, ankle_x=ankle_x, bottom=bottom, depth=depth
    )


def _boot_bottom(d, high, y_sole, lift):
    """Place the lower edge: the sole, the arch and, under some, a heel."""
    arch = d.uniform(11, 14)
    heel_x = d.uniform(19, 22)
    block = np.where(high, d.uniform(0.3, 2), 0)
    return profile(
        X,
        (0, y_sole - d.uniform(0, 1.2)),
        (3, y_sole),
        (arch - np.where(high, 4, 0), y_sole),
        (heel_x - 0.6, y_sole - lift - d.uniform(0.2, 1.5)),
        (heel_x + block, y_sole - lift - 0.3),
        (heel_x + block + 0.5, y_sole),
    )


def _add_fastenings(d, at, shade):
    """Add light on the shaft, and an elastic side, laces, a strap, a collar."""
    y_top, y_ankle, y_sole = at.y_top, at.y_ankle, at.y_sole
    # Shafts are lit along their middle or their back.
    light = np.exp(-(((X - d.uniform(15, 25)) / d.uniform(1.5, 4)) ** 2)) * (y_ankle + 6 > Y)
    shade = shade * (1 + d.normal(0.03, 0.14) * light)
    elastic = cover(np.minimum(between(X, d.uniform(16, 19), d.uniform(20, 23)), y_ankle + 4 - Y))
    shade = shade * (1 + d.chance(0.25) * d.normal(-0.2, 0.3) * elastic)
    front = X - profile(Y, (y_ankle, at.ankle_x), (y_sole - 4, 2))  # from the front edge, roughly
    lace = cover(between(front, 0, d.uniform(1.5, 3.5))) * (y_sole - 6 > Y)
    wave = np.cos(TURN * (Y + 0.5 * X) / d.uniform(2, 3.2))
    shade = shade * (1 + d.chance(0.4) * d.normal(0, 0.35) * lace * wave)
    strap = cover(d.uniform(0.5, 1.2) - np.abs(Y - y_ankle - d.uniform(-2, 4) - 0.2 * (X - 20)))
    shade = shade * (1 + d.chance(0.25) * d.normal(0, 0.3) * strap)
    collar = cover(y_top + d.uniform(0.8, 2.5) - Y)
    shade = shade * (1 + d.normal(0, 0.2) * collar)
    return shade * (1 + d.uniform(0, 0.16) * np.clip(d.field(8, 8), -1.5, 1.5))


def sandal(d):
    """Draw sandals, (N, H, W)."""
    tone = d.quantiles(0.15, 0.3, 0.45, 0.62, 0.78, 0.92, 1.0)
    at = _lay_out_sandal(d)
    at.grain = 1 + 0.12 * d.uniform(0, 2) * d.grain() + d.uniform(0, 0.2) * d.field(8, 9)
    at.tone = tone
    image = _draw_sandal_sole(d, at)
    image = _add_straps(d, at, image)
    image = _add_upper(d, at, image)
    return _add_back(d, at, image)


def _lay_out_sandal(d):
    kind = d.kind(0.56, 0.26, 0.18)  # flat, heel, wedge
    flat, heel, wedge = kind == 0, kind == 1, kind == 2
    lift = np.where(flat, d.uniform(0, 2), d.uniform(3, 12))
    tall = np.where(flat, d.uniform(4, 9), d.uniform(5, 10))  # above the foot bed
    y_sole = np.clip(14 + (lift + tall) / 2 + d.uniform(0, 1.5), 17, 27.6)
    thick = np.where(wedge, d.uniform(1.5, 4), d.uniform(0.9, 2.4))
    bed = profile(
        X,
        (0, y_sole - thick - d.uniform(0, 0.6)),
        (d.uniform(6, 9), y_sole - thick),
        (d.uniform(19, 23), y_sole - thick - lift),
        (28, y_sole - thick - lift - d.uniform(0, 1)),
    )  # (N, 1, W)
    under = np.where(wedge, y_sole, np.minimum(bed + thick, y_sole))
    # The shape of a foot: how high straps and uppers go above the foot bed.
    instep = profile(X, (0, 1.5), (7, tall * 0.45), (17, tall * 0.9), (28, tall))
    return SimpleNamespace(
        heel=heel,
        tall=tall,
        y_sole=y_sole,
        thick=thick,
        bed=bed,
        under=np.broadcast_to(under, bed.shape),
        instep=instep,
    )


def _draw_sandal_sole(d, at):
    """Draw the foot bed and, under some, a heel: thin or a block."""
    sides = between(X, d.uniform(0, 0.6), d.uniform(26.5, 28))
    sole = np.minimum(between(Y, at.bed, at.under), sides)
    image = np.where(d.chance(0.6), at.tone, d.uniform(0.15, 1.0)) * cover(sole) * at.grain
    heel_x = d.uniform(22.5, 25)
    stiletto = between(X, heel_x, heel_x + d.uniform(1.2, 4.5))
    post = np.minimum(np.minimum(stiletto, between(Y, at.bed, at.y_sole)), 27.8 - X)
    return paint(image, at.tone * at.grain, cover(post) * at.heel)


def _add_straps(d, at, image):
    """Add straps from the foot bed up, within the shape of a foot, and to the ankle."""
    for low, high, probability in (
        (1, 5, 0.95),
        (4, 9, 0.9),
        (7, 13, 0.65),
        (10, 18, 0.5),
        (14, 22, 0.5),
    ):
        x0 = d.uniform(low, high)
        x1 = x0 + d.normal(3.0, 3.0)
        y1 = _at(at.bed, x1) - _at(at.instep, x1)
        strap = stroke(X, Y, (x0, _at(at.bed, x0) + 0.5), (x1, y1), d.uniform(0.5, 2.0))
        shade = at.tone * d.uniform(0.7, 1.15) * at.grain
        image = paint(image, shade, cover(strap) * d.chance(probability))
    return image


def _add_upper(d, at, image):
    """Add a closed or broad front, or uppers of bands and holes, like a shoe's."""
    front = np.minimum(
        between(Y, at.bed - at.instep * d.uniform(0.9, 1.3) - 0.8, at.bed + 0.5),
        between(X, d.uniform(0.5, 4), d.uniform(6, 16)),
    )
    image = paint(image, at.tone * at.grain, cover(front) * d.chance(0.45))
    upper = between(Y, at.bed - at.instep * d.uniform(0.9, 1.4) - 1, at.bed + 0.5)
    upper = np.minimum(upper, X - 0.5)
    upper = np.minimum(upper, d.uniform(14, 28) - X)
    holes = np.cos(TURN * (X + d.normal(0, 0.7) * Y) / d.uniform(3.5, 8) + d.uniform(0, TURN))
    holes = np.where(d.chance(0.5), holes, d.field(8, 10))
    bands = cover(upper) * cover(2 * (holes - d.uniform(-0.7, 0.3))) * d.chance(0.33)
    return paint(image, at.tone * d.uniform(0.7, 1.1) * at.grain, bands)


def _add_back(d, at, image):
    """Add the back: a cup, a strap up the heel and around the ankle, one down the spine."""
    xb = d.uniform(22, 26)
    y_bed = _at(at.bed, xb)
    yb = y_bed - at.tall
    back = stroke(X, Y, (xb + 1, y_bed), (xb - d.uniform(-1, 2), yb), d.uniform(0.4, 1.5))
    image = paint(image, at.tone * d.uniform(0.8, 1.1) * at.grain, cover(back) * d.chance(0.75))
    xf = d.uniform(13, 18)
    ankle = stroke(X, Y, (xb, yb), (xf, yb + d.normal(0, 1.5)), d.uniform(0.4, 1.3))
    has_ankle = d.chance(0.75)
    image = paint(image, at.tone * d.uniform(0.8, 1.1) * at.grain, cover(ankle) * has_ankle)
    toe = (d.uniform(3, 9), at.y_sole - at.thick - 1)
    spine = stroke(X, Y, (xf, yb + 0.5), toe, d.uniform(0.4, 1.0))
    return paint(image, at.tone * d.uniform(0.8, 1.1) * at.grain, cover(spine) * d.chance(0.4))


def _at(curve, place):
    """Read a curve over the columns, (N, 1, W), at places (N, 1, 1)."""
    weights = np.clip(1 - np.abs(X - np.clip(place, 0.5, WIDTH - 0.5)), 0, 1)  # (N, 1, W)
    return (curve * weights).sum(axis=2, keepdims=True)
