"""The sprites of a frame, drawn by the guard itself: apart from the compositor, whose work it judges."""

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from vcam.types import BGRA, Placement

Part = tuple[int, int, int, int]
"""Left, top, and the columns and rows after the last."""


def layers(
    placements: Sequence[Placement],
    origin_px: tuple[float, float],
    step_px: int,
    shape: tuple[int, int],
    *,
    smooth: bool,
) -> Iterator[tuple[Part, BGRA]]:
    """The placements one by one, as a grid of `shape` (rows, columns) shows them.

    The grid's first place is the pixel `origin_px` (x, y) of the frame, and `step_px` lie between its
    places. Gives the part of the grid that a sprite can touch and what it shows there, (h, w, 4) uint8,
    premultiplied; nothing for one that touches none or is not finite. `smooth`: between the sprite's
    pixels, else the nearest one.
    """
    flags = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
    for placement in placements:
        (a, b, x), (c, d, y) = (placement.affine / step_px).tolist()
        x, y = x - origin_px[0] / step_px, y - origin_px[1] / step_px
        part = _part(((a, b, x), (c, d, y)), placement.sprite.pixels.shape, shape)
        if part is None:
            continue
        x0, y0, x1, y1 = part
        affine = np.array(((a, b, x - x0), (c, d, y - y0)))
        layer = cv2.warpAffine(placement.sprite.pixels, affine, (x1 - x0, y1 - y0), flags=flags)
        if placement.opacity < 1:
            layer = cv2.convertScaleAbs(layer, alpha=placement.opacity)
        yield part, np.asarray(layer, np.uint8)


def _part(affine: Sequence[Sequence[float]], sprite: tuple[int, ...], shape: tuple[int, int]) -> Part | None:
    """The part of the grid that a sprite of this shape can touch; None where it touches nothing."""
    (a, b, tx), (c, d, ty) = affine
    xs = [a * x + b * y + tx for x in (0, sprite[1]) for y in (0, sprite[0])]
    ys = [c * x + d * y + ty for x in (0, sprite[1]) for y in (0, sprite[0])]
    if not all(map(math.isfinite, xs + ys)):
        return None
    rows, columns = shape
    x0, x1 = max(math.floor(min(xs)) - 1, 0), min(math.ceil(max(xs)) + 2, columns)
    y0, y1 = max(math.floor(min(ys)) - 1, 0), min(math.ceil(max(ys)) + 2, rows)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
