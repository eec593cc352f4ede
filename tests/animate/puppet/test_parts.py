import numpy as np
import pytest

from vcam.animate.puppet import parts
from vcam.animate.puppet.brush import Brush, oval
from vcam.animate.puppet.parts import Scene
from vcam.animate.puppet.signals import REST
from vcam.animate.puppet.style import Character, style_of
from vcam.animate.puppet.turn import Turn


def scene(yaw: float = 0.0) -> Scene:
    return Scene(style_of(Character.CLASSIC).palette, REST, Turn(yaw, 0.0))


def drawn(draw) -> np.ndarray:
    brush = Brush((201, 201), (100, 100), 80.0)
    draw(brush)
    return brush.pixels[..., 3] > 40


def test_daylight_comes_from_the_upper_left_and_leaves_nothing_bare() -> None:
    brush = Brush((201, 201), (100, 100), 80.0)
    parts.daylight(brush, scene().palette)
    assert brush.pixels[..., 3].min() == 255
    assert brush.pixels[60, 70, :3].sum() > brush.pixels[150, 140, :3].sum()


@pytest.mark.parametrize(
    "draw",
    [
        lambda b: parts.eyes(b, scene(), 0.35, -0.1, (0.1, 0.15)),
        lambda b: parts.brows(b, scene(), 0.35, -0.5),
        lambda b: parts.mouth(b, scene(), 0.4, 0.3),
    ],
)
def test_parts_are_symmetric_from_the_front(draw) -> None:
    seen = drawn(draw)
    assert (seen != seen[:, ::-1]).sum() <= 0.05 * seen.sum()


def test_on_a_far_turned_head_nothing_hangs_over_the_rim() -> None:
    def wide(brush: Brush, yaw: float) -> None:
        brush.fill(oval(0, 0, parts.BALL, parts.BALL), 0)
        with parts.on_head(brush, scene(yaw)):
            brush.fill(oval(0.9, 0, 0.4, 0.2), 0)

    columns = [int(np.nonzero(drawn(lambda b, y=yaw: wide(b, y)))[1].max()) for yaw in (0.0, 1.0)]
    assert columns[1] <= 100 + 1.03 * 80 < columns[0]


def test_on_a_far_turned_head_nothing_is_drawn_on_what_is_behind_it() -> None:
    brush = Brush((201, 201), (100, 100), 80.0)
    brush.fill(oval(1.0, 0, 0.2, 0.2), 0x00FF00)
    behind = brush.pixels.copy()
    ball = parts.ball(scene(1.0))
    brush.fill(ball, 0xFFFFFF)
    with parts.on_head(brush, scene(1.0), ball):
        brush.fill(oval(0.9, 0, 0.4, 0.2), 0)
    y, x = np.mgrid[:201, :201] - 100
    outside = np.hypot(x, y) > parts.BALL * 80 + 1
    assert np.array_equal(brush.pixels[outside], behind[outside])
    assert brush.pixels[100, 175, :3].max() == 0
