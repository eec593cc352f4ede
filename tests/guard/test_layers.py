import numpy as np
import pytest

from tests.drawing import draw
from tests.studio import disc, mask
from vcam.guard.layers import layers
from vcam.types import Placement, Size

SIZE = Size(320, 180)


@pytest.mark.parametrize("turn", [0.0, 0.3])
def test_a_layer_is_what_the_compositor_draws_on_black(turn: float) -> None:
    cosine, sine = np.cos(turn), np.sin(turn)
    placement = Placement(disc(), np.array([[cosine, -sine, 90], [sine, cosine, 40]]), 0.7, 1)
    black = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    draw(black, placement)
    origin = 80, 30
    (((x0, y0, x1, y1), layer),) = layers([placement], origin, 1, (140, 200), smooth=True)
    there = black[origin[1] + y0 : origin[1] + y1, origin[0] + x0 : origin[0] + x1]
    assert there.any()
    assert np.abs(layer[..., :3].astype(int) - there).max() <= 2


def test_a_coarse_grid_shows_the_pixels_it_stands_for() -> None:
    placement = mask((100, 90))
    shape = SIZE.height // 5, SIZE.width // 5
    ((part, coarse),) = layers([placement], (2, 2), 5, shape, smooth=False)
    ((whole, fine),) = layers([placement], (0, 0), 1, (SIZE.height, SIZE.width), smooth=False)
    x0, y0, x1, y1 = part
    picture = np.zeros((SIZE.height, SIZE.width, 4), np.uint8)
    picture[whole[1] : whole[3], whole[0] : whole[2]] = fine
    off = np.abs(coarse.astype(int) - picture[2::5, 2::5][y0:y1, x0:x1]).max(axis=2)
    assert (off > 4).mean() < 0.02


def test_what_is_outside_or_not_finite_is_left_out() -> None:
    nowhere = np.array([[np.nan, 0, 0], [0, 1, 0]])
    placements = [mask((-500, 150)), Placement(disc(), nowhere, 1.0, 1), mask((100, 90))]
    assert len(list(layers(placements, (0, 0), 1, (180, 320), smooth=True))) == 1
