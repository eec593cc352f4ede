"""The tray's icon, drawn: a face whose colour tells the state, and a mark, since not everybody sees colours.

Coordinates below are fractions of the icon's side, so that one drawing serves every size.
"""

import functools
from enum import StrEnum

from PIL import Image, ImageDraw

from vcam.types import Label


class Look(StrEnum):
    """What the icon says at a glance."""

    LIVE = "live"
    STANDBY = "standby"
    TROUBLE = "trouble"
    OFF = "off"


_OVERSAMPLING = 8
_INK = (52, 36, 12, 255)
_RIM = (150, 96, 8, 255)
_FACE = {
    Look.LIVE: ((255, 205, 60, 255), _RIM, _INK),
    Look.STANDBY: ((150, 156, 166, 255), (88, 94, 104, 255), (48, 52, 60, 255)),
    Look.TROUBLE: ((255, 205, 60, 255), _RIM, _INK),
    Look.OFF: ((248, 246, 246, 255), (196, 36, 60, 255), (196, 36, 60, 255)),
}
"""Fill, rim and ink of the face in each state. `off` is a bare face in red lines: nothing covers the user."""

_MOUTHS: dict[Label, tuple[str, float, float, float]] = {
    Label.NEUTRAL: ("line", 0.34, 0.66, 0.68),
    Label.HAPPINESS: ("smile", 0.28, 0.72, 0.56),
    Label.SURPRISE: ("open", 0.41, 0.59, 0.70),
    Label.SADNESS: ("frown", 0.33, 0.67, 0.74),
    Label.ANGER: ("frown", 0.36, 0.64, 0.72),
    Label.DISGUST: ("wave", 0.32, 0.68, 0.69),
    Label.FEAR: ("open", 0.36, 0.64, 0.71),
    Label.CONTEMPT: ("smirk", 0.34, 0.70, 0.66),
}
"""Kind, left end, right end and height of the mouth."""
_BROWS: dict[Label, tuple[float, float]] = {
    Label.SURPRISE: (0.24, 0.24),
    Label.SADNESS: (0.36, 0.28),
    Label.ANGER: (0.27, 0.37),
    Label.DISGUST: (0.30, 0.36),
    Label.FEAR: (0.34, 0.26),
    Label.CONTEMPT: (0.30, 0.27),
}
"""Height of the brows' outer and inner ends; the other expressions have none."""


@functools.lru_cache(maxsize=64)
def draw(look: Look, expression: Label = Label.HAPPINESS, side_px: int = 64) -> Image.Image:
    """An RGBA picture of `side_px` squared; the same arguments give the same object, not to be altered.

    Raises ValueError for a side below 8 pixels.
    """
    if side_px < 8:
        raise ValueError(f"an icon needs at least 8 pixels, not {side_px}")
    pen = _Pen(side_px * _OVERSAMPLING)
    fill, rim, ink = _FACE[look]
    pen.disc(0.5, 0.5, 0.46, rim)
    pen.disc(0.5, 0.5, 0.38 if look is Look.OFF else 0.41, fill)
    _features(pen, ink, Label.NEUTRAL if look is Look.STANDBY else expression, asleep=look is Look.STANDBY)
    if look is Look.STANDBY:
        _badge(pen, (70, 110, 200, 255))
        for x in (0.715, 0.815):
            pen.bar(x, 0.68, x, 0.84, 0.055, (255, 255, 255, 255))
    elif look is Look.TROUBLE:
        _badge(pen, (214, 40, 40, 255))
        pen.bar(0.765, 0.65, 0.765, 0.77, 0.065, (255, 255, 255, 255))
        pen.disc(0.765, 0.865, 0.038, (255, 255, 255, 255))
    return pen.picture.resize((side_px, side_px), Image.Resampling.BOX)


class _Pen:
    """Draws on a large square; shapes are given in fractions of its side."""

    def __init__(self, side: int) -> None:
        self._side = side
        self.picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.picture)

    def _box(self, x: float, y: float, rx: float, ry: float) -> tuple[float, float, float, float]:
        return tuple(v * self._side for v in (x - rx, y - ry, x + rx, y + ry))  # type: ignore[return-value]

    def disc(self, x: float, y: float, radius: float, colour: tuple[int, ...]) -> None:
        self._draw.ellipse(self._box(x, y, radius, radius), fill=colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: tuple[int, ...]) -> None:
        self._draw.ellipse(self._box(x, y, rx, ry), fill=colour)

    def clear_disc(self, x: float, y: float, radius: float) -> None:
        self._draw.ellipse(self._box(x, y, radius, radius), fill=(0, 0, 0, 0))

    def bar(self, x0: float, y0: float, x1: float, y1: float, width: float, colour: tuple[int, ...]) -> None:
        self.curve([(x0, y0), (x1, y1)], width, colour)

    def curve(self, points: list[tuple[float, float]], width: float, colour: tuple[int, ...]) -> None:
        scaled = [(x * self._side, y * self._side) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * self._side), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def half_disc(self, x: float, y: float, rx: float, ry: float, colour: tuple[int, ...]) -> None:
        self._draw.pieslice(self._box(x, y, rx, ry), 0, 180, fill=colour)


def _badge(pen: _Pen, colour: tuple[int, ...]) -> None:
    pen.clear_disc(0.765, 0.765, 0.235)
    pen.disc(0.765, 0.765, 0.205, colour)


def _features(pen: _Pen, ink: tuple[int, ...], expression: Label, *, asleep: bool) -> None:
    for side in (-1, 1):
        x = 0.5 + side * 0.155
        if asleep:
            pen.curve([(x - 0.075, 0.43), (x, 0.465), (x + 0.075, 0.43)], 0.05, ink)
            continue
        tall = 0.085 if expression in (Label.SURPRISE, Label.FEAR) else 0.07
        pen.oval(x, 0.43, 0.055, tall, ink)
        if expression in _BROWS:
            outer, inner = _BROWS[expression]
            lift = -0.06 if expression is Label.CONTEMPT and side > 0 else 0.0
            pen.bar(x + side * 0.10, outer + lift, x - side * 0.08, inner + lift, 0.045, ink)
    _mouth(pen, ink, *_MOUTHS[expression])


def _mouth(pen: _Pen, ink: tuple[int, ...], kind: str, left: float, right: float, y: float) -> None:
    middle, reach = (left + right) / 2, (right - left) / 2
    across = [left + (right - left) * step / 12 for step in range(13)]
    if kind == "smile":
        pen.half_disc(middle, y, reach, 0.24, ink)
    elif kind == "open":
        pen.oval(middle, y, reach, 0.12, ink)
    elif kind == "line":
        pen.bar(left, y, right, y, 0.055, ink)
    elif kind == "frown":
        pen.curve([(x, y - 0.09 * (1 - ((x - middle) / reach) ** 2)) for x in across], 0.055, ink)
    elif kind == "smirk":
        pen.curve([(x, y - 0.10 * ((x - left) / (right - left)) ** 2) for x in across], 0.055, ink)
    elif kind == "wave":
        pen.curve([(x, y + (0.03 if n % 4 < 2 else -0.03)) for n, x in enumerate(across[::2])], 0.05, ink)
