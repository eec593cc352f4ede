"""What a puppet wears: hair, hats, glasses."""

import math
from collections.abc import Mapping

from vcam.animate.puppet.brush import Brush, bow, curve, darker, lighter, oval, polygon, rounded
from vcam.animate.puppet.room import Room
from vcam.animate.puppet.style import Glasses, Hair, Hat, Style
from vcam.animate.puppet.turn import Turn

ROOM: Mapping[Hair | Hat | Glasses, Room] = {
    Hair.NONE: Room(),
    Hair.SHORT: Room(side=1.2, up=1.24, around=1.24),
    Hair.LONG: Room(side=1.48, up=1.28, down=1.2, around=1.62),
    Hair.CURLY: Room(side=1.44, up=1.5, around=1.52),
    Hair.SPIKY: Room(side=1.4, up=1.4, around=1.46),
    Hat.NONE: Room(),
    Hat.BEANIE: Room(side=1.18, up=1.56, around=1.58),
    Hat.CROWN: Room(up=1.62, around=1.72),
    Hat.PARTY: Room(up=1.9, around=1.92),
    Glasses.NONE: Room(),
    Glasses.ROUND: Room(side=1.26, around=1.3),
    Glasses.SQUARE: Room(side=1.26, around=1.3),
    Glasses.SUN: Room(side=1.26, around=1.3),
}


def draw_behind(brush: Brush, style: Style, turn: Turn) -> None:
    """Hair that falls behind the head."""
    colour = darker(style.hair_colour, 0.15)
    if style.hair is Hair.LONG:
        x, y = turn.behind(0.0, 0.0, 0.12)
        with brush.at(x, y):
            locks = curve(
                (-0.9, -0.6),
                ((-1.35, -0.2), (-1.15, 0.7), (-1.22, 0.84)),
                ((-0.8, 1.0), (0.8, 1.0), (1.22, 0.84)),
                ((1.15, 0.7), (1.35, -0.2), (0.9, -0.6)),
                ((0.5, -1.3), (-0.5, -1.3), (-0.9, -0.6)),
                closed=True,
            )
            brush.fill(locks, colour)
    elif style.hair is Hair.CURLY:
        x, y = turn.behind(0.0, -0.1, 0.12)
        for step in range(13):
            angle = math.pi * (0.92 + 1.16 * step / 12)
            brush.fill(oval(x + 1.02 * math.cos(angle), y + 1.0 * math.sin(angle), 0.27, 0.27), colour)


def draw_over(brush: Brush, style: Style, turn: Turn) -> None:
    """Glasses, then the hair on the forehead, then a hat."""
    if style.glasses is not Glasses.NONE:
        _glasses(brush, style, turn)
    if style.hair is not Hair.NONE:
        _hair(brush, style, turn)
    if style.hat is not Hat.NONE:
        x, y = turn.behind(0.0, 0.0, 0.06)
        with brush.at(x, y):
            {Hat.BEANIE: _beanie, Hat.CROWN: _crown, Hat.PARTY: _party}[style.hat](brush, style)


def _glasses(brush: Brush, style: Style, turn: Turn) -> None:
    colour = style.glasses_colour
    spots = [turn.spot(0.36 * side, -0.12, 1.08) for side in (-1, 1)]
    for side, at in zip((-1, 1), spots, strict=True):
        temple = turn.spot(0.93 * side, -0.2)
        brush.stroke(
            bow(
                (at.x + 0.28 * side * at.sx, at.y - 0.06),
                ((at.x + temple.x) / 2 + 0.1 * side, at.y - 0.08),
                (temple.x, temple.y),
            ),
            colour,
            0.05,
        )
        with brush.at(at.x, at.y, at.sx, at.sy):
            if style.glasses is Glasses.ROUND:
                lens = oval(0, 0, 0.29, 0.29)
            elif style.glasses is Glasses.SQUARE:
                lens = rounded(-0.3, -0.22, 0.3, 0.25, 0.08)
            else:
                lens = curve(
                    (-0.31, -0.2),
                    ((-0.1, -0.24), (0.1, -0.24), (0.31, -0.2)),
                    ((0.34, 0.1), (0.2, 0.27), (0.0, 0.27)),
                    ((-0.2, 0.27), (-0.34, 0.1), (-0.31, -0.2)),
                    closed=True,
                )
            if style.glasses is Glasses.SUN:
                brush.fade(lens, colour, lighter(colour, 0.22), -0.2, 0.3)
                with brush.within(lens):
                    brush.fill(
                        polygon([(-0.24, -0.3), (-0.1, -0.3), (-0.26, 0.3), (-0.4, 0.3)]), 0xFFFFFF, 0.25
                    )
            else:
                brush.fill(lens, 0xFFFFFF, 0.13)
            brush.stroke(lens, colour, 0.055)
    left, right = spots
    brush.stroke(
        bow(
            (left.x + 0.29 * left.sx, left.y - 0.04),
            ((left.x + right.x) / 2, left.y - 0.09),
            (right.x - 0.29 * right.sx, right.y - 0.04),
        ),
        colour,
        0.055,
    )


def _hair(brush: Brush, style: Style, turn: Turn) -> None:
    colour, shine = style.hair_colour, lighter(style.hair_colour, 0.18)
    x, y = turn.behind(0.0, 0.0, -0.10)
    if style.hair is Hair.CURLY:
        for step in range(7):
            angle = math.pi * (1.18 + 0.64 * step / 6)
            brush.fill(
                oval(0.6 * x + 0.86 * math.cos(angle), 0.6 * y + 0.9 * math.sin(angle), 0.24, 0.24), colour
            )
            brush.fill(
                oval(
                    0.6 * x + 0.83 * math.cos(angle) - 0.05,
                    0.6 * y + 0.93 * math.sin(angle) - 0.06,
                    0.09,
                    0.07,
                ),
                shine,
                0.6,
            )
        return
    if style.hair is Hair.SPIKY:
        points = [(-1.06, -0.12)]
        for half_step in range(17):
            angle = math.pi * (1.04 + 0.92 * half_step / 16)
            reach = 1.36 if half_step % 2 else 1.06
            points.append((reach * math.cos(angle), reach * math.sin(angle)))
        points += [
            (1.06, -0.12),
            (0.84 + x, -0.42 + y),
            (0.5 + x, -0.5 + y),
            (0.3 + x, -0.72 + y),
            (0.05 + x, -0.5 + y),
            (-0.2 + x, -0.74 + y),
            (-0.5 + x, -0.5 + y),
            (-0.84 + x, -0.4 + y),
        ]
        brush.fill(polygon(points), colour)
        return
    # One fringe, swept from a parting; its lower edge goes with the forehead.
    fringe = curve(
        (-1.07, 0.02),
        ((-1.14, -0.75), (-0.62, -1.16), (0.0, -1.16)),
        ((0.62, -1.16), (1.14, -0.75), (1.07, 0.02)),
        ((1.0, -0.2), (0.92 + x, -0.42 + y), (0.72 + x, -0.6 + y)),
        ((0.42 + x, -0.5 + y), (0.1 + x, -0.62 + y), (-0.2 + x, -0.82 + y)),
        ((-0.42 + x, -0.6 + y), (-0.74 + x, -0.5 + y), (-0.86 + x, -0.44 + y)),
        ((-0.96, -0.3), (-1.02, -0.2), (-1.07, 0.02)),
        closed=True,
    )
    brush.fill(fringe, colour)
    brush.stroke(bow((-0.82, -0.56), (-0.55, -0.9), (-0.1, -1.03)), shine, 0.07, 0.7)
    brush.stroke(bow((0.1, -1.04), (0.2, -1.03), (0.3, -1.0)), shine, 0.06, 0.7)


def _beanie(brush: Brush, style: Style) -> None:
    colour = style.hat_colour
    dome = curve(
        (-1.02, -0.5),
        ((-1.02, -1.25), (-0.5, -1.36), (0.0, -1.36)),
        ((0.5, -1.36), (1.02, -1.25), (1.02, -0.5)),
        closed=True,
    )
    brush.fill(dome, colour)
    brush.stroke(bow((-0.72, -0.9), (-0.55, -1.13), (-0.25, -1.24)), lighter(colour, 0.35), 0.09, 0.6)
    band = curve(
        (-1.08, -0.42),
        ((-0.6, -0.62), (0.6, -0.62), (1.08, -0.42)),
        ((1.1, -0.6), (1.04, -0.72), (0.98, -0.74)),
        ((0.5, -0.92), (-0.5, -0.92), (-0.98, -0.74)),
        ((-1.04, -0.72), (-1.1, -0.6), (-1.08, -0.42)),
        closed=True,
    )
    brush.fill(band, lighter(colour, 0.22))
    with brush.within(band):
        for step in range(-8, 9):
            brush.stroke(
                bow((step * 0.13, -0.95), (step * 0.133, -0.7), (step * 0.136, -0.4)),
                darker(colour, 0.05),
                0.018,
                0.5,
            )
    brush.fill(oval(0.0, -1.36, 0.15, 0.13), lighter(colour, 0.5))


def _crown(brush: Brush, style: Style) -> None:
    colour = style.hat_colour
    band = polygon(
        [
            (-0.72, -0.74),
            (-0.82, -1.3),
            (-0.42, -1.06),
            (0.0, -1.45),
            (0.42, -1.06),
            (0.82, -1.3),
            (0.72, -0.74),
        ]
    )
    brush.fade(band, lighter(colour, 0.35), darker(colour, 0.08), -1.4, -0.7)
    brush.stroke(band, darker(colour, 0.2), 0.03)
    for x, y, gem in ((-0.82, -1.3, 0xE2504C), (0.0, -1.45, 0x4CA6E2), (0.82, -1.3, 0xE2504C)):
        brush.fill(oval(x, y, 0.075, 0.075), gem)
    brush.fill(rounded(-0.73, -0.86, 0.73, -0.72, 0.04), darker(colour, 0.12))


def _party(brush: Brush, style: Style) -> None:
    colour = style.hat_colour
    cone = curve(
        (-0.5, -0.8),
        ((-0.3, -1.2), (-0.1, -1.6), (0.0, -1.68)),
        ((0.1, -1.6), (0.3, -1.2), (0.5, -0.8)),
        ((0.2, -0.92), (-0.2, -0.92), (-0.5, -0.8)),
        closed=True,
    )
    brush.fade(cone, lighter(colour, 0.25), colour, -1.6, -0.8)
    with brush.within(cone):
        for y in (-1.0, -1.28, -1.52):
            brush.stroke(bow((-0.6, y + 0.1), (0.0, y), (0.6, y - 0.1)), 0xFFD75E, 0.07)
    for angle in range(8):
        turn = angle * math.pi / 4
        brush.fill(
            oval(0.07 * math.cos(turn), -1.68 + 0.07 * math.sin(turn), 0.06, 0.06),
            0xFFD75E if angle % 2 else 0x6BD0FF,
        )
