import pytest

from vcam.animate.beside import Perch, badge_box, choose
from vcam.types import Box, Size

HD = Size(1280, 720)


def head(x: float, y: float = 360, side: float = 200) -> Box:
    return Box(x - 0.42 * side, y - side / 2, x + 0.42 * side, y + side / 2)


def free(box: Box, obstacles: list[Box]) -> bool:
    inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= HD.width and box.y1 <= HD.height
    return inside and all(box.iou(obstacle) == 0 for obstacle in obstacles)


@pytest.mark.parametrize("x", range(0, 1281, 80))
@pytest.mark.parametrize("y", [20, 100, 360, 700])
def test_a_badge_lies_inside_the_picture_and_over_no_face(x: int, y: int) -> None:
    heads = [head(x, y), head(640), head(900, 300, 300)]
    perch = choose(heads[0], heads, HD, None)
    if perch is not None:
        assert free(badge_box(heads[0], perch, HD), heads)


def test_it_takes_the_side_with_more_room() -> None:
    left, right = choose(head(200), [head(200)], HD, None), choose(head(1080), [head(1080)], HD, None)
    assert left is not None
    assert right is not None
    assert left.side.startswith("right")
    assert right.side.startswith("left")


def test_it_stays_where_it_is_while_the_head_wanders_across_the_middle() -> None:
    perch = None
    sides = set()
    for x in (*range(500, 800, 10), *range(800, 500, -10)):
        perch = choose(head(x), [head(x)], HD, perch)
        assert perch is not None
        sides.add(perch)
    assert len(sides) == 1


def test_it_leaves_a_place_that_another_face_takes() -> None:
    perch = choose(head(500), [head(500)], HD, None)
    assert perch is not None
    other = badge_box(head(500), perch, HD)
    moved = choose(head(500), [head(500), other], HD, perch)
    assert moved is not None
    assert free(badge_box(head(500), moved, HD), [head(500), other])


def test_it_gets_smaller_where_there_is_little_room_and_larger_again() -> None:
    walls = [
        head(500),
        Box(0, 0, 1280, 250),
        Box(0, 470, 1280, 720),
        Box(0, 0, 405, 720),
        Box(680, 0, 1280, 720),
    ]
    small = choose(head(500), walls, HD, None)
    assert small is not None
    assert small.size > 0
    large = choose(head(500), [head(500)], HD, small)
    assert large == Perch(small.side, 0)


def test_there_may_be_no_room_at_all() -> None:
    assert choose(head(640, 360, 900), [head(640, 360, 900)], HD, None) is None
