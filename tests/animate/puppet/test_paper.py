import numpy as np

from vcam.animate.puppet.paper import Paper
from vcam.types import Sprite


def address(picture: np.ndarray) -> int:
    return int(picture.ctypes.data)


def test_a_picture_is_blank_and_as_large_as_asked() -> None:
    paper = Paper()
    for _ in range(3):
        picture = paper.blank(30, 20)
        assert picture.shape == (20, 30, 4)
        assert picture.dtype == np.uint8
        assert picture.flags.c_contiguous
        assert not picture.any()
        picture[:] = 255


def test_memory_is_used_again_once_nobody_holds_it() -> None:
    paper = Paper()
    first = paper.blank(50, 40)
    at = address(first)
    del first
    assert address(paper.blank(52, 41)) == at, "there is some to spare"


def test_what_anybody_holds_is_left_alone() -> None:
    paper = Paper()
    picture = paper.blank(50, 40)
    picture[:] = 7
    sprite = Sprite("puppet", picture)
    row = picture[3, 10:20]
    del picture
    for _ in range(3):
        paper.blank(50, 40)[:] = 200
    assert (sprite.pixels == 7).all()
    del sprite
    paper.blank(50, 40)[:] = 200
    assert (row == 7).all()


def test_it_keeps_no_more_than_a_few_however_sizes_change() -> None:
    paper = Paper()
    held = []
    for side in range(10, 400, 10):
        held = [*held[-3:], paper.blank(side, side)]
    assert sum(block.size for block in paper._blocks) < 20 * 390 * 390
