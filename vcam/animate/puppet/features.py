"""Eyes, brows, cheeks and mouths, drawn from the signals."""

import math
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache

import skia

from vcam.animate.puppet.brush import Brush, Colour, bow, curve, lighter, oval, rounded
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.turn import Turn

GLANCE = 0.08
"""How far an eye without a white moves in a look to the side, in head units."""
_CLOSED = 0.24
"""An eye that is less open than this is drawn as a line."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one puppet: body, lines (brows, lids, mouth), eyes, cheeks, and its light."""

    body: Colour
    line: Colour
    eye: Colour
    cheek: Colour

    @property
    def light(self) -> Colour:
        """The body where the light falls."""
        return lighter(self.body, 0.45)


def openness(blink: float, wide: float) -> float:
    """How open an eye is drawn, 1 at rest."""
    return math.pow(max(1.0 - blink, 0.0), 0.8) * (1.0 + 0.3 * wide)


def oval_eye(
    brush: Brush, signals: Signals, side: int, size: tuple[float, float], palette: Palette, sparkle: float
) -> None:
    """A dark glossy oval around the origin; `side` is -1 for the eye at the left of the picture.

    Closing, it turns into a line that bends up with a smile. Whoever places it moves it by GLANCE.
    """
    rx, ry = size
    blink, wide = _lids(signals, side)
    open_ = openness(blink, wide)
    if open_ < _CLOSED:
        closed_eye(brush, rx * 1.15, signals.smile, 1 - open_ / _CLOSED, palette.line)
        return
    ball, shine, light, gleam = _eye_shapes(
        rx, ry, round(_FINE * open_), round(_FINE * 0.35 * max(signals.smile - 0.35, 0.0))
    )
    with brush.at(0, 0.16 * ry * signals.look_y):
        brush.fill(ball, palette.eye)
        brush.fill(shine, lighter(palette.eye, 0.1))
        brush.fill(light, lighter(palette.eye, 0.95))
        brush.fill(gleam, lighter(palette.eye, 0.4 + 0.45 * sparkle))


_FINE = 256
"""Lids move by such parts of the eye's half height, which nobody can see: most eyes are like the last."""


@lru_cache(maxsize=64)
def _eye_shapes(rx: float, ry: float, fine_open: int, fine_squint: int) -> tuple[skia.Path, ...]:
    """An eye, its lower part, which is lighter, and the two lights in it."""
    high = ry * fine_open / _FINE
    lid = Lid(rx, high, ry * fine_squint / _FINE)
    gleam_y = min(0.42 * high, lid.middle - 0.2 * high)
    return (
        lid.over(0, rx, high),
        lid.over(0.36 * high, 0.72 * rx, 0.56 * high),
        oval(-0.32 * rx, -0.38 * high, 0.36 * rx, 0.27 * high),
        oval(0.34 * rx, gleam_y, 0.20 * rx, 0.15 * high),
    )


@dataclass(frozen=True, slots=True)
class Lid:
    """The lower lid of an eye with half axes `rx` and `high`, risen by `squint`.

    It is the parabola y = middle + rise * (x / rx)^2. To cut along it is quicker than to clip.
    """

    rx: float
    high: float
    squint: float

    @property
    def middle(self) -> float:
        """Where its highest point lies."""
        return self.high - 1.25 * self.squint

    def over(self, y: float, rx: float, ry: float) -> skia.Path:
        """What is seen above the lid of an ellipse around (0, y)."""
        rise, below = 0.48 * self.squint, self.middle - y
        if self.squint <= 0 or below >= ry:
            return oval(0, y, rx, ry)
        path = skia.Path()
        if below <= -ry:
            return path
        # Where the two meet, u = (x / self.rx)^2 solves a u^2 + 2 b u + c = 0.
        a = (rise / ry) ** 2
        b = (self.rx / rx) ** 2 / 2 + rise * below / ry**2
        c = (below / ry) ** 2 - 1
        u = (math.sqrt(b * b - a * c) - b) / a
        x, low = self.rx * math.sqrt(u), below + rise * u
        angle = math.degrees(math.atan2(low / ry, x / rx))
        path.arcTo(skia.Rect.MakeLTRB(-rx, y - ry, rx, y + ry), angle, -180 - 2 * angle, True)
        path.quadTo(0, y + 2 * below - low, x, y + low)
        return path


def round_eye(
    brush: Brush, signals: Signals, side: int, radius: float, iris: Colour, slit: float, palette: Palette
) -> None:
    """A white eye with iris and pupil, lids coming from above and below; `slit` 1 is a cat's pupil."""
    blink, wide = _lids(signals, side)
    open_ = openness(blink, wide)
    if open_ < _CLOSED:
        closed_eye(brush, radius, signals.smile, 1 - open_ / _CLOSED, palette.line)
        return
    fine_open = round(_FINE * min(open_, 1.15))
    fine_squint = round(_FINE * 0.3 * max(signals.smile - 0.35, 0.0))
    high, squint = radius * fine_open / _FINE, radius * fine_squint / _FINE
    white = _round_eye_white(radius, fine_open, fine_squint)
    brush.fill(white, 0xFFFFFF)
    aside, look, inner = 0.3 * radius * signals.look_x, 0.25 * radius * signals.look_y, 0.78 * radius
    free = look - inner >= -1.3 * high and look + inner <= high - 1.25 * squint
    free &= math.hypot(aside, look) <= radius - inner
    with nullcontext() if free else brush.within(white), brush.at(aside, look):
        brush.fill(oval(0, 0, inner, inner), iris)
        brush.fill(oval(0, 0.34 * inner, 0.72 * inner, 0.58 * inner), lighter(iris, 0.3))
        pupil = inner * (0.58 + 0.12 * wide)
        brush.fill(oval(0, 0, pupil * (1 - 0.55 * slit), pupil * (1 + 0.2 * slit)), 0x17110F)
        brush.fill(oval(-0.3 * inner, -0.35 * inner, 0.26 * inner, 0.24 * inner), 0xFFFFFF)
        brush.fill(oval(0.3 * inner, 0.35 * inner, 0.12 * inner, 0.11 * inner), 0xFFFFFF, 0.8)
    upper = bow((-radius, -0.1 * high), (0, -high), (radius, -0.1 * high))
    brush.stroke(upper, palette.line, 0.2 * radius)


@lru_cache(maxsize=64)
def _round_eye_white(radius: float, fine_open: int, fine_squint: int) -> skia.Path:
    """The white that the lids leave."""
    window = _lid_window(radius, radius * fine_open / _FINE, radius * fine_squint / _FINE)
    return skia.Op(oval(0, 0, radius, radius * 1.15), window, skia.PathOp.kIntersect_PathOp)


def closed_eye(brush: Brush, rx: float, smile: float, shut: float, colour: Colour) -> None:
    """A closed lid: hanging at rest, arched in a smile."""
    bend = (0.5 - 1.3 * min(max(smile, 0.0), 1.0)) * rx * shut
    brush.stroke(bow((-rx, 0), (0, bend), (rx, 0)), colour, 0.32 * rx)


def brow(brush: Brush, signals: Signals, side: int, length: float, width: float, colour: Colour) -> None:
    """A brow around the origin: it rises, falls, and tilts with its inner end."""
    up = signals.brow_up_right if side < 0 else signals.brow_up_left
    down = signals.brow_down_right if side < 0 else signals.brow_down_left
    inner_up = signals.brow_inner_up * (1 - 0.7 * up)
    inner = -0.13 * up + 0.13 * down - 0.11 * inner_up
    outer = -0.10 * up + 0.01 * down + 0.05 * inner_up
    arch = -0.05 * (1 + up - 1.2 * down)
    towards = -side  # the nose lies to the other side
    start, end = (towards * length, inner), (-towards * length, outer)
    brush.stroke(bow(start, (0, (inner + outer) / 2 + arch), end), colour, width)


def cheeks(brush: Brush, turn: Turn, palette: Palette, blush: float) -> None:
    """Two rosy spots; on the head's rim they only tint what is there."""
    with brush.atop() if turn.is_far else nullcontext():
        for side in (-1, 1):
            at = turn.spot(0.60 * side, 0.20)
            brush.glow(at.x, at.y, 0.26 * at.sx, 0.19 * at.sy, palette.cheek, blush)


@dataclass(frozen=True, slots=True)
class Mouth:
    """The shape of a mouth around the origin, before it is drawn."""

    half_width: float
    corner_left: float
    corner_right: float
    upper: float
    lower: float

    @classmethod
    def of(cls, signals: Signals, width: float) -> "Mouth":
        """From the signals; `width` is half its width at rest."""
        jaw, pucker = signals.jaw_open, signals.pucker
        spread = width * (1 - 0.52 * pucker - 0.16 * jaw * (1 - signals.smile) + 0.3 * signals.smile)
        # The person's right corner is at the left of the picture.
        left = -0.20 * signals.smile_right + 0.15 * signals.frown_right
        right = -0.20 * signals.smile_left + 0.15 * signals.frown_left
        rest = 0.03 + 0.13 * signals.smile - 0.13 * signals.frown
        gap = max(0.62 * jaw + 0.07 * pucker, 0.3 * (signals.lips_apart - 0.15))
        return cls(spread, left, right, rest - 0.22 * gap, rest + 0.78 * gap)

    @property
    def gap(self) -> float:
        """How far the lips are apart."""
        return self.lower - self.upper

    def outline(self) -> skia.Path:
        """The open mouth."""
        w, reach = self.half_width, 0.62 * self.half_width
        # A cubic goes three quarters of the way to its control points.
        up_left, up_right = (
            corner + (self.upper - corner) * 4 / 3 for corner in (self.corner_left, self.corner_right)
        )
        low_left, low_right = (
            corner + (self.lower - corner) * 4 / 3 for corner in (self.corner_left, self.corner_right)
        )
        return curve(
            (-w, self.corner_left),
            ((-reach, up_left), (reach, up_right), (w, self.corner_right)),
            ((reach * 1.25, low_right), (-reach * 1.25, low_left), (-w, self.corner_left)),
            closed=True,
        )

    def line(self) -> skia.Path:
        """The closed lips."""
        w, reach = self.half_width, 0.55 * self.half_width
        middle = (self.upper + self.lower) / 2
        left, right = (corner + (middle - corner) * 4 / 3 for corner in (self.corner_left, self.corner_right))
        return curve((-w, self.corner_left), ((-reach, left), (reach, right), (w, self.corner_right)))


def mouth(brush: Brush, signals: Signals, width: float, palette: Palette, *, teeth: bool = True) -> None:
    """Lips, and what is seen between them."""
    shape = Mouth.of(signals, width)
    if shape.gap > 0.05:
        inside = shape.outline()
        brush.fill(inside, 0x6E2027, soft=False)
        with brush.within(inside, soft=False):
            low = shape.lower
            brush.fill(oval(0, low + 0.02, 0.62 * shape.half_width, 0.36 * shape.gap + 0.03), 0xF0697A)
            brush.fill(oval(0, low - 0.02, 0.3 * shape.half_width, 0.2 * shape.gap), 0xF77B8A)
            if teeth:
                top = min(shape.upper, shape.corner_left, shape.corner_right) - 0.1
                edge = shape.upper + (0.10 + 0.14 * signals.smile) * min(shape.gap * 1.6, 1.0)
                brush.fill(
                    rounded(-0.78 * shape.half_width, top, 0.78 * shape.half_width, edge, 0.05), 0xFFFFFF
                )
        brush.stroke(inside, palette.line, 0.045)
    else:
        brush.stroke(shape.line(), palette.line, 0.075)


def _lids(signals: Signals, side: int) -> tuple[float, float]:
    """Blink and widening of the eye at that side of the picture."""
    if side < 0:
        return signals.blink_right, signals.wide_right
    return signals.blink_left, signals.wide_left


def _lid_window(rx: float, high: float, squint: float) -> skia.Path:
    """What the lids leave of an eye: the lower one rises by `squint`."""
    wide = 1.25 * rx
    low = high - squint
    bulge = 0.5 * squint
    return curve(
        (-wide, -high * 1.3),
        ((-wide, -high * 1.3), (wide, -high * 1.3), (wide, -high * 1.3)),
        ((wide, 0), (wide, low + bulge), (wide, low + bulge)),
        ((0.5 * rx, low - bulge), (-0.5 * rx, low - bulge), (-wide, low + bulge)),
        closed=True,
    )


def tilt_of(side: int, degrees: float) -> float:
    """The same tilt mirrored for both sides of the face, in radians."""
    return math.radians(degrees) * side
