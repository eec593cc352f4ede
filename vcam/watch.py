"""When the full-range detector, too slow for every frame, must look at this very one."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.heads import Head
from vcam.types import Frame, Size

CALM_LOOK_NS = 700_000_000
"""A full look is never older than this."""
BUSY_LOOK_NS = 75_000_000
"""A full look is never older than this while something moves apart from the known people."""
CUT_LOOK_NS = 500_000_000
"""After a cut (another scene, or light that jumps) every frame gets a full look for this long."""
GAP_NS = 150_000_000
"""After a gap this long between two frames everything may have moved."""
_BLOCKS = 16
"""Blocks along the longer side, each of about ten by ten samples."""
_MOVED = 18
"""Grey levels by which a sample must change to have moved: above sensor noise and video compression."""
_BLOCK_SHARE = 0.12
"""Share of a block's samples that must have moved."""
_CUT_SHARE = 0.65
"""Share of all samples that move at a cut or a camera switch; a person who fills the picture moves fewer."""
ARRIVAL_NS = 250_000_000
"""What comes in over the picture's edge is veiled for this long: time for several full looks at it."""
_SOLID_SHARE = 0.25
_BODY_SHARE = 0.5
_BODY_BLOCKS = 2
"""What comes in is solid: blocks hang together in which a quarter of the samples change, half in their mean
and in so many of them. Swaying cameras, gestures and traffic behind a window rarely get there: 5 frames of
the 1,582 of 13 clips."""
_CALM_NS = 500_000_000
"""A block where nothing moved for so long is calm; motion in a calm block is news."""


class Watch:
    """Compares every frame with the one before, coarsely and in shades of grey."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Take the next frame for the first of a new scene."""
        self._size: Size | None = None
        self._looked_ns: int | None = None
        self._before_ns = 0
        self._cut_ns: int | None = None
        self._grey: NDArray[np.uint8] = np.zeros((1, 1), np.uint8)
        self._moved_ns: NDArray[np.int64] = np.zeros((1, 1), np.int64)
        self._moving: NDArray[np.bool_] = np.zeros((1, 1), np.bool_)
        self._news: NDArray[np.bool_] = np.zeros((1, 1), np.bool_)
        self._shares: NDArray[np.float32] = np.zeros((1, 1), np.float32)
        self._arrived_ns: NDArray[np.int64] = np.zeros((1, 1), np.int64)

    def looked(self, frame: Frame) -> None:
        """Note that a full look was taken at this frame."""
        self._looked_ns = frame.captured_ns

    def distrust(self) -> None:
        """Make a full look due on the next frame, whatever it shows."""
        self._looked_ns = None

    def cut(self, frame: Frame) -> bool:
        """Take in the next frame; True where it shows another scene than the one before."""
        rows, columns = _blocks(frame.size)
        step = max(max(frame.size) // (_BLOCKS * 10), 1)
        grey = np.ascontiguousarray(frame.pixels[step // 2 :: step, step // 2 :: step, 1])
        first = self._size != frame.size
        if not first:
            moved = cv2.threshold(cv2.absdiff(grey, self._grey), _MOVED, 255, cv2.THRESH_BINARY)[1]
        else:
            moved = np.full(grey.shape, 255, np.uint8)
            self._moved_ns = np.full((rows, columns), frame.captured_ns, np.int64)
            self._arrived_ns = np.full((rows, columns), frame.captured_ns - ARRIVAL_NS, np.int64)
        self._size, self._grey = frame.size, grey
        shares = cv2.resize(moved, (columns, rows), interpolation=cv2.INTER_AREA)
        self._shares = np.asarray(shares / np.float32(255))
        self._moving = self._shares > _BLOCK_SHARE
        self._news = self._moving & (frame.captured_ns - self._moved_ns > _CALM_NS)
        self._moved_ns[self._moving] = frame.captured_ns
        cut = cv2.mean(moved)[0] > 255 * _CUT_SHARE
        if cut and not first:
            self._cut_ns = frame.captured_ns
        return cut

    def due(self, frame: Frame, heads: Sequence[Head]) -> bool:
        """Whether the full range must look at this frame; ask once, after `cut`.

        It must where the mesh is not certain of a head or it is out of sight, where something begins to
        move apart from the known heads and the bodies under them, and every now and then in any case.
        """
        now_ns, before_ns = frame.captured_ns, self._before_ns
        self._before_ns = now_ns
        if self._looked_ns is None or now_ns - before_ns > GAP_NS:
            return True
        if self._cut_ns is not None and now_ns - self._cut_ns < CUT_LOOK_NS:
            return True
        if any(not head.certain or head.lost_ns(before_ns) > 0 for head in heads):
            return True
        age_ns = now_ns - self._looked_ns
        known = [head for head in heads if head.seen_ns == before_ns]
        apart = self._apart_from(known, frame.size, 0.4)
        return (
            age_ns > CALM_LOOK_NS
            or bool((self._news & apart).any())
            or (age_ns > BUSY_LOOK_NS and bool((self._moving & apart).any()))
        )

    def arrivals(self, frame: Frame, heads: Sequence[Head]) -> NDArray[np.bool_]:
        """(rows, columns) bool: the blocks of what has just come in over the picture's edge.

        No detector knows a face of which only a part is in the picture yet. So something solid that moves
        at the edge, apart from the known heads and bodies, is taken for one, with all that moves with it.
        """
        now_ns = frame.captured_ns
        fresh = now_ns - self._arrived_ns < ARRIVAL_NS
        known = [head for head in heads if head.certain and head.seen_ns == now_ns]
        moving = (self._shares >= _SOLID_SHARE) & self._apart_from(known, frame.size, 0.2)
        edge = np.ones_like(moving)
        edge[1:-1, 1:-1] = False
        started = moving & (edge | _widened(fresh))
        if not started.any():
            return _widened(fresh)
        _, labels = cv2.connectedComponents(moving.astype(np.uint8))
        for label in np.unique(labels[started]):
            body = labels == label
            shares = self._shares[body]
            if shares.mean() >= _BODY_SHARE and np.count_nonzero(shares >= _BODY_SHARE) >= _BODY_BLOCKS:
                self._arrived_ns[body] = now_ns
                fresh |= body
        return _widened(fresh)

    def _apart_from(self, heads: Sequence[Head], size: Size, around: float) -> NDArray[np.bool_]:
        """(rows, columns) bool: the blocks that do not belong to a known head and the body under it.

        Hair and shadow move with a head for `around` head widths to its sides.
        """
        rows, columns = self._moving.shape
        apart = np.ones((rows, columns), np.bool_)
        per_x, per_y = columns / size.width, rows / size.height
        for head in heads:
            x0, y0, x1, y1 = head.box
            width, height = head.box.width, head.box.height
            for left, top, right, bottom in (
                (x0 - around * width, y0 - 0.4 * height, x1 + around * width, y1),
                (x0 - 1.0 * width, y1 - 0.2 * height, x1 + 1.0 * width, size.height),
            ):
                across = slice(max(round(left * per_x), 0), max(round(right * per_x), 0))
                apart[max(round(top * per_y), 0) : max(round(bottom * per_y), 0), across] = False
        return apart


def _widened(blocks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The blocks and their neighbours."""
    return np.asarray(cv2.dilate(blocks.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _blocks(size: Size) -> tuple[int, int]:
    longer = max(size)
    return max(round(_BLOCKS * size.height / longer), 1), max(round(_BLOCKS * size.width / longer), 1)
