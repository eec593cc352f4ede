"""The light on a head, painted once and kept at the size that is shown."""

import math
from collections.abc import Callable, Mapping

import cv2

from vcam.animate.puppet import mood
from vcam.animate.puppet.brush import Brush, Layer
from vcam.animate.puppet.features import Palette
from vcam.animate.puppet.paper import Paper
from vcam.types import BGRA, Label

_PAINTED_PX = 128.0
"""Radius at which it is painted: there is nothing sharp in it, so that it is enlarged without a loss."""
_VISIBLE_SIZE = 0.008
"""A head that grew by less than this is lit as before: on average by a fifth of a level in 255 wrongly."""
_VISIBLE_TURN = 0.02
_TINT_STEPS = 64


class Light:
    """The light of one head, which may reach as far as `reach` from its middle.

    It stays where it is in the picture when the head turns, as a lamp does; what an expression adds is a
    part of the head and turns with it.
    """

    def __init__(self, paint: Callable[[Brush, Palette], None], palette: Palette, reach: float) -> None:
        half = math.ceil(reach * _PAINTED_PX)
        brush = Brush((2 * half + 1, 2 * half + 1), (half, half), _PAINTED_PX)
        paint(brush, palette)
        self._painted = brush.pixels
        self._paper = Paper()
        self._layer: Layer | None = None
        self._radius_px = 0.0
        self._tints: dict[Label, float] = {}
        self._roll = 0.0

    def layer(self, radius_px: float, weights: Mapping[Label, float], roll: float) -> Layer:
        """The light on a head of that radius, made anew only where anybody can see the difference."""
        steps = {label: round(weights.get(label, 0.0) * _TINT_STEPS) for label in mood.TINTS}
        tints = {label: step / _TINT_STEPS for label, step in steps.items() if step}
        if (
            self._layer is None
            or abs(radius_px - self._radius_px) > _VISIBLE_SIZE * self._radius_px
            or tints != self._tints
            or (tints and abs(roll - self._roll) > _VISIBLE_TURN)
        ):
            self._layer = self._lit(tints, roll, radius_px)
            self._radius_px, self._tints, self._roll = radius_px, tints, roll
        return self._layer

    def _lit(self, tints: Mapping[Label, float], roll: float, radius_px: float) -> Layer:
        painted = self._tinted(tints, roll)
        side = painted.shape[0]
        shown = max(round(side * radius_px / _PAINTED_PX), 1)
        grown = self._paper.page(shown, shown).pixels.view()
        cv2.resize(painted, (shown, shown), dst=grown, interpolation=cv2.INTER_LINEAR)
        middle = (side // 2 + 0.5) * shown / side - 0.5
        return Layer(grown, middle, middle)

    def _tinted(self, tints: Mapping[Label, float], roll: float) -> BGRA:
        if not tints:
            return self._painted
        side = self._painted.shape[0]
        brush = Brush((side, side), (side // 2, side // 2), _PAINTED_PX, roll)
        brush.pixels[:] = self._painted
        for label, weight in tints.items():
            colour, y, strength = mood.TINTS[label]
            brush.glow(0.0, y, 0.98, mood.TINT_REACH, colour, strength * weight)
        return brush.pixels
