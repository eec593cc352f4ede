"""Where a badge beside a face goes: at a side with room, over no face, and there it stays."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from vcam.types import Box, Size

_SIZES = (0.55, 0.42, 0.32)
"""Sides to try, in heights of the head."""
_SMALLEST_PX = 20.0
_LARGEST_SHARE = 0.35
"""Of the picture's height."""
_GAP = 0.06
"""Between badge and head, in heights of the head."""
_KEEP = 0.05
"""In heights of the head: how much more room a new place must have than the one that is held needs."""

_SIDES: Mapping[str, tuple[float, float]] = {
    # In which direction from the head, and at which height: -1 is level with its top.
    "right top": (1, -1),
    "left top": (-1, -1),
    "right": (1, 0),
    "left": (-1, 0),
    "right bottom": (1, 1),
    "left bottom": (-1, 1),
    "above": (0, -2),
    "below": (0, 2),
}


class Perch(NamedTuple):
    """The place that a badge holds: a side of the head, and one of the sizes."""

    side: str
    size: int


def badge_box(head: Box, perch: Perch, picture: Size) -> Box:
    """The square of a badge at a perch, in pixels."""
    side_px = min(max(_SIZES[perch.size] * head.height, _SMALLEST_PX), _LARGEST_SHARE * picture.height)
    across, along = _SIDES[perch.side]
    x, y = head.center
    gap_px = _GAP * head.height
    if across:
        x += across * (head.width / 2 + gap_px + side_px / 2)
        y += along * (head.height - side_px) / 2
    else:
        y += along / 2 * (head.height / 2 + gap_px + side_px / 2)
    return Box(x - side_px / 2, y - side_px / 2, x + side_px / 2, y + side_px / 2)


def choose(head: Box, obstacles: Sequence[Box], picture: Size, held: Perch | None) -> Perch | None:
    """The best perch for a badge: the one that is held while it is free, else the largest free one.

    `obstacles` are all heads of the picture, this one included, and the badges placed so far. A larger size
    than the held one must be free with some room to spare. None where nothing is free.
    """
    if held is not None and _free(badge_box(head, held, picture), obstacles, picture):
        larger = (Perch(held.side, size) for size in range(held.size))
        spare_px = _KEEP * head.height
        return next(
            (perch for perch in larger if _free(_grown(head, perch, picture, spare_px), obstacles, picture)),
            held,
        )
    return next(
        (
            perch
            for perch in _all(head, picture)
            if _free(badge_box(head, perch, picture), obstacles, picture)
        ),
        None,
    )


def _all(head: Box, picture: Size) -> Iterable[Perch]:
    """Every perch: larger before smaller, and the side with more of the picture first."""
    roomy = "right" if head.center[0] < picture.width / 2 else "left"
    sides = sorted(_SIDES, key=lambda side: not side.startswith(roomy) and side not in ("above", "below"))
    sides.sort(key=lambda side: side in ("above", "below"))
    return (Perch(side, size) for size in range(len(_SIZES)) for side in sides)


def _grown(head: Box, perch: Perch, picture: Size, by_px: float) -> Box:
    box = badge_box(head, perch, picture)
    return Box(box.x0 - by_px, box.y0 - by_px, box.x1 + by_px, box.y1 + by_px)


def _free(box: Box, obstacles: Iterable[Box], picture: Size) -> bool:
    inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= picture.width and box.y1 <= picture.height
    return inside and not any(box.iou(obstacle) > 0 for obstacle in obstacles)
