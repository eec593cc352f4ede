"""Draws one puppet: character, mood and what it wears, in the right order."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from vcam.animate.puppet import extras, mood
from vcam.animate.puppet.brush import Brush
from vcam.animate.puppet.characters import FIGURES, Figure
from vcam.animate.puppet.light import Light
from vcam.animate.puppet.paper import Paper
from vcam.animate.puppet.parts import Scene
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.style import Style
from vcam.animate.puppet.turn import Turn
from vcam.types import BGRA, Label, Size

_RIM_PX = 2.0


class Drawing(NamedTuple):
    """A drawn puppet: (h, w, 4) uint8 BGRA premultiplied, and where in it the head's middle is, in pixels."""

    pixels: BGRA
    x: float
    y: float


class Portrait:
    """One style, ready to be drawn with any signals."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self.figure: Figure = FIGURES[style.character]
        worn = [extras.ROOM[piece] for piece in (style.hair, style.hat, style.glasses)]
        self.room = self.figure.room.joined(*worn)
        self._paper = Paper()
        self._light = Light(self.figure.daylight, style.palette, self.figure.reach)

    def draw(
        self,
        signals: Signals,
        weights: Mapping[Label, float],
        radius_px: float,
        time_s: float,
        at: tuple[float, float] = (0.0, 0.0),
        picture: Size | None = None,
    ) -> Drawing | None:
        """The puppet, its head of radius `radius_px` turned by the signals' roll, with a rim of empty pixels.

        `weights`: how much of each expression's style is added. `at`: where the head's middle will be shown;
        its fraction is kept, so that the drawing is moved by whole pixels afterwards. Only what is seen in
        `picture` is drawn; None where that is nothing.
        """
        style, (x, y) = self._style, at
        left, up, right, down = (
            math.ceil(reach * radius_px + _RIM_PX)
            for reach in mood.room(weights, self.room).turned(signals.roll)
        )
        x0, y0, x1, y1 = math.floor(x) - left, math.floor(y) - up, math.floor(x) + right, math.floor(y) + down
        if picture is not None:
            x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, picture.width - 1), min(y1, picture.height - 1)
            if x0 > x1 or y0 > y1:
                return None
        brush = Brush((x1 - x0 + 1, y1 - y0 + 1), (x - x0, y - y0), radius_px, signals.roll, self._paper)
        turn = Turn(signals.yaw, signals.pitch)
        scene = Scene(
            style.palette,
            mood.nudged(signals, weights),
            turn,
            mood.blush(weights),
            mood.sparkle(weights),
            time_s,
        )
        extras.draw_behind(brush, style, turn)
        self.figure.draw_back(brush, scene)
        brush.cover(self.figure.outline(scene), self._light.layer(radius_px, weights, signals.roll))
        self.figure.draw_face(brush, scene)
        extras.draw_over(brush, style, turn)
        mood.draw_marks(brush, turn, weights, time_s)
        return Drawing(brush.pixels, x - x0, y - y0)
