import numpy as np

from vcam.animate.puppet.paper import Paper
from vcam.types import Sprite


def address(picture: np.ndarray) -> int:
    return int(picture.ctypes.data)


def test_a_sheet_is_as_large_as_asked() -> None:
    paper = Paper()
    for width, height in ((30, 20), (29, 21), (3, 1)):
        picture = paper.sheet(width, height)
        assert picture.shape == (height, width, 4)
        assert picture.dtype == np.uint8
        assert picture.flags.c_contiguous


def test_memory_is_used_again_once_nobody_holds_it() -> None:
    paper = Paper()
    first = paper.sheet(50, 40)
    at = address(first)
    del first
    assert address(paper.sheet(52, 41)) == at, "there is some to spare"


def test_what_anybody_holds_is_left_alone() -> None:
    paper = Paper()
    picture = paper.sheet(50, 40)
    picture[:] = 7
    sprite = Sprite("puppet", picture)
    row = picture[3, 10:20]
    del picture
    for _ in range(3):
        paper.sheet(50, 40)[:] = 200
    assert (sprite.pixels == 7).all()
    del sprite
    paper.sheet(50, 40)[:] = 200
    assert (row == 7).all()


def test_it_keeps_no_more_than_a_few_however_sizes_change() -> None:
    paper = Paper()
    held = []
    for side in range(10, 400, 10):
        held = [*held[-3:], paper.sheet(side, side)]
    assert sum(block.size for block in paper._blocks) < 20 * 390 * 390
