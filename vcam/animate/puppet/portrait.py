"""Draws one puppet: character, mood and what it wears, in the right order."""

from collections.abc import Mapping

import numpy as np

from vcam.animate.puppet import extras, mood
from vcam.animate.puppet.brush import Brush, Layer
from vcam.animate.puppet.characters import FIGURES, Figure, Scene
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.style import Style
from vcam.animate.puppet.turn import Turn
from vcam.types import BGRA, Label

_RIM_PX = 1.5
_PAINTED_PX = 220.0
"""Radius at which the head is painted once: shading every frame anew would cost more than all the rest."""
_BOX = 1.12


class Portrait:
    """One style, ready to be drawn with any signals."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self.figure: Figure = FIGURES[style.character]
        self.extent = max(
            self.figure.extent, *(extras.EXTENT[worn] for worn in (style.hair, style.hat, style.glasses))
        )
        bare = self._painted()
        self._head = bare.layer(-_BOX, -_BOX, _BOX, _BOX)
        self._tints: dict[Label, Layer] = {}

    def draw(
        self,
        signals: Signals,
        weights: Mapping[Label, float],
        radius_px: float,
        time_s: float,
        shift_px: tuple[float, float] = (0.0, 0.0),
    ) -> BGRA:
        """A square picture with the head's middle in its middle, (side, side, 4) uint8 BGRA premultiplied.

        The head's radius is `radius_px`; it is turned by the signals' roll. `weights`: how much of each
        expression's style is added. `shift_px`: moves the drawing by less than a pixel. The side is odd, so
        that the middle is a pixel's centre.
        """
        style = self._style
        extent = max(self.extent, mood.extent(weights))
        side_px = 2 * int(extent * radius_px + _RIM_PX + 1) + 1
        brush = Brush(side_px, radius_px, signals.roll, shift_px)
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
        brush.paste(self._head)
        for label in mood.TINTS:
            if weights.get(label, 0.0) > 0.02:
                brush.paste(self._tint(label), weights[label])
        self.figure.draw_face(brush, scene)
        extras.draw_over(brush, style, turn)
        mood.draw_marks(brush, turn, weights, time_s)
        return brush.pixels

    def _painted(self) -> Brush:
        brush = Brush(2 * int(_BOX * _PAINTED_PX + 2) + 1, _PAINTED_PX)
        self.figure.draw_head(brush, self._style.palette)
        return brush

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
