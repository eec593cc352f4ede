"""The characters: each draws its head and face around the origin, radius 1."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import skia

from vcam.animate.puppet import features, parts, robot
from vcam.animate.puppet.brush import Brush, bow, curve, darker, everywhere, lighter, mix, oval
from vcam.animate.puppet.features import Palette
from vcam.animate.puppet.parts import Scene
from vcam.animate.puppet.room import Room
from vcam.animate.puppet.style import Character


@dataclass(frozen=True, slots=True)
class Figure:
    """A character's drawing and its body.

    `outline`: the bare head, which `daylight` lights, painted once; `draw_back` draws what lies behind it and
    `draw_face` the face on it, for every frame. `half_width` and `half_height`: the upright ellipse around
    the origin that the head surely fills. `reach`: no part of the outline is further away from the origin.
    `room`: how far the drawing reaches.
    """

    draw_back: Callable[[Brush, Scene], None]
    draw_face: Callable[[Brush, Scene], None]
    outline: Callable[[Scene], skia.Path] = parts.ball
    daylight: Callable[[Brush, Palette], None] = parts.daylight
    half_width: float = 1.0
    half_height: float = 1.0
    reach: float = parts.BALL
    room: Room = Room()


def _nothing(brush: Brush, scene: Scene) -> None:
    """Behind a plain head there is nothing."""


def _classic(brush: Brush, scene: Scene) -> None:
    with parts.on_head(brush, scene):
        features.cheeks(brush, scene.turn, scene.palette, scene.blush)
        parts.eyes(brush, scene, 0.35, -0.15, (0.125, 0.185))
        parts.brows(brush, scene, 0.37, -0.50)
        parts.mouth(brush, scene, 0.36, 0.36)


def _person_back(brush: Brush, scene: Scene) -> None:
    for side in (-1, 1):
        x, y = scene.turn.behind(1.0 * side, 0.02, 0.15)
        brush.fill(oval(x, y, 0.16, 0.22), darker(scene.palette.body, 0.12))
        brush.fill(oval(x, y + 0.01, 0.08, 0.13), darker(scene.palette.body, 0.28))


def _person(brush: Brush, scene: Scene) -> None:
    with parts.on_head(brush, scene, parts.ball(scene)):
        features.cheeks(brush, scene.turn, scene.palette, 0.8 * scene.blush)
        parts.eyes(brush, scene, 0.34, -0.10, (0.11, 0.155))
        parts.brows(brush, scene, 0.36, -0.42, 0.18, 0.085)
        nose = scene.turn.spot(0.0, 0.14, 1.12)
        with brush.at(nose.x, nose.y, nose.sx, nose.sy):
            brush.stroke(
                bow((-0.085, 0.0), (0.0, 0.065), (0.085, 0.0)), darker(scene.palette.body, 0.4), 0.05
            )
        parts.mouth(brush, scene, 0.46, 0.31)


def _cat_back(brush: Brush, scene: Scene) -> None:
    perk = 0.10 * (scene.signals.brow_up_left + scene.signals.brow_up_right) / 2
    droop = 0.25 * scene.signals.brow_inner_up + 0.2 * scene.signals.frown
    for side in (-1, 1):
        x, y = scene.turn.behind(0.66 * side, -0.74, 0.12)
        with brush.at(x, y, side, 1.0, 0.34 + droop - perk):
            ear = curve(
                (-0.44, 0.22),
                ((-0.34, -0.3), (-0.1, -0.62), (0.06, -0.64)),
                ((0.22, -0.6), (0.36, -0.1), (0.4, 0.3)),
            )
            inner = curve(
                (-0.24, 0.2),
                ((-0.18, -0.14), (-0.04, -0.42), (0.06, -0.44)),
                ((0.14, -0.4), (0.22, -0.06), (0.26, 0.26)),
            )
            brush.fill(ear, darker(scene.palette.body, 0.1))
            brush.fill(inner, 0xF7A5A0)


def _cat(brush: Brush, scene: Scene) -> None:
    palette, turn = scene.palette, scene.turn
    with parts.on_head(brush, scene, _cat_outline(scene)):
        top = turn.spot(0.0, -0.72)
        with brush.at(top.x, top.y, top.sx, top.sy):
            for x, length in ((-0.2, 0.16), (0.0, 0.24), (0.2, 0.16)):
                brush.stroke(
                    bow((x, -0.12), (x * 0.95, 0.0), (x * 0.8, length)), darker(palette.body, 0.32), 0.075
                )
        muzzle = turn.spot(0.0, 0.40)
        with brush.at(muzzle.x, muzzle.y, muzzle.sx, muzzle.sy):
            low = 0.12 * scene.signals.jaw_open
            brush.fill(oval(-0.18, 0.0, 0.27, 0.22 + low), lighter(palette.body, 0.72))
            brush.fill(oval(0.18, 0.0, 0.27, 0.22 + low), lighter(palette.body, 0.72))
        features.cheeks(brush, turn, palette, scene.blush)
        for side in (-1, 1):
            at = turn.spot(0.40 * side, -0.14)
            with brush.at(at.x, at.y, at.sx, at.sy):
                features.round_eye(brush, scene.signals, side, 0.235, palette.eye, 1.0, palette)
        parts.brows(brush, scene, 0.40, -0.50, 0.13, 0.06)
        parts.mouth(brush, scene, 0.50, 0.27, teeth=False)
        nose = turn.spot(0.0, 0.24, 1.1)
        with brush.at(nose.x, nose.y, nose.sx, nose.sy):
            brush.fill(
                curve(
                    (-0.1, -0.04),
                    ((-0.05, -0.08), (0.05, -0.08), (0.1, -0.04)),
                    ((0.09, 0.04), (-0.09, 0.04), (-0.1, -0.04)),
                ),
                0xE8727A,
            )
            brush.stroke(bow((0.0, 0.03), (0.0, 0.08), (0.0, 0.13)), palette.line, 0.035)
    for side in (-1, 1):
        cheek = turn.spot(0.52 * side, 0.36)
        with brush.at(cheek.x, cheek.y, cheek.sx * side, cheek.sy):
            lift = -0.06 * scene.signals.smile
            for y in (-0.07, 0.03, 0.13):
                hair = bow((0.0, 0.5 * y), (0.26, y + lift), (0.52, 1.7 * y + 2 * lift + 0.03))
                brush.stroke(hair, lighter(palette.body, 0.85), 0.022)


def _bear_ears(brush: Brush, scene: Scene, outer: int, inner: int) -> None:
    for side in (-1, 1):
        x, y = scene.turn.behind(0.74 * side, -0.74, 0.12)
        brush.fill(oval(x, y, 0.34, 0.34), outer)
        brush.fill(oval(x - 0.03 * side, y + 0.04, 0.19, 0.19), inner)


def _bear_back(brush: Brush, scene: Scene) -> None:
    _bear_ears(brush, scene, darker(scene.palette.body, 0.12), lighter(scene.palette.body, 0.35))


def _panda_back(brush: Brush, scene: Scene) -> None:
    _bear_ears(brush, scene, scene.palette.line, mix(scene.palette.line, 0xFFFFFF, 0.18))


def _snout(brush: Brush, scene: Scene, colour: int) -> None:
    at = scene.turn.spot(0.0, 0.36)
    with brush.at(at.x, at.y, at.sx, at.sy):
        brush.fill(oval(0.0, 0.04, 0.44, 0.33 + 0.12 * scene.signals.jaw_open), colour)
    parts.mouth(brush, scene, 0.46, 0.24, teeth=False)
    nose = scene.turn.spot(0.0, 0.17, 1.12)
    with brush.at(nose.x, nose.y, nose.sx, nose.sy):
        brush.fill(oval(0.0, 0.0, 0.135, 0.095), scene.palette.line)
        brush.fill(oval(-0.035, -0.035, 0.05, 0.025), 0xFFFFFF, 0.6)


def _bear(brush: Brush, scene: Scene) -> None:
    with parts.on_head(brush, scene, parts.ball(scene)):
        features.cheeks(brush, scene.turn, scene.palette, scene.blush)
        parts.eyes(brush, scene, 0.36, -0.14, (0.1, 0.13))
        parts.brows(brush, scene, 0.37, -0.42, 0.13, 0.065)
        _snout(brush, scene, lighter(scene.palette.body, 0.5))


def _panda(brush: Brush, scene: Scene) -> None:
    with parts.on_head(brush, scene, parts.ball(scene)):
        for side in (-1, 1):
            at = scene.turn.spot(0.39 * side, -0.10)
            with brush.at(at.x, at.y, at.sx, at.sy, features.tilt_of(side, 28)):
                brush.fill(oval(0.0, 0.02, 0.21, 0.29), scene.palette.line)
            with brush.at(at.x, at.y, at.sx, at.sy):
                features.round_eye(
                    brush, scene.signals, side, 0.135, 0x6B4A33, 0.0, Palette(0, 0xF7F5F0, 0, 0)
                )
        features.cheeks(brush, scene.turn, scene.palette, scene.blush)
        parts.brows(brush, scene, 0.36, -0.50, 0.12, 0.06)
        _snout(brush, scene, 0xFFFFFF)


_HEM = 0.84


def _ghost_outline(scene: Scene) -> skia.Path:
    """A dome; the hem waves slowly."""
    path = skia.Path()
    path.moveTo(-1.06, 1.06)
    path.cubicTo(-1.05, 0.6, -1.04, 0.3, -1.03, 0.0)
    path.cubicTo(-1.03, -0.57, -0.57, -1.03, 0.0, -1.03)
    path.cubicTo(0.57, -1.03, 1.03, -0.57, 1.03, 0.0)
    path.cubicTo(1.04, 0.3, 1.05, 0.6, 1.06, 1.06)
    waves = 5
    for wave in range(waves):
        right = 1.06 - 2.12 * wave / waves
        left = 1.06 - 2.12 * (wave + 1) / waves
        deep = 1.22 + 0.05 * math.sin(1.8 * scene.time_s + 1.3 * wave)
        path.cubicTo(right - 0.04, deep + 0.06, left + 0.04, deep + 0.06, left, 1.06)
    path.close()
    return path


def _ghost_light(brush: Brush, palette: Palette) -> None:
    body = palette.body
    brush.fade(everywhere(), lighter(body, 0.6), mix(body, 0x8E9AD8, 0.45), -0.7, 0.9)
    brush.glow(-0.36, -0.56, 0.4, 0.3, 0xFFFFFF, 0.7)


def _ghost(brush: Brush, scene: Scene) -> None:
    palette = scene.palette
    features.cheeks(brush, scene.turn, palette, scene.blush + 0.1)
    parts.eyes(brush, scene, 0.33, -0.12, (0.135, 0.215))
    parts.brows(brush, scene, 0.35, -0.50, 0.13, 0.055)
    parts.mouth(brush, scene, 0.38, 0.24, teeth=False)


def _alien_back(brush: Brush, scene: Scene) -> None:
    for side in (-1, 1):
        x, y = scene.turn.behind(0.42 * side, -0.9, 0.1)
        swing = 0.06 * math.sin(2.2 * scene.time_s + side)
        tip = (x + 0.2 * side + swing, y - 0.42)
        brush.stroke(
            bow((x, y + 0.1), (x + 0.04 * side, y - 0.2), tip), darker(scene.palette.body, 0.15), 0.07
        )
        brush.fill(oval(*tip, 0.11, 0.11), lighter(scene.palette.body, 0.3))


def _alien(brush: Brush, scene: Scene) -> None:
    with parts.on_head(brush, scene, parts.ball(scene)):
        for side in (-1, 1):
            at = scene.turn.spot(0.40 * side + features.GLANCE * scene.signals.look_x, -0.12)
            with brush.at(at.x, at.y, at.sx, at.sy, features.tilt_of(side, -24)):
                features.oval_eye(brush, scene.signals, side, (0.27, 0.2), scene.palette, 0.6)
        features.cheeks(brush, scene.turn, scene.palette, scene.blush)
        parts.brows(brush, scene, 0.38, -0.50, 0.15, 0.055)
        for x in (-0.05, 0.05):
            nose = scene.turn.spot(x, 0.20, 1.05)
            brush.fill(oval(nose.x, nose.y, 0.022, 0.03), darker(scene.palette.body, 0.45))
        parts.mouth(brush, scene, 0.48, 0.26, teeth=False)


def _cat_outline(scene: Scene) -> skia.Path:  # noqa: ARG001
    return oval(0, 0, 1.08, 1.02)


def _robot_back(brush: Brush, scene: Scene) -> None:
    robot.draw_back(brush, scene.palette, scene.turn, scene.signals, scene.time_s)


def _robot(brush: Brush, scene: Scene) -> None:
    robot.draw_face(brush, scene.palette, scene.turn, scene.signals)


def _robot_outline(scene: Scene) -> skia.Path:  # noqa: ARG001
    return robot.outline()


FIGURES: Mapping[Character, Figure] = {
    Character.CLASSIC: Figure(_nothing, _classic),
    Character.PERSON: Figure(_person_back, _person, room=Room(side=1.3, around=1.32)),
    Character.CAT: Figure(
        _cat_back,
        _cat,
        _cat_outline,
        half_width=1.04,
        reach=1.08,
        room=Room(side=1.4, up=1.6, around=1.76),
    ),
    Character.BEAR: Figure(_bear_back, _bear, room=Room(side=1.2, up=1.2, around=1.52)),
    Character.PANDA: Figure(_panda_back, _panda, room=Room(side=1.2, up=1.2, around=1.52)),
    Character.ROBOT: Figure(
        _robot_back,
        _robot,
        _robot_outline,
        robot.daylight,
        half_width=0.96,
        reach=1.27,
        room=Room(side=1.24, up=1.62, around=1.62),
    ),
    Character.GHOST: Figure(
        _nothing,
        _ghost,
        _ghost_outline,
        _ghost_light,
        reach=1.7,
        room=Room(side=1.08, down=1.32, around=1.74),
    ),
    Character.ALIEN: Figure(_alien_back, _alien, room=Room(up=1.62, around=1.7)),
}
