"""The robot: a tin head with a screen for a face."""

import math

import skia

from vcam.animate.puppet.brush import Brush, Colour, bow, darker, everywhere, lighter, mix, oval, rounded
from vcam.animate.puppet.features import GLANCE, Mouth, Palette, openness
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.turn import Turn

_SCREEN = 0x17202C


def draw_back(brush: Brush, palette: Palette, turn: Turn, signals: Signals, time_s: float) -> None:
    """The antenna, which glows brighter while the robot talks, and the ears."""
    x, y = turn.behind(0.0, -0.95, 0.05)
    sway = 0.03 * math.sin(2.5 * time_s)
    brush.stroke(bow((x, y + 0.1), (x, y - 0.1), (x + sway, y - 0.28)), darker(palette.body, 0.3), 0.07)
    brush.glow(x + sway, y - 0.34, 0.24, 0.24, palette.eye, 0.35 + 0.5 * min(signals.jaw_open * 2, 1.0))
    brush.fill(oval(x + sway, y - 0.34, 0.11, 0.11), lighter(palette.eye, 0.25))
    for side in (-1, 1):
        ear_x, ear_y = turn.behind(1.0 * side, 0.0, 0.1)
        brush.fill(
            rounded(ear_x - 0.13, ear_y - 0.28, ear_x + 0.13, ear_y + 0.28, 0.1), darker(palette.body, 0.28)
        )


def daylight(brush: Brush, palette: Palette) -> None:
    """On tin."""
    body = palette.body
    shades = [lighter(body, 0.6), lighter(body, 0.1), body, darker(body, 0.22)]
    brush.shade(everywhere(), shades, (-0.4, -0.6), 2.0)


def outline() -> skia.Path:
    """The tin's."""
    return rounded(-1.0, -1.02, 1.0, 1.02, 0.42)


def draw_face(brush: Brush, palette: Palette, turn: Turn, signals: Signals) -> None:
    """The tin's edge, the screen, and what it shows."""
    body = palette.body
    brush.stroke(rounded(-0.97, -0.99, 0.97, 0.99, 0.4), lighter(body, 0.36), 0.03)
    screen = turn.spot(0.0, 0.0)
    with brush.at(screen.x * 0.55, screen.y * 0.55, screen.sx, screen.sy):
        panel = rounded(-0.78, -0.66, 0.78, 0.72, 0.3)
        brush.fill(rounded(-0.83, -0.71, 0.83, 0.77, 0.34), darker(body, 0.35))
        brush.fill(panel, _SCREEN)
        with brush.within(panel):
            brush.fill(oval(-0.5, -0.75, 0.8, 0.42), mix(_SCREEN, 0xFFFFFF, 0.06))
    for side in (-1, 1):
        _eye(brush, palette.eye, turn, signals, side)
        at = turn.spot(0.34 * side, -0.42)
        with brush.at(at.x, at.y, at.sx, at.sy):
            _brow(brush, palette.eye, signals, side)
    at = turn.spot(0.0, 0.36)
    with brush.at(at.x, at.y, at.sx, at.sy):
        _mouth(brush, palette.eye, signals)


def _eye(brush: Brush, colour: Colour, turn: Turn, signals: Signals, side: int) -> None:
    at = turn.spot(0.34 * side + GLANCE * signals.look_x, -0.10)
    blink = signals.blink_right if side < 0 else signals.blink_left
    wide = signals.wide_right if side < 0 else signals.wide_left
    open_ = openness(blink, wide)
    with brush.at(at.x, at.y + 0.04 * signals.look_y, at.sx, at.sy):
        brush.glow(0, 0, 0.3, 0.3, colour, 0.3)
        arch = min(max((signals.smile - 0.45) * 3, 0.0), 1.0)
        if open_ < 0.25 or arch > 0.6:
            brush.stroke(
                bow((-0.14, 0.04 * arch), (0, 0.04 - 0.18 * arch), (0.14, 0.04 * arch)), colour, 0.08
            )
        else:
            high = 0.17 * open_ * (1 - 0.4 * arch)
            brush.fill(rounded(-0.12, -high, 0.12, high, min(0.1, high)), colour)
            brush.fill(rounded(-0.07, -0.75 * high, -0.01, -0.25 * high, 0.03), 0xFFFFFF, 0.8)


def _brow(brush: Brush, colour: Colour, signals: Signals, side: int) -> None:
    up = signals.brow_up_right if side < 0 else signals.brow_up_left
    down = signals.brow_down_right if side < 0 else signals.brow_down_left
    shown = min(max(up, down, signals.brow_inner_up) * 1.6, 1.0)
    if shown < 0.05:
        return
    inner = -0.08 * up + 0.13 * down - 0.1 * signals.brow_inner_up
    outer = -0.10 * up + 0.04 * signals.brow_inner_up
    brush.stroke(
        bow((-side * 0.13, inner), (0, (inner + outer) / 2), (side * 0.13, outer)), colour, 0.05, shown
    )


def _mouth(brush: Brush, colour: Colour, signals: Signals) -> None:
    shape = Mouth.of(signals, 0.32)
    if shape.gap > 0.06:
        brush.fill(shape.outline(), mix(_SCREEN, colour, 0.25))
        brush.stroke(shape.outline(), colour, 0.06)
    else:
        brush.stroke(shape.line(), colour, 0.07)
