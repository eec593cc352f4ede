"""Draws one puppet: character, mood and what it wears, in the right order."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from vcam.animate.puppet import extras, mood, parts
from vcam.animate.puppet.brush import Brush, Layer, oval, polygon
from vcam.animate.puppet.characters import FIGURES, Figure
from vcam.animate.puppet.parts import Scene
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.style import Style
from vcam.animate.puppet.turn import Turn
from vcam.types import BGRA, Label

_RIM_PX = 2.0
_PAINTED_PX = 220.0
"""Radius at which the head is painted once: shading every frame anew would cost more than all the rest."""
_BOX = 1.12


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
        self._head = self._painted().layer(-_BOX, -_BOX, _BOX, _BOX)
        self._light = self._lit_square() if self.figure.draw_head is parts.ball else None
        self._tints: dict[Label, Layer] = {}

    def draw(
        self,
        signals: Signals,
        weights: Mapping[Label, float],
        radius_px: float,
        time_s: float,
        at: tuple[float, float] = (0.0, 0.0),
    ) -> Drawing:
        """The puppet, its head of radius `radius_px` turned by the signals' roll, with a rim of empty pixels.

        `weights`: how much of each expression's style is added. `at`: where the head's middle will be shown;
        only its fraction matters, so that the drawing is moved by whole pixels afterwards.
        """
        style = self._style
        left, top, right, bottom = (
            math.ceil(reach * radius_px + _RIM_PX)
            for reach in self.room.joined(mood.room(weights)).turned(signals.roll)
        )
        middle = left + at[0] % 1.0, top + at[1] % 1.0
        brush = Brush((left + right + 1, top + bottom + 1), middle, radius_px, signals.roll)
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
        if brush.empty and self._light is not None:
            brush.paste_within(self._light, oval(0, 0, parts.BALL, parts.BALL))
        else:
            brush.paste(self._head)
        for label in mood.TINTS:
            if weights.get(label, 0.0) > 0.02:
                brush.paste(self._tint(label), weights[label])
        self.figure.draw_face(brush, scene)
        extras.draw_over(brush, style, turn)
        mood.draw_marks(brush, turn, weights, time_s)
        return Drawing(brush.pixels, *middle)

    def _painted(self) -> Brush:
        brush = self._blank()
        self.figure.draw_head(brush, self._style.palette)
        return brush

    def _lit_square(self) -> Layer:
        """What a ball is cut from: its light and shade, without its rim."""
        brush = self._blank()
        square = polygon([(-_BOX, -_BOX), (_BOX, -_BOX), (_BOX, _BOX), (-_BOX, _BOX)])
        parts.shaded(brush, self._style.palette, square)
        return brush.layer(-_BOX, -_BOX, _BOX, _BOX)

    def _blank(self) -> Brush:
        half = math.ceil(_BOX * _PAINTED_PX) + 2
        return Brush((2 * half + 1, 2 * half + 1), (half, half), _PAINTED_PX)

    def _tint(self, label: Label) -> Layer:
        """The tint alone: what it adds to the head, as a layer of its own."""
        if label not in self._tints:
            colour, y, strength = mood.TINTS[label]
            brush = self._painted()
            head = brush.pixels[..., 3:].astype(np.uint16)
            brush.pixels[:] = 0
            brush.glow(0.0, y, 0.98, mood.TINT_REACH, colour, strength)
            brush.pixels[:] = (brush.pixels * head // 255).astype(np.uint8)
            top, bottom = max(y - mood.TINT_REACH, -_BOX), min(y + mood.TINT_REACH, _BOX)
            self._tints[label] = brush.layer(-1.0, top, 1.0, bottom)
        return self._tints[label]
