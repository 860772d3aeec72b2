"""The ten articles of make_garments, each a function of a Dice to images (N, H, W).

The measures were chosen by looking at real training images, and at what a network that
learned from the drawings took them for. Brightness is 0 (background) to 1, in two steps:
`tone`, one number an image, times `cloth`, its pattern and folds.
"""

from types import SimpleNamespace

import numpy as np

from ._drawing import X, Y, between, cover, fabric, paint, profile, ring, stroke
from ._shoes import boot, sandal, sneaker
from ._tops import coat, dress, pullover, shirt, t_shirt


def _trouser(d):
    tone = d.quantiles(0.25, 0.44, 0.59, 0.69, 0.77, 0.84, 0.95)
    cloth = fabric(d, plain=9, stripes=0.3, flowers=0.8, folds=0.07)
    wide = d.chance(0.05)  # shorts fill the frame with their width
    scale = np.where(wide, d.uniform(1.6, 2.1), d.normal(1, 0.1))
    bend = d.normal(0, 0.6)
    middle = 13.8 + d.normal(0, 0.4) + bend * np.sin(3.14 * Y / 28 - 0.5)
    side = np.sign(X - middle)
    # One leg stands before the other: both are moved, but not alike.
    apart = d.normal(0, 0.05) * np.clip(Y - 10, 0, 18) * (side > 0)
    u = np.abs(X - middle - apart) / scale
    crotch = d.uniform(7.5, 13)
    hip = d.uniform(4.5, 5.7)
    ankle = d.uniform(3.2, 5.4)
    outer = profile(
        Y,
        (0, d.uniform(3.8, 4.7)),
        (d.uniform(4, 7), hip),
        (d.uniform(13, 18), hip * d.uniform(0.86, 1.0)),
        (28, ankle),
    )
    inner = profile(
        Y,
        (crotch - 1, -1),
        (crotch, 0.1),
        (crotch + 5, d.uniform(0.3, 1.3)),
        (28, d.uniform(0.5, 2.6)),
    )
    inner = np.where(d.chance(0.12), -1, inner)  # legs that hide the gap
    depth = np.minimum(between(u, inner, outer) * scale, d.uniform(27.2, 28) - Y)
    edge = d.normal(0, 0.12) + 0.3 * np.maximum(0.6 - tone, 0)
    shade = tone * cloth * (1 + edge * np.exp(-np.maximum(depth, 0) / 1.0))
    # Light on the thighs, a band, a fly.
    light = np.exp(-(((u - hip / 2) / 1.2) ** 2)) * (Y > 4)
    shade = shade * (1 + d.normal(0.02, 0.12) * light)
    shade = shade * (1 + d.normal(0, 0.25) * cover(d.uniform(1, 2) - Y))
    shade = shade * (1 + d.normal(-0.05, 0.25) * cover(0.3 - np.abs(X - middle)) * (crotch + 3 > Y))
    return shade * cover(depth)


def _bag(d):
    tone = d.quantiles(0.2, 0.38, 0.57, 0.68, 0.75, 0.82, 0.95)
    cloth = fabric(d, plain=7, stripes=0.6, checks=0.4, flowers=1.2, folds=0.05, noise=0.06)
    at = _lay_out_bag(d)
    shade = tone * cloth * (1 + d.normal(0.03, 0.15) * np.exp(-np.maximum(at.body, 0) / 1.0))
    image = _add_flap(d, at, shade) * cover(at.body)
    return _add_handles(d, at, tone, image)


def _lay_out_bag(d):
    kind = d.kind(0.42, 0.3, 0.28)  # handbag, tote with long handles, clutch
    tote, clutch = kind == 1, kind == 2
    middle = 14 + d.normal(0, 0.3)
    half = np.where(tote, d.uniform(6, 12.5), d.uniform(11.5, 14.2))
    # The whole is in the middle of the frame, with what stands above as a part of it.
    tall = np.where(clutch, d.uniform(13, 25), d.uniform(12, 19.5))
    rise = np.where(clutch, d.uniform(0, 2.5), d.uniform(2.5, 11))
    rise = np.where(tote, 27.8 - tall, np.minimum(rise, 27.8 - tall))
    y_bottom = 14 + (tall + rise) / 2
    y_top = y_bottom - tall
    u = np.abs(X - middle)
    corner = d.uniform(0.3, 5)
    upper = half * np.clip(d.normal(0.95, 0.1), 0.6, 1.05)
    sides = profile(
        Y,
        (y_top, upper - corner * d.uniform(0.1, 1)),
        (y_top + corner, upper + (half - upper) * 0.2),
        (y_bottom - corner, half),
        (y_bottom - 0.3 * corner, half - 0.25 * corner),
        (y_bottom, half - 0.7 * corner),
    )
    sag = d.normal(0, 0.06) * (u - half / 2)
    body = np.minimum(sides - u, between(Y, y_top + sag, y_bottom))
    return SimpleNamespace(
        tote=tote,
        clutch=clutch,
        middle=middle,
        half=half,
        tall=tall,
        rise=rise,
        y_bottom=y_bottom,
        y_top=y_top,
        u=u,
        body=body,
    )


def _add_flap(d, at, shade):
    """Add a flap or a zip, a clasp, side panels."""
    u = at.u
    y_flap = at.y_top + at.tall * d.uniform(0.25, 0.75) - d.uniform(-0.1, 0.25) * u
    shade = shade * (1 + d.chance(0.45) * d.normal(0, 0.15) * cover(y_flap - Y))
    line = np.exp(-np.abs(Y - y_flap) / 0.5)
    shade = shade * (1 + d.chance(0.5) * d.normal(-0.15, 0.3) * line)
    clasp = np.hypot((X - at.middle) / d.uniform(0.6, 2), (Y - y_flap) / d.uniform(0.6, 1.6)) < 1
    shade = paint(shade, d.uniform(0, 1), clasp * d.chance(0.35))
    panel = np.exp(-np.abs(u - at.half * d.uniform(0.5, 0.85)) / 0.5)
    shade = shade * (1 + d.chance(0.35) * d.normal(-0.1, 0.3) * panel)
    return shade * (1 + d.uniform(0, 0.14) * np.clip(d.field(6, 7), -1.5, 1.5))


def _add_handles(d, at, tone, image):
    """Add an arch, or two straps that meet in a point; clutches may have none."""
    middle, half, y_top = at.middle, at.half, at.y_top
    strap_tone = tone * d.uniform(0.7, 1.15)
    foot = np.where(at.tote, half * d.uniform(0.35, 0.8), half * d.uniform(0.3, 0.95))
    thick = d.uniform(0.8, 2.0)
    arch = ring(X, Y, (middle, y_top + 0.3), (foot, np.maximum(at.rise, 1.0)), thick)
    peak = (middle, y_top - at.rise + 0.5)
    straps = stroke(at.u + middle, Y, peak, (middle + foot, y_top + 0.5), thick / 2)
    handle = np.where(d.chance(0.65), arch, straps)
    handle = cover(handle) * (y_top + 0.8 > Y) * d.chance(np.where(at.clutch, 0.3, 0.95))
    image = np.maximum(image, strap_tone * handle)
    # A strap that hangs over the front or beside.
    x0 = middle + half * d.uniform(-1, 1)
    end = (middle + half * d.uniform(-1, 1), at.y_bottom - 3)
    hang = stroke(X, Y, (x0, y_top), end, 0.6)
    tone_hang = tone * d.uniform(0.4, 1.4)
    return paint(image, tone_hang, cover(hang) * d.chance(0.15))


ARTICLES = (
    t_shirt,
    _trouser,
    pullover,
    dress,
    coat,
    sandal,
    shirt,
    sneaker,
    _bag,
    boot,
)
