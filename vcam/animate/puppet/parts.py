"""What most characters have in common, placed on the turned ball."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import skia

from vcam.animate.puppet import features
from vcam.animate.puppet.brush import Brush, darker, everywhere, lighter, oval
from vcam.animate.puppet.features import Palette
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.turn import Turn


@dataclass(frozen=True, slots=True)
class Scene:
    """What a character is drawn from: its colours, strings and turn, the mood's blush, and the time in s."""

    palette: Palette
    signals: Signals
    turn: Turn
    blush: float = 0.25
    sparkle: float = 0.0
    time_s: float = 0.0


BALL = 1.02
"""Radius of the ball that most heads are, in head units."""


def ball(scene: Scene) -> skia.Path:  # noqa: ARG001
    """The outline of a head that is a ball."""
    return oval(0, 0, BALL, BALL)


def daylight(brush: Brush, palette: Palette) -> None:
    """From the upper left, with a soft shade below and a gloss on top, for any outline."""
    body = palette.body
    shades = [palette.light, lighter(body, 0.12), body, darker(body, 0.14), darker(body, 0.3)]
    brush.shade(everywhere(), shades)
    brush.glow(-0.34, -0.62, 0.42, 0.26, 0xFFFFFF, 0.38)


def on_head(brush: Brush, scene: Scene, outline: skia.Path | None = None) -> AbstractContextManager[None]:
    """What is drawn on the head ends at its rim; from the front nothing comes there.

    `outline`: the head's, where anything was drawn behind it that must not be drawn on.
    """
    if not scene.turn.is_far:
        return nullcontext()
    return brush.atop() if outline is None else brush.within(outline)


def eyes(brush: Brush, scene: Scene, x: float, y: float, size: tuple[float, float]) -> None:
    """Two dark ovals at (-x, y) and (x, y)."""
    for side in (-1, 1):
        at = scene.turn.spot(x * side + features.GLANCE * scene.signals.look_x, y)
        with brush.at(at.x, at.y, at.sx, at.sy):
            features.oval_eye(brush, scene.signals, side, size, scene.palette, scene.sparkle)


def brows(brush: Brush, scene: Scene, x: float, y: float, length: float = 0.17, width: float = 0.075) -> None:
    """Two brows at (-x, y) and (x, y)."""
    for side in (-1, 1):
        at = scene.turn.spot(x * side, y)
        with brush.at(at.x, at.y, at.sx, at.sy):
            features.brow(brush, scene.signals, side, length, width, scene.palette.line)


def mouth(brush: Brush, scene: Scene, y: float, width: float, *, teeth: bool = True) -> None:
    """A mouth in the middle at the height y."""
    at = scene.turn.spot(0.0, y)
    with brush.at(at.x, at.y, at.sx, at.sy):
        features.mouth(brush, scene.signals, width, scene.palette, teeth=teeth)
