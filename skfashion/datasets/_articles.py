"""The ten articles of make_garments, each a function of a Dice to images (N, H, W).

The measures were chosen by looking at real training images, and at what a network that
learned from the drawings took them for. Brightness is 0 (background) to 1, in two steps:
`tone`, one number an image, times `cloth`, its pattern and folds.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from ._base import WIDTH
from ._drawing import TURN, X, Y, between, cover, fabric, paint, profile, ring, stroke

# ---------------------------------------------------------------------------------------
# What is worn above the waist, and dresses. Drawn in folded coordinates: u is the distance
# from the middle line, so that one stroke draws left and right.
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cut:
    """How a kind of top is cut.

    Pairs are the ends of uniform distributions, or mean and deviation where said so.
    Widths are counted from the middle line, in pixels.
    """

    neck: tuple  # half the width of the neck
    shoulder: tuple  # half the width at the shoulders
    chest: tuple  # half the width below the arms
    waist: tuple  # what the waist is wider than the chest
    hem: tuple  # what the hem is wider than the waist
    arms: tuple  # where the sleeves end outside
    sleeves: tuple  # how likely no, short, long and three-quarter sleeves are
    slope: tuple = (2.0, 3.6)  # how far the shoulders fall from the neck
    bottom: tuple = (26.6, 28.0)  # where the hem is
    cuff: tuple = (9.2, 10.8)  # where short sleeves end
    thick: tuple = (2.0, 3.0)  # the width of long sleeves
    gap: tuple = (0.6, 0.9)  # between body and sleeves: mean and deviation
    spread: float = 0.08  # the deviation of the whole's width
    flare: float = 0.0  # what the hem may be wider still
    tail: float = 0.0  # how far the hem hangs down in the middle
    neckline: tuple = (1.0, 3.5)  # how deep it is
    zip_length: tuple = (30, 30)  # how long a front opening is
    # How likely these parts are:
    turtle: float = 0.0  # a high neck
    front: float = 0.0  # an opening down the front
    buttons: float = 0.0
    collar: float = 0.0
    hood: float = 0.0
    print: float = 0.0  # on the chest
    belt: float = 0.0


def _top(d, *, tone, cloth, **cut):
    """Draw bodies with sleeves, (N, H, W)."""
    cut = _Cut(**cut)
    at = _lay_out(d, cut)
    shade = _light_top(d, at, tone, cloth)
    image = shade * np.maximum(cover(at.body), cover(at.sleeve))
    image = _add_print(d, cut, at, image)
    image = _add_front(d, cut, at, image)
    image = _add_neck(d, cut, at, image)
    return _add_hood(d, cut, at, image, shade)


def _lay_out(d, cut):
    """Draw the random lines of tops: where they are, not yet how they look."""
    middle = 14 + d.normal(0, 0.25) + d.normal(0, 0.012) * (Y - 14)
    side = np.sign(X - middle)
    u = np.abs(X - middle) * (1 + d.normal(0, 0.015) * side) / d.normal(1, cut.spread)  # (N, H, W)

    high = d.chance(cut.turtle)
    y0 = d.uniform(0.0, 0.8)
    y_shoulder = y0 + d.uniform(*cut.slope) + high * d.uniform(0.5, 2)
    y_arm = y_shoulder + d.uniform(5.0, 7.5)
    y_hem = d.uniform(*cut.bottom)
    y_waist = y_arm + (y_hem - y_arm) * d.uniform(0.2, 0.5)
    kind = d.kind(*cut.sleeves)
    bare, short = kind == 0, kind == 1

    neck, shoulder, chest = d.uniform(*cut.neck), d.uniform(*cut.shoulder), d.uniform(*cut.chest)
    neck = np.where(high, d.uniform(2.4, 3.4), neck)
    waist = chest + d.uniform(*cut.waist)
    hem = waist + d.uniform(*cut.hem) + cut.flare * d.uniform(0, 1) ** 2
    shoulder = np.where(bare, np.minimum(shoulder, chest * d.uniform(0.62, 1.0)), shoulder)
    neck = np.minimum(neck, shoulder - np.where(bare, d.uniform(0.9, 2.5), 1.0))
    outline = profile(
        Y,
        (y0, neck + d.uniform(-0.8, 1.0)),
        (y0 + 0.6 * (y_shoulder - y0), neck + (shoulder - neck) * d.uniform(0.6, 0.95)),
        (y_shoulder, shoulder),
        (y_arm, chest),
        (y_waist, waist),
        (y_hem, hem),
    )  # (N, H, 1)
    hem_line = y_hem - d.normal(cut.tail, 0.05) * u
    body = np.minimum(np.minimum(outline - u, Y - y0), hem_line - Y)

    # Sleeves: between an outer and an inner line, down to a cuff.
    reach = d.uniform(*cut.arms)
    y_short = d.uniform(*cut.cuff) + d.uniform(0, 1.2)
    y_long = np.where(kind == 3, d.uniform(13, 20), d.uniform(25.2, 28.2))
    y_cuff = np.minimum(np.where(short, y_short, y_long), 28) + d.normal(0, 0.3) * side
    outer = profile(
        Y,
        (y_shoulder, shoulder),
        (y_shoulder + d.uniform(2, 5), shoulder + (reach - shoulder) * d.uniform(0.4, 0.8)),
        (np.where(short, y_cuff, y_arm + d.uniform(3, 9)), reach),
        (y_cuff + 0.1, np.where(short, reach, reach + d.normal(0, 0.5))),
    )
    inner = profile(
        Y,
        (y_arm - 2, chest - 2),
        (y_arm + 1, chest + np.maximum(d.normal(*cut.gap), -0.6)),
        (y_hem, reach - d.uniform(*cut.thick)),
    )
    inner = np.where(short, chest - 1, np.minimum(inner, outer - 1.6))
    tilt = np.where(short, d.uniform(0.15, 0.6), d.normal(0, 0.2))
    cuff_line = y_cuff - tilt * (u - reach + 1.5)
    sleeve = np.minimum(np.minimum(between(u, inner, outer), Y - y_shoulder), cuff_line - Y)
    return SimpleNamespace(
        middle=middle,
        u=u,
        neck=neck,
        bare=bare,
        short=short,
        y0=y0,
        y_shoulder=y_shoulder,
        y_waist=y_waist,
        y_hem=y_hem,
        outline=outline,
        body=body,
        sleeve=np.where(bare, -9.0, sleeve),  # far outside
        inner=inner,
        cuff_line=cuff_line,
    )


def _light_top(d, at, tone, cloth):
    """Light the cloth of tops: edges, sleeves, folds, seams and hems."""
    u = at.u
    depth = np.maximum(np.maximum(at.body, at.sleeve), 0)
    # Shadows shine in the published images, which are negatives: what is dark there is
    # light in the photograph, and has bright edges and folds.
    edge = d.normal(0.0, 0.08) + 0.35 * np.maximum(0.55 - tone, 0) / np.maximum(tone, 0.2)
    shade = tone * cloth * (1 + edge * np.exp(-depth / 1.2))
    dark = np.maximum(0.75 - tone, 0) / np.maximum(tone, 0.2)
    on_sleeve = cover(0.4 * at.sleeve) * cover(0.6 * (u - at.inner))
    streak = np.exp(-(((u - at.inner - d.uniform(0.3, 2.5)) / d.uniform(0.5, 1.2)) ** 2))
    gleam = d.normal(0.02, 0.06) + dark * d.uniform(0, 0.25)
    gleam = gleam + dark * d.uniform(0, 0.7) * streak * (d.field(8, 3) > -0.3)
    shade = shade * (1 + gleam * on_sleeve)
    flank = np.exp(-(((u - at.outline + d.uniform(0.5, 2.5)) / d.uniform(0.6, 1.5)) ** 2))
    shade = shade * (1 + dark * d.uniform(0, 0.7) * flank * (d.field(6, 3) > 0))

    seam = np.exp(-np.abs(u - at.inner - 0.3) / 0.6)
    seam = seam * (at.y_shoulder + 1 < Y) * (at.cuff_line > Y)
    shade = shade * (1 + np.where(at.bare | at.short, 0.4, 1) * d.normal(-0.12, 0.22) * seam)
    ribs = cover(Y - at.y_hem + d.uniform(1, 2.5)) * d.chance(0.5)
    return shade * (1 + d.normal(0, 0.12) * ribs)


def _add_print(d, cut, at, image):
    """Print on the chest, in another tone, and tie belts."""
    x = (X - at.middle) / d.uniform(2.0, 5.0)
    y = (Y - d.uniform(8, 15)) / d.uniform(2.0, 6.0)
    spot = (np.hypot(x, y) < 1) & (d.field(12, 14) > d.uniform(-1.5, 0.3)) & d.chance(cut.print)
    image = paint(image, d.uniform(0, 1), spot * (image > 0.02))

    y_belt = at.y_waist + d.normal(0, 0.8)
    belt = cover(between(Y, y_belt - d.uniform(0.3, 0.9), y_belt + 0.5)) * d.chance(cut.belt)
    return image * (1 + d.normal(-0.1, 0.35) * belt * (at.u < at.outline))


def _add_front(d, cut, at, image):
    """Add what is down the front: zips, buttons, openings, pockets."""
    off_middle = np.abs(X - at.middle)
    has_front = d.chance(cut.front)
    there = has_front & (at.y0 + 2 < Y) & (at.y0 + d.uniform(*cut.zip_length) > Y)
    line = cover(d.uniform(0.1, 0.7) - np.abs(X - at.middle - d.normal(0, 0.5)))
    image = image * (1 + there * d.normal(-0.22, 0.35) * line)

    dots = line * (np.cos(TURN * Y / d.uniform(2.4, 4.2) + d.uniform(0, TURN)) > 0.3)
    buttoned = (has_front & d.chance(0.15)) | d.chance(cut.buttons)
    image = image * (1 + buttoned * d.normal(-0.1, 0.35) * dots)
    placket = cover(d.uniform(0.8, 1.4) - off_middle) * (at.y0 + 1 < Y) * d.chance(cut.buttons)
    image = image * (1 + d.normal(0, 0.08) * placket)

    # Left open, it shows what is below, or nothing.
    width = profile(Y, (at.y0 + 3, 0.2), (at.y_hem, d.uniform(0.4, 2.5)))
    opening = there * d.chance(0.12) * cover(width - at.u)
    image = paint(image, image * d.uniform(0, 0.6), opening)

    slit = 0.4 - np.abs(Y - d.uniform(15, 22) - d.normal(0, 0.5) * (at.u - 4))
    pocket = cover(np.minimum(between(at.u, 2, d.uniform(3, 6)), slit))
    return image * (1 - d.chance(0.3 * cut.front) * pocket * d.normal(0.1, 0.3))


def _add_neck(d, cut, at, image):
    """Cut necklines, in which the back of the garment shows or nothing, or add collars."""
    deep = d.uniform(*cut.neckline) * np.where(at.bare, d.uniform(1, 2.5), 1)
    fallen = np.clip((Y - at.y0) / deep, 0, 1)
    opening = at.neck * np.where(d.chance(0.5), np.sqrt(1 - fallen**2), 1 - fallen)  # round, V
    empty = d.chance(np.where(at.bare, 0.75, 0.35))
    inside = np.where(empty, 0, d.uniform(0.5, 1.1))
    has_collar = d.chance(cut.collar)
    hole = cover(opening - at.u) * (at.y0 + deep > Y) * ~has_collar
    image = paint(image, image * inside, hole)
    rim = np.exp(-np.abs(at.u - opening - 0.6) / 0.5) * (at.y0 + deep + 1 > Y)
    image = image * (1 + d.normal(0, 0.2) * rim)

    # A collar's two leaves leave a dark or bright notch.
    tall = d.uniform(1.5, 4.5)
    fallen = Y - at.y0
    leaf = between(at.u, fallen * at.neck / 7 * d.uniform(0, 1.5), at.neck + 0.7)
    leaf = has_collar * cover(np.minimum(leaf, tall - fallen))
    image = paint(image, image * (1 + d.normal(0.08, 0.25)), leaf)
    notch = at.neck * d.uniform(0.2, 0.7) * (1 - np.clip(fallen / tall, 0, 1))
    return image * (1 - has_collar * cover(notch - at.u) * d.uniform(-0.3, 0.9))


def _add_hood(d, cut, at, image, shade):
    """Add hoods: something round above the shoulders, with a hollow."""
    has_hood = d.chance(cut.hood)
    rx, ry = d.uniform(3.0, 4.6), d.uniform(3.0, 4.5)
    out = np.hypot((X - at.middle) / rx, (Y - at.y0 - ry) / ry)
    image = paint(image, shade * d.uniform(0.85, 1.15), has_hood * cover(3.5 * (1 - out)))
    hollow = has_hood * cover(2 * (d.uniform(0.4, 0.75) - out))
    return paint(image, image * d.uniform(0.35, 1.1), hollow)


def _t_shirt(d):
    return _top(
        d,
        tone=d.quantiles(0.2, 0.25, 0.44, 0.64, 0.76, 0.84, 0.95),
        cloth=fabric(d, plain=8, stripes=1, flowers=1, folds=0.04),
        neck=(3.2, 4.6),
        shoulder=(7.6, 9.2),
        chest=(6.2, 7.4),
        waist=(-0.8, 0.2),
        hem=(-0.2, 1.0),
        arms=(9.6, 11.6),
        spread=0.075,
        sleeves=(0.27, 0.66, 0.04, 0.03),
        flare=0.6,
        print=0.35,
        collar=0.12,
    )


def _pullover(d):
    return _top(
        d,
        tone=d.quantiles(0.2, 0.26, 0.45, 0.66, 0.77, 0.85, 0.95),
        cloth=fabric(d, plain=8, stripes=1.5, flowers=0.6, folds=0.03, noise=0.03),
        neck=(2.6, 4.6),
        shoulder=(7.4, 9.0),
        chest=(6.0, 7.4),
        waist=(-0.6, 0.3),
        hem=(-0.4, 0.6),
        arms=(9.6, 11.2),
        sleeves=(0.0, 0.02, 0.9, 0.08),
        bottom=(25.0, 27.9),
        neckline=(0.8, 2.6),
        gap=(1.3, 0.9),
        turtle=0.22,
        front=0.16,
        zip_length=(5, 11),
        thick=(2.1, 3.2),
        print=0.28,
        hood=0.22,
    )


def _coat(d):
    return _top(
        d,
        tone=d.quantiles(0.2, 0.35, 0.6, 0.72, 0.79, 0.85, 0.95),
        cloth=fabric(d, plain=8, stripes=0.3, checks=0.3, flowers=0.5, folds=0.06, noise=0.035),
        neck=(1.8, 3.2),
        shoulder=(7.0, 8.6),
        chest=(5.8, 7.4),
        waist=(-0.6, 0.3),
        hem=(-0.3, 1.0),
        arms=(8.8, 10.6),
        sleeves=(0.0, 0.0, 0.97, 0.03),
        slope=(3.6, 6.2),
        bottom=(24.8, 28.0),
        neckline=(1, 4.5),
        gap=(0.4, 0.9),
        thick=(2.5, 4.2),
        spread=0.1,
        front=0.95,
        collar=0.6,
        hood=0.3,
    )


def _shirt(d):
    return _top(
        d,
        tone=d.quantiles(0.16, 0.22, 0.41, 0.59, 0.74, 0.84, 0.95),
        cloth=fabric(d, plain=5, stripes=0.7, checks=1.8, flowers=2.0, folds=0.09, noise=0.04),
        neck=(2.0, 3.8),
        shoulder=(7.4, 9.0),
        chest=(5.9, 7.4),
        waist=(-0.8, 0.4),
        hem=(-0.3, 1.2),
        arms=(9.0, 10.8),
        sleeves=(0.14, 0.22, 0.56, 0.08),
        slope=(2.0, 3.8),
        bottom=(25.0, 28.0),
        neckline=(1.0, 4.0),
        gap=(1.1, 0.9),
        spread=0.1,
        buttons=0.75,
        thick=(1.9, 2.9),
        tail=0.12,
        collar=0.55,
        belt=0.06,
        flare=0.8,
    )


def _dress(d):
    return _top(
        d,
        tone=d.quantiles(0.2, 0.32, 0.52, 0.68, 0.78, 0.85, 0.95),
        cloth=fabric(d, plain=6, stripes=1, checks=0.3, flowers=1.8, folds=0.09),
        neck=(2.0, 4.0),
        shoulder=(4.6, 6.4),
        chest=(3.8, 5.2),
        waist=(-1.2, 0.3),
        hem=(-0.2, 1.6),
        arms=(6.0, 8.6),
        sleeves=(0.45, 0.24, 0.2, 0.11),
        slope=(1.2, 3.0),
        bottom=(27.0, 28.0),
        neckline=(1.0, 3.5),
        cuff=(6.0, 9.0),
        belt=0.3,
        flare=3.6,
        spread=0.12,
    )


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


# ---------------------------------------------------------------------------------------
# Shoes: seen from the side, the toe to the left.
# ---------------------------------------------------------------------------------------


def _sneaker(d):
    tone = d.quantiles(0.25, 0.4, 0.56, 0.68, 0.78, 0.86, 0.98)
    cloth = fabric(d, plain=1, folds=0.04, noise=0.07)
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
    shade = tone * cloth * (1 + d.normal(0, 0.2) * np.exp(-np.maximum(depth, 0) / 1.0))
    # The inside of the far wall, at the ankle.
    shade = shade * (1 + d.normal(-0.1, 0.3) * (tongue_x < X) * cover(d.uniform(0.5, 2) - depth))
    # Panels: a toe cap, a heel piece, stripes or a sign on the side, laces.
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
    lace = cover(between(X, 8, tongue_x)) * cover(d.uniform(0.8, 2.2) - (Y - top))
    shade = shade * (1 + d.normal(0, 0.3) * lace * np.cos(TURN * X / d.uniform(1.8, 3)))
    # The sole: a strip of its own tone, often with a line above it.
    thick = d.uniform(1.2, 3.0)
    sole = cover(Y - bottom + thick)
    sole_tone = np.where(d.chance(0.5), d.uniform(0.7, 1.0), d.uniform(0.0, 0.6))
    shade = paint(shade, sole_tone * (1 + 0.08 * d.grain()), sole)
    seam = np.exp(-np.abs(Y - bottom + thick + 0.4) / 0.5)
    return shade * (1 + d.normal(-0.25, 0.4) * seam) * cover(depth)


def _boot(d):
    tone = d.quantiles(0.3, 0.46, 0.61, 0.69, 0.76, 0.84, 0.95)
    cloth = fabric(d, plain=9, flowers=0.5, folds=0.06, noise=0.06)
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
    arch = d.uniform(11, 14)
    heel_x = d.uniform(19, 22)
    block = np.where(high, d.uniform(0.3, 2), 0)
    bottom = profile(
        X,
        (0, y_sole - d.uniform(0, 1.2)),
        (3, y_sole),
        (arch - np.where(high, 4, 0), y_sole),
        (heel_x - 0.6, y_sole - lift - d.uniform(0.2, 1.5)),
        (heel_x + block, y_sole - lift - 0.3),
        (heel_x + block + 0.5, y_sole),
    )
    back = profile(
        Y,
        (y_top, d.uniform(24.5, 27.4)),
        (y_sole - lift - 5, d.uniform(25.5, 27.6)),
        (y_sole - 2, d.uniform(26.8, 27.8)),
        (28, d.uniform(26.0, 27.8)),
    )
    depth = np.minimum(between(Y, top, bottom), between(X, left, back))
    shade = tone * cloth * (1 + d.normal(0.02, 0.14) * np.exp(-np.maximum(depth, 0) / 1.0))
    # Shafts are lit along their middle or their back.
    light = np.exp(-(((X - d.uniform(15, 25)) / d.uniform(1.5, 4)) ** 2)) * (y_ankle + 6 > Y)
    shade = shade * (1 + d.normal(0.03, 0.14) * light)
    # An elastic side, a zip, laces, a strap with a buckle.
    elastic = cover(np.minimum(between(X, d.uniform(16, 19), d.uniform(20, 23)), y_ankle + 4 - Y))
    shade = shade * (1 + d.chance(0.25) * d.normal(-0.2, 0.3) * elastic)
    front = X - _front_edge(Y, y_ankle, y_sole, ankle_x)
    lace = cover(between(front, 0, d.uniform(1.5, 3.5))) * (y_sole - 6 > Y)
    wave = np.cos(TURN * (Y + 0.5 * X) / d.uniform(2, 3.2))
    shade = shade * (1 + d.chance(0.4) * d.normal(0, 0.35) * lace * wave)
    strap = cover(d.uniform(0.5, 1.2) - np.abs(Y - y_ankle - d.uniform(-2, 4) - 0.2 * (X - 20)))
    shade = shade * (1 + d.chance(0.25) * d.normal(0, 0.3) * strap)
    collar = cover(y_top + d.uniform(0.8, 2.5) - Y)
    shade = shade * (1 + d.normal(0, 0.2) * collar)
    shade = shade * (1 + d.uniform(0, 0.16) * np.clip(d.field(8, 8), -1.5, 1.5))
    # The sole.
    thick = d.uniform(0.6, 2.2)
    sole = cover(Y - bottom + thick)
    sole_tone = np.where(d.chance(0.6), tone * d.uniform(0.85, 1.25), d.uniform(0.1, 1.0))
    shade = paint(shade, sole_tone * (1 + 0.06 * d.grain()), sole)
    seam = np.exp(-np.abs(Y - bottom + thick + 0.4) / 0.4)
    return shade * (1 + d.normal(-0.12, 0.2) * seam) * cover(depth)


def _front_edge(y, y_ankle, y_sole, ankle_x):
    """Place the front edge of a boot in each row, roughly."""
    return profile(y, (y_ankle, ankle_x), (y_sole - 4, 2))


def _sandal(d):
    tone = d.quantiles(0.15, 0.3, 0.45, 0.62, 0.78, 0.92, 1.0)
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
    under = np.broadcast_to(under, bed.shape)
    grain = 1 + 0.12 * d.uniform(0, 2) * d.grain() + d.uniform(0, 0.2) * d.field(8, 9)
    sole = np.minimum(between(Y, bed, under), between(X, d.uniform(0, 0.6), d.uniform(26.5, 28)))
    image = np.where(d.chance(0.6), tone, d.uniform(0.15, 1.0)) * cover(sole) * grain

    # The heel, thin or a block.
    heel_x = d.uniform(22.5, 25)
    stiletto = between(X, heel_x, heel_x + d.uniform(1.2, 4.5))
    post = np.minimum(np.minimum(stiletto, between(Y, bed, y_sole)), 27.8 - X)
    image = paint(image, tone * grain, cover(post) * heel)

    # Straps from the foot bed up, within the shape of a foot, and to the ankle.
    instep = profile(X, (0, 1.5), (7, tall * 0.45), (17, tall * 0.9), (28, tall))
    for low, high, likely in (
        (1, 5, 0.95),
        (4, 9, 0.9),
        (7, 13, 0.65),
        (10, 18, 0.5),
        (14, 22, 0.5),
    ):
        x0 = d.uniform(low, high)
        x1 = x0 + d.normal(3.0, 3.0)
        y1 = _at(bed, x1) - _at(instep, x1)
        strap = stroke(X, Y, (x0, _at(bed, x0) + 0.5), (x1, y1), d.uniform(0.5, 2.0))
        image = paint(image, tone * d.uniform(0.7, 1.15) * grain, cover(strap) * d.chance(likely))
    # A closed or broad front.
    front = np.minimum(
        between(Y, bed - instep * d.uniform(0.9, 1.3) - 0.8, bed + 0.5),
        between(X, d.uniform(0.5, 4), d.uniform(6, 16)),
    )
    image = paint(image, tone * grain, cover(front) * d.chance(0.45))
    # Uppers of bands and holes, like a shoe's.
    upper = np.minimum(between(Y, bed - instep * d.uniform(0.9, 1.4) - 1, bed + 0.5), X - 0.5)
    upper = np.minimum(upper, d.uniform(14, 28) - X)
    holes = np.cos(TURN * (X + d.normal(0, 0.7) * Y) / d.uniform(3.5, 8) + d.uniform(0, TURN))
    holes = np.where(d.chance(0.5), holes, d.field(8, 10))
    bands = cover(upper) * cover(2 * (holes - d.uniform(-0.7, 0.3))) * d.chance(0.33)
    image = paint(image, tone * d.uniform(0.7, 1.1) * grain, bands)
    # The back: a cup, a strap up the heel and around the ankle.
    xb = d.uniform(22, 26)
    yb = _at(bed, xb) - tall
    back = stroke(X, Y, (xb + 1, _at(bed, xb)), (xb - d.uniform(-1, 2), yb), d.uniform(0.4, 1.5))
    image = paint(image, tone * d.uniform(0.8, 1.1) * grain, cover(back) * d.chance(0.75))
    xf = d.uniform(13, 18)
    ankle = stroke(X, Y, (xb, yb), (xf, yb + d.normal(0, 1.5)), d.uniform(0.4, 1.3))
    has_ankle = d.chance(0.75)
    image = paint(image, tone * d.uniform(0.8, 1.1) * grain, cover(ankle) * has_ankle)
    spine = stroke(X, Y, (xf, yb + 0.5), (d.uniform(3, 9), y_sole - thick - 1), d.uniform(0.4, 1.0))
    return paint(image, tone * d.uniform(0.8, 1.1) * grain, cover(spine) * d.chance(0.4))


def _at(curve, place):
    """Read a curve over the columns, (N, 1, W), at places (N, 1, 1)."""
    weights = np.clip(1 - np.abs(X - np.clip(place, 0.5, WIDTH - 0.5)), 0, 1)  # (N, 1, W)
    return (curve * weights).sum(axis=2, keepdims=True)


# ---------------------------------------------------------------------------------------
# Bags
# ---------------------------------------------------------------------------------------


def _bag(d):
    tone = d.quantiles(0.2, 0.38, 0.57, 0.68, 0.75, 0.82, 0.95)
    cloth = fabric(d, plain=7, stripes=0.6, checks=0.4, flowers=1.2, folds=0.05, noise=0.06)
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
    shade = tone * cloth * (1 + d.normal(0.03, 0.15) * np.exp(-np.maximum(body, 0) / 1.0))
    # A flap, a zip, a clasp, a pocket, side panels.
    y_flap = y_top + tall * d.uniform(0.25, 0.75) - d.uniform(-0.1, 0.25) * u
    shade = shade * (1 + d.chance(0.45) * d.normal(0, 0.15) * cover(y_flap - Y))
    line = np.exp(-np.abs(Y - y_flap) / 0.5)
    shade = shade * (1 + d.chance(0.5) * d.normal(-0.15, 0.3) * line)
    clasp = np.hypot((X - middle) / d.uniform(0.6, 2), (Y - y_flap) / d.uniform(0.6, 1.6)) < 1
    shade = paint(shade, d.uniform(0, 1), clasp * d.chance(0.35))
    panel = np.exp(-np.abs(u - half * d.uniform(0.5, 0.85)) / 0.5)
    shade = shade * (1 + d.chance(0.35) * d.normal(-0.1, 0.3) * panel)
    shade = shade * (1 + d.uniform(0, 0.14) * np.clip(d.field(6, 7), -1.5, 1.5))
    image = shade * cover(body)

    # Handles: an arch, or two straps that meet in a point; clutches may have none.
    strap_tone = tone * d.uniform(0.7, 1.15)
    foot = np.where(tote, half * d.uniform(0.35, 0.8), half * d.uniform(0.3, 0.95))
    thick = d.uniform(0.8, 2.0)
    arch = ring(X, Y, (middle, y_top + 0.3), (foot, np.maximum(rise, 1.0)), thick)
    peak = (middle, y_top - rise + 0.5)
    straps = stroke(u + middle, Y, peak, (middle + foot, y_top + 0.5), thick / 2)
    handle = np.where(d.chance(0.65), arch, straps)
    handle = cover(handle) * (y_top + 0.8 > Y) * d.chance(np.where(clutch, 0.3, 0.95))
    image = np.maximum(image, strap_tone * handle)
    # A strap that hangs over the front or beside.
    x0 = middle + half * d.uniform(-1, 1)
    hang = stroke(X, Y, (x0, y_top), (middle + half * d.uniform(-1, 1), y_bottom - 3), 0.6)
    tone_hang = tone * d.uniform(0.4, 1.4)
    return paint(image, tone_hang, cover(hang) * d.chance(0.15))


ARTICLES = (
    _t_shirt,
    _trouser,
    _pullover,
    _dress,
    _coat,
    _sandal,
    _shirt,
    _sneaker,
    _bag,
    _boot,
)
