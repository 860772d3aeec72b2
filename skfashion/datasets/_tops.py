"""What is worn above the waist, and dresses, drawn for make_garments.

Drawn in folded coordinates: u is the distance from the middle line, so that one stroke draws
left and right. See `_articles` for what brightness means.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from ._drawing import TURN, X, Y, between, cover, fabric, paint, profile


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
    sleeves: tuple  # probabilities of no, short, long and three-quarter sleeves
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
    # Probabilities of these parts:
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
    at = SimpleNamespace(middle=middle, side=side, u=u)
    _lay_out_body(d, cut, at)
    _lay_out_sleeves(d, cut, at)
    return at


def _lay_out_body(d, cut, at):
    high = d.chance(cut.turtle)
    y0 = d.uniform(0.0, 0.8)
    y_shoulder = y0 + d.uniform(*cut.slope) + high * d.uniform(0.5, 2)
    y_arm = y_shoulder + d.uniform(5.0, 7.5)
    y_hem = d.uniform(*cut.bottom)
    y_waist = y_arm + (y_hem - y_arm) * d.uniform(0.2, 0.5)
    at.kind = d.kind(*cut.sleeves)
    at.bare, at.short = at.kind == 0, at.kind == 1

    neck, shoulder, chest = d.uniform(*cut.neck), d.uniform(*cut.shoulder), d.uniform(*cut.chest)
    neck = np.where(high, d.uniform(2.4, 3.4), neck)
    waist = chest + d.uniform(*cut.waist)
    hem = waist + d.uniform(*cut.hem) + cut.flare * d.uniform(0, 1) ** 2
    shoulder = np.where(at.bare, np.minimum(shoulder, chest * d.uniform(0.62, 1.0)), shoulder)
    neck = np.minimum(neck, shoulder - np.where(at.bare, d.uniform(0.9, 2.5), 1.0))
    at.outline = profile(
        Y,
        (y0, neck + d.uniform(-0.8, 1.0)),
        (y0 + 0.6 * (y_shoulder - y0), neck + (shoulder - neck) * d.uniform(0.6, 0.95)),
        (y_shoulder, shoulder),
        (y_arm, chest),
        (y_waist, waist),
        (y_hem, hem),
    )  # (N, H, 1)
    hem_line = y_hem - d.normal(cut.tail, 0.05) * at.u
    at.body = np.minimum(np.minimum(at.outline - at.u, Y - y0), hem_line - Y)
    at.neck, at.shoulder, at.chest = neck, shoulder, chest
    at.y0, at.y_shoulder, at.y_arm, at.y_waist, at.y_hem = y0, y_shoulder, y_arm, y_waist, y_hem


def _lay_out_sleeves(d, cut, at):
    """Place sleeves between an outer and an inner line, down to a cuff."""
    shoulder, chest, short = at.shoulder, at.chest, at.short
    reach = d.uniform(*cut.arms)
    y_short = d.uniform(*cut.cuff) + d.uniform(0, 1.2)
    y_long = np.where(at.kind == 3, d.uniform(13, 20), d.uniform(25.2, 28.2))
    y_cuff = np.minimum(np.where(short, y_short, y_long), 28) + d.normal(0, 0.3) * at.side
    outer = profile(
        Y,
        (at.y_shoulder, shoulder),
        (at.y_shoulder + d.uniform(2, 5), shoulder + (reach - shoulder) * d.uniform(0.4, 0.8)),
        (np.where(short, y_cuff, at.y_arm + d.uniform(3, 9)), reach),
        (y_cuff + 0.1, np.where(short, reach, reach + d.normal(0, 0.5))),
    )
    inner = profile(
        Y,
        (at.y_arm - 2, chest - 2),
        (at.y_arm + 1, chest + np.maximum(d.normal(*cut.gap), -0.6)),
        (at.y_hem, reach - d.uniform(*cut.thick)),
    )
    at.inner = np.where(short, chest - 1, np.minimum(inner, outer - 1.6))
    tilt = np.where(short, d.uniform(0.15, 0.6), d.normal(0, 0.2))
    at.cuff_line = y_cuff - tilt * (at.u - reach + 1.5)
    sleeve = np.minimum(between(at.u, at.inner, outer), Y - at.y_shoulder)
    sleeve = np.minimum(sleeve, at.cuff_line - Y)
    at.sleeve = np.where(at.bare, -9.0, sleeve)  # far outside


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


def t_shirt(d):
    """Draw T-shirts and tops, (N, H, W)."""
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


def pullover(d):
    """Draw pullovers, (N, H, W)."""
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


def coat(d):
    """Draw coats, (N, H, W)."""
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


def shirt(d):
    """Draw shirts, (N, H, W)."""
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


def dress(d):
    """Draw dresses, (N, H, W)."""
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
