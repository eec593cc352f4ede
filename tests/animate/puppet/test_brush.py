import numpy as np
import pytest

from vcam.animate.puppet.brush import (
    Brush,
    Layer,
    bow,
    curve,
    darker,
    everywhere,
    lighter,
    mix,
    oval,
    polygon,
    rounded,
)
from vcam.animate.puppet.paper import Paper


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mix(0x102030, 0xF0E0D0, 0.0) == 0x102030
    assert mix(0x102030, 0xF0E0D0, 1.0) == 0xF0E0D0
    assert mix(0x000000, 0xFFFFFF, 7.0) == 0xFFFFFF
    assert lighter(0x808080, 0.5) > 0x808080 > darker(0x808080, 0.5)


def test_the_picture_is_premultiplied_bgra_with_the_origin_in_the_middle() -> None:
    brush = Brush((101, 101), (50, 50), 40.0)
    brush.fill(oval(0, 0, 1, 1), 0x112233)
    brush.fill(oval(0, -1.1, 0.05, 0.05), 0xFF0000, 0.5)
    assert brush.pixels[50, 50].tolist() == [0x33, 0x22, 0x11, 255]
    b, g, r, a = brush.pixels[50 - 44, 50].tolist()
    assert (b, g) == (0, 0)
    assert r == pytest.approx(128, abs=2)
    assert a == pytest.approx(128, abs=2)
    assert (brush.pixels[..., :3].max(axis=2) <= brush.pixels[..., 3]).all()
    assert brush.pixels[..., 3].sum() / 255 == pytest.approx(np.pi * 40**2, rel=0.01)


def test_the_picture_is_clean_as_it_begins() -> None:
    paper = Paper()
    paper.page(30, 20).pixels[:] = 99
    assert not Brush((30, 20), (10, 10), 5.0, paper=paper).pixels.any()
    assert not Brush((30, 20), (10, 10), 5.0).pixels.any()


def test_roll_is_clockwise_and_a_shift_moves_by_parts_of_a_pixel() -> None:
    brush = Brush((101, 101), (50.5, 50.0), 40.0, roll=np.pi / 2)
    brush.fill(oval(1.0, 0, 0.1, 0.1), 0xFFFFFF)
    alpha = brush.pixels[..., 3].astype(float)
    y, x = np.mgrid[:101, :101]
    assert (alpha * y).sum() / alpha.sum() == pytest.approx(90, abs=0.1)
    assert (alpha * x).sum() / alpha.sum() == pytest.approx(50.5, abs=0.1)


def test_what_is_drawn_atop_colours_only_what_is_there() -> None:
    brush = Brush((101, 101), (50, 50), 40.0)
    brush.fill(oval(0, 0, 0.5, 0.5), 0x808080)
    before = brush.pixels[..., 3].copy()
    with brush.atop():
        brush.glow(0, 0, 1.2, 1.2, 0xFF0000, 0.8)
        brush.fill(oval(0.5, 0, 0.2, 0.2), 0x00FF00)
        brush.stroke(oval(0, 0, 0.5, 0.5), 0x00FF00, 0.1)
    assert np.abs(before.astype(int) - brush.pixels[..., 3]).max() <= 1
    assert brush.pixels[50, 50, 2] > 200
    assert brush.pixels[50, 67].tolist() == [0, 255, 0, 255]


def test_shapes_are_what_they_say() -> None:
    assert bow((0, 0), (1, 2), (2, 0)).contains(1, 1.0)
    assert polygon([(0, 0), (2, 0), (0, 2)]).contains(0.5, 0.5)
    assert not rounded(0, 0, 2, 2, 1).contains(0.1, 0.1)
    assert curve((0, 0), ((0, 2), (2, 2), (2, 0)), closed=True).contains(1, 0.7)


def test_drawing_within_a_path_stays_inside_it() -> None:
    brush = Brush((101, 101), (50, 50), 40.0)
    with brush.within(oval(0, 0, 0.5, 0.5)), brush.at(0.2, 0.0, 2.0, 2.0, 0.3):
        brush.fade(rounded(-1, -1, 1, 1, 0.1), 0xFFFFFF, 0x000000, -1, 1)
        brush.shade(oval(0, 0, 1, 1), [0xFFFFFF, 0x777777])
        brush.stroke(oval(0, 0, 1, 1), 0xFF0000, 0.1)
    assert brush.pixels[..., 3].sum() / 255 <= np.pi * 20**2 * 1.02


def plain_layer(colour: int, half: int = 60) -> Layer:
    brush = Brush((2 * half + 1, 2 * half + 1), (half, half), half)
    brush.fill(everywhere(), colour)
    return Layer(brush.pixels, half, half)


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("roll", [0.0, 0.3])
def test_a_cover_looks_like_the_outline_painted(roll: float, below: bool) -> None:
    outline = oval(0.1, 0, 1.0, 0.7)
    painted, covered = (Brush((90, 80), (44.3, 40.6), 36, roll) for _ in range(2))
    for brush in (painted, covered):
        if below:
            brush.fill(rounded(-1.1, -1, 0, 1, 0.2), 0x00FF00)
    painted.fill(outline, 0xFFC93C)
    covered.cover(outline, plain_layer(0xFFC93C))
    assert np.abs(painted.pixels.astype(int) - covered.pixels).max() <= 4


def test_a_layer_keeps_upright_and_moves_by_whole_pixels() -> None:
    half = 40
    pixels = np.full((2 * half + 1, 2 * half + 1, 4), 255, np.uint8)
    pixels[half, half, :3] = 0
    brush = Brush((61, 61), (30.3, 29.6), 20, roll=1.0)
    brush.cover(oval(0, 0, 1, 1), Layer(pixels, half, half))
    assert np.argwhere(brush.pixels[..., 0] < brush.pixels[..., 3]).tolist() == [[30, 30]]


@pytest.mark.parametrize("middle", [(-25.0, 30.0), (20.0, 85.5), (300.0, 20.0)])
def test_a_head_at_the_edge_is_that_of_a_larger_picture(middle: tuple[float, float]) -> None:
    pad = 50
    whole = Brush((60 + 2 * pad, 70 + 2 * pad), (middle[0] + pad, middle[1] + pad), 40.0)
    cut = Brush((60, 70), middle, 40.0)
    for brush in (whole, cut):
        brush.fill(oval(0.5, -0.5, 0.4, 0.4), 0x112233)
        brush.cover(oval(0, 0, 1, 1), plain_layer(0x445566))
        brush.glow(0.3, 0.3, 0.6, 0.5, 0xFF0000, 0.8)
    assert np.abs(whole.pixels[pad:-pad, pad:-pad].astype(int) - cut.pixels).mean() < 0.1


def test_a_glow_fades_from_its_middle_and_is_turned_and_squeezed() -> None:
    brush = Brush((121, 121), (60, 60), 50.0, roll=np.pi / 2)
    with brush.at(0.0, 0.0, 2.0, 1.0):
        brush.glow(0.0, 0.0, 0.4, 0.4, 0xFFFFFF, 0.5)
    alpha = brush.pixels[..., 3]
    assert alpha[60, 60] == pytest.approx(128, abs=1)
    ys, xs = np.nonzero(alpha > 2)
    assert np.ptp(ys) == pytest.approx(80, abs=4)
    assert np.ptp(xs) == pytest.approx(40, abs=4)
    assert (np.diff(alpha[60:, 60].astype(int)) <= 0).all()


def test_an_edge_may_be_hard() -> None:
    brush = Brush((101, 101), (50, 50), 40.0)
    brush.fill(oval(0, 0, 0.77, 0.77), 0xFFFFFF, soft=False)
    assert set(np.unique(brush.pixels)) == {0, 255}
    brush.fill(oval(0, 0, 0.9, 0.9), 0xFFFFFF)
    assert len(np.unique(brush.pixels)) > 2


def test_beyond_a_layer_its_rim_goes_on() -> None:
    pixels = np.full((41, 41, 4), 255, np.uint8)
    pixels[:, -1, 0] = 7
    brush = Brush((101, 101), (50, 50), 40.0)
    brush.cover(oval(0, 0, 1, 1), Layer(pixels, 20, 20))
    assert brush.pixels[50, 68:72, 0].tolist() == [255, 255, 7, 7]
    assert brush.pixels[50, 85].tolist() == [7, 255, 255, 255]
    assert brush.pixels[50, 15].tolist() == [255] * 4
