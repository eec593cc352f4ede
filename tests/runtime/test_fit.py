import numpy as np
import pytest

from vcam.runtime.fit import fit
from vcam.types import Frame, Size


def _frame(width: int, height: int, value: int = 200) -> Frame:
    return Frame(3, 4, np.full((height, width, 3), value, np.uint8))


def test_a_frame_that_fits_is_not_copied() -> None:
    frame = _frame(64, 48)
    assert fit(frame, Size(64, 48)) is frame


@pytest.mark.parametrize(("width", "height"), [(640, 480), (32, 24), (65, 49), (128, 96)])
def test_the_same_shape_fills_the_picture(width: int, height: int) -> None:
    fitted = fit(_frame(width, height), Size(64, 48))
    assert fitted.size == Size(64, 48)
    assert (fitted.seq, fitted.captured_ns) == (3, 4)
    assert (fitted.pixels == 200).all()


def test_another_shape_gets_bars_at_both_sides() -> None:
    fitted = fit(_frame(100, 100), Size(64, 32)).pixels
    assert (fitted[:, 16:48] == 200).all()
    assert (fitted[:, :16] == 0).all()
    assert (fitted[:, 48:] == 0).all()


def test_a_sliver_keeps_at_least_a_pixel() -> None:
    assert (fit(_frame(1000, 1), Size(64, 48)).pixels > 0).any()


@pytest.mark.parametrize("size", [Size(64, 48), Size(32, 24)])
def test_mirror_swaps_left_and_right(size: Size) -> None:
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:, :32] = 255
    mirrored = fit(Frame(0, 0, pixels), size, mirror=True).pixels
    assert (mirrored[:, : size.width // 2 - 1] == 0).all()
    assert (mirrored[:, size.width // 2 + 1 :] == 255).all()
    assert (pixels[:, :32] == 255).all()
