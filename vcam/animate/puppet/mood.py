"""What an expression adds to a puppet: a nudge on its strings, and tears, steam or sweat."""

import math
from collections.abc import Mapping

from vcam.animate.puppet.brush import Brush, Colour, curve, oval
from vcam.animate.puppet.room import Room
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.turn import Turn
from vcam.types import Label

_NUDGES: Mapping[Label, Mapping[str, float]] = {
    Label.NEUTRAL: {},
    Label.HAPPINESS: {"smile_left": 0.35, "smile_right": 0.35},
    Label.SURPRISE: {"brow_up_left": 0.5, "brow_up_right": 0.5, "wide_left": 0.6, "wide_right": 0.6},
    Label.SADNESS: {"frown_left": 0.5, "frown_right": 0.5, "brow_inner_up": 0.6},
    Label.ANGER: {"brow_down_left": 0.7, "brow_down_right": 0.7, "frown_left": 0.3, "frown_right": 0.3},
    Label.DISGUST: {"brow_down_left": 0.4, "brow_down_right": 0.3, "frown_left": 0.4, "frown_right": 0.25},
    Label.FEAR: {
        "brow_inner_up": 0.7,
        "wide_left": 0.6,
        "wide_right": 0.6,
        "frown_left": 0.2,
        "frown_right": 0.2,
    },
    Label.CONTEMPT: {"smile_left": 0.5, "brow_up_left": 0.5, "brow_down_right": 0.4},
}

_SOUR = 0.75
_SOUR_LABELS = (Label.SADNESS, Label.ANGER, Label.DISGUST, Label.FEAR)
"""Grimaces draw the mouth's corners out like a smile; by so much it is not believed."""

_FAINT = 0.004
"""What an expression that has almost faded adds is nothing that anybody sees."""

Weights = Mapping[Label, float]

_STEAM_ROOM = Room(side=1.3, around=1.5)


def nudged(signals: Signals, weights: Weights) -> Signals:
    """The signals, drawn a part of the remaining way to what the expression is known for."""
    sour = _SOUR * min(sum(weights.get(label, 0.0) for label in _SOUR_LABELS), 1.0)
    changed = {name: getattr(signals, name) * (1 - sour) for name in ("smile_left", "smile_right")}
    for label, weight in weights.items():
        if weight < _FAINT:
            continue
        for name, share in _NUDGES[label].items():
            now = changed.get(name, getattr(signals, name))
            changed[name] = now + (1 - now) * share * weight
    return signals._replace(**changed)


def blush(weights: Weights) -> float:
    """How rosy the cheeks are."""
    return 0.22 + 0.35 * weights.get(Label.HAPPINESS, 0.0) - 0.12 * weights.get(Label.FEAR, 0.0)


def sparkle(weights: Weights) -> float:
    """How the eyes gleam."""
    return max(
        weights.get(Label.HAPPINESS, 0.0), weights.get(Label.SADNESS, 0.0), weights.get(Label.SURPRISE, 0.0)
    )


def room(weights: Weights, without: Room) -> Room:
    """The room that the marks take besides what is needed without them."""
    return without.joined(_STEAM_ROOM) if weights.get(Label.ANGER, 0.0) > 0.05 else without


TINTS: Mapping[Label, tuple[Colour, float, float]] = {
    Label.ANGER: (0xE8321E, -0.55, 0.6),
    Label.FEAR: (0x5F8FE8, -0.65, 0.5),
    Label.DISGUST: (0x6DAA3C, 0.45, 0.5),
}
"""The flush of anger, the pallor of fear, the green of disgust: colour, height of the middle, strength."""
TINT_REACH = 0.72


def draw_marks(brush: Brush, turn: Turn, weights: Weights, time_s: float) -> None:
    """Tears, sweat and steam, moving with time."""
    sadness, fear, anger = (weights.get(label, 0.0) for label in (Label.SADNESS, Label.FEAR, Label.ANGER))
    if sadness > 0.05:
        for side, start in ((-1, 0.0), (1, 0.55)):
            fall = (0.45 * time_s + start) % 1.0
            at = turn.spot(0.40 * side, 0.08 + 0.62 * fall)
            _drop(brush, at.x, at.y, 0.10 * sadness, 0x66B7F5, min(4 * fall, 4 * (1 - fall), 1.0))
    if fear > 0.05:
        at = turn.spot(0.66, -0.46 + 0.05 * math.sin(2.0 * time_s))
        _drop(brush, at.x, at.y, 0.15 * fear, 0x7CC4F8, 1.0)
    if anger > 0.05:
        for side in (-1, 1):
            for puff in range(3):
                age = (0.9 * time_s + puff / 3) % 1.0
                x, y = side * (0.80 + 0.30 * age), -0.42 - 0.16 * age
                brush.fill(
                    oval(x, y, 0.06 + 0.10 * age, 0.05 + 0.09 * age), 0xFFFFFF, 0.85 * anger * (1 - age)
                )


def _drop(brush: Brush, x: float, y: float, size: float, colour: Colour, alpha: float) -> None:
    with brush.at(x, y, size, size):
        drop = curve(
            (0, -1.3),
            ((0.3, -0.6), (0.8, -0.2), (0.8, 0.3)),
            ((0.8, 1.2), (-0.8, 1.2), (-0.8, 0.3)),
            ((-0.8, -0.2), (-0.3, -0.6), (0, -1.3)),
        )
        brush.fill(drop, colour, 0.92 * alpha)
        brush.fill(oval(-0.25, 0.35, 0.2, 0.3), 0xFFFFFF, 0.7 * alpha)
