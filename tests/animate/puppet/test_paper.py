import numpy as np
import skia

from vcam.animate.puppet.paper import Paper
from vcam.types import Sprite


def address(picture: np.ndarray) -> int:
    return int(picture.ctypes.data)


def test_a_page_is_as_large_as_asked_and_its_canvas_draws_on_it() -> None:
    paper = Paper()
    for width, height in ((30, 20), (29, 21), (3, 1), (30, 20), (30, 20)):
        page = paper.page(width, height)
        assert page.pixels.shape == (height, width, 4)
        assert page.pixels.dtype == np.uint8
        assert page.pixels.flags.c_contiguous
        page.pixels.fill(0)
        page.canvas.drawRect(skia.Rect(1, 0, width, height), skia.Paint(Color=0xFF112233))
        assert page.pixels[-1, -1].tolist() == [0x33, 0x22, 0x11, 255]
        assert not page.pixels[:, 0].any()


def test_memory_is_used_again_once_nobody_holds_it() -> None:
    paper = Paper()
    lent = paper.page(50, 40).pixels.view()
    at = address(lent)
    assert address(paper.page(52, 41).pixels) != at
    del lent
    paper = Paper()
    at = address(paper.page(50, 40).pixels)
    assert address(paper.page(52, 41).pixels) == at, "there is some to spare"


def test_what_anybody_holds_is_left_alone() -> None:
    paper = Paper()
    picture = paper.page(50, 40).pixels.view()
    picture[:] = 7
    sprite = Sprite("puppet", picture)
    row = picture[3, 10:20]
    del picture
    for _ in range(3):
        paper.page(50, 40).pixels[:] = 200
    assert (sprite.pixels == 7).all()
    del sprite
    paper.page(50, 40).pixels[:] = 200
    assert (row == 7).all()


def test_it_keeps_no_more_than_a_few_however_sizes_change() -> None:
    paper = Paper()
    held = []
    for side in range(10, 400, 10):
        held = [*held[-3:], paper.page(side, side).pixels.view()]
    assert sum(page.pixels.size for page in paper._pages) < 20 * 390 * 390
