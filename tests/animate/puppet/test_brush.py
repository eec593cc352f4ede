import numpy as np
import pytest

from vcam.animate.puppet.brush import Brush, bow, curve, darker, lighter, mix, oval, polygon, rounded


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


def test_roll_is_clockwise_and_a_shift_moves_by_parts_of_a_pixel() -> None:
    brush = Brush((101, 101), (50.5, 50.0), 40.0, roll=np.pi / 2)
    brush.fill(oval(1.0, 0, 0.1, 0.1), 0xFFFFFF)
    alpha = brush.pixels[..., 3].astype(float)
    y, x = np.mgrid[:101, :101]
    assert (alpha * y).sum() / alpha.sum() == pytest.approx(90, abs=0.1)
    assert (alpha * x).sum() / alpha.sum() == pytest.approx(50.5, abs=0.1)


def test_a_tint_colours_only_what_is_there() -> None:
    brush = Brush((101, 101), (50, 50), 40.0)
    brush.fill(oval(0, 0, 0.5, 0.5), 0x808080)
    before = brush.pixels[..., 3].copy()
    brush.glow(0, 0, 1.2, 1.2, 0xFF0000, 0.8, tint=True)
    assert np.array_equal(before, brush.pixels[..., 3])
    assert brush.pixels[50, 50, 2] > 200


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


@pytest.mark.parametrize("roll", [0.0, 0.5])
def test_a_pasted_layer_looks_like_what_was_painted(roll: float) -> None:
    def paint(brush: Brush) -> None:
        brush.fill(oval(0.1, 0, 0.8, 0.6), 0x3377CC)
        brush.fill(oval(-0.2, -0.1, 0.2, 0.2), 0xFFEE00)

    first = Brush((281, 281), (140, 140), 110.0)
    paint(first)
    layer = first.layer(-1, -1, 1, 1)
    for below in (False, True):
        direct, pasted = (Brush((121, 101), (60.3, 50.2), 45.0, roll) for _ in range(2))
        for brush in (direct, pasted):
            if below:
                brush.fill(rounded(-1, -1, 0, 1, 0.2), 0x00FF00)
        paint(direct)
        pasted.paste(layer)
        # Resampling at less than half the size leaves a pixel's difference along the edges.
        assert np.abs(direct.pixels.astype(int) - pasted.pixels).mean() < 1.5
        assert np.abs(direct.pixels[45:55, 66:90].astype(int) - pasted.pixels[45:55, 66:90]).max() <= 1


def test_a_layer_can_be_pasted_faintly() -> None:
    first = Brush((101, 101), (50, 50), 40.0)
    first.fill(oval(0, 0, 0.5, 0.5), 0xFFFFFF)
    brush = Brush((101, 101), (50, 50), 40.0)
    brush.fill(oval(0, 0, 1, 1), 0x000000)
    brush.paste(first.layer(-0.6, -0.6, 0.6, 0.6), 0.5)
    assert brush.pixels[50, 50].tolist() == pytest.approx([128, 128, 128, 255], abs=1)


def test_an_outline_filled_with_a_layer_has_the_outlines_edge() -> None:
    plain = Brush((80, 80), (40, 40), 36, roll=0.3)
    plain.fill(oval(0, 0, 0.8, 0.8), 0xFFC93C)
    square = Brush((40, 40), (20, 20), 18)
    square.fill(polygon([(-1, -1), (1, -1), (1, 1), (-1, 1)]), 0xFFC93C)
    filled = Brush((80, 80), (40, 40), 36, roll=0.3)
    assert filled.empty
    filled.paste_within(square.layer(-1, -1, 1, 1), oval(0, 0, 0.8, 0.8))
    assert not filled.empty
    off = np.abs(filled.pixels.astype(int) - plain.pixels)
    assert off.max() <= 32
    assert off.mean() < 0.3
