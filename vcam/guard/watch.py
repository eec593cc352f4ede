"""Which face detectors must look at this very frame."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.guard.heads import Head
from vcam.types import Detectors, Frame, Size

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
_ALL = 255
"""Shares of samples are counted in 255ths, as OpenCV averages them."""
_BLOCK_SHARE = 0.12 * _ALL
"""Share of a block's samples that must have moved."""
_CUT_SHARE = 0.65 * _ALL
"""Share of all samples that move at a cut or a camera switch; a person who fills the picture moves fewer."""
ARRIVAL_NS = 250_000_000
"""What comes in over the picture's edge is veiled for this long: time for several full looks at it."""
_SOLID_SHARE = 0.25 * _ALL
_BODY_SHARE = 0.5 * _ALL
_BODY_BLOCKS = 2
"""What comes in is solid: blocks hang together in which a quarter of the samples change, half in their mean
and in so many of them. Swaying cameras, gestures and traffic behind a window rarely get there: 5 frames of
the 1,582 of 13 clips."""
_CALM_NS = 500_000_000
"""A block where nothing moved for so long is calm; motion in a calm block is news."""
REST_NS = 250_000_000
"""So long after something called for it the near detector goes on: a track that has just jumped may slip."""


class Watch:
    """Compares every frame with the one before, coarsely and in shades of grey.

    The picture is counted in blocks, row by row. There are so few of them, and fewer that move, that plain
    lists of numbers are faster than arrays.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Take the next frame for the first of a new scene."""
        self._size: Size | None = None
        self._rows, self._columns = 1, 1
        self._edge: list[int] = []
        self._looked_ns: int | None = None
        self._before_ns = 0
        self._cut_ns: int | None = None
        self._stirred_ns = 0
        self._grey: NDArray[np.uint8] = np.zeros((1, 1), np.uint8)
        self._shares = b""
        self._moving: list[int] = []
        self._news: list[int] = []
        self._moved_ns: list[int] = []
        self._arrived_ns: dict[int, int] = {}

    def looked(self, frame: Frame) -> None:
        """Note that a full look was taken at this frame."""
        self._looked_ns = frame.captured_ns

    def distrust(self) -> None:
        """Make a full look due on the next frame, whatever it shows."""
        self._looked_ns = None

    def cut(self, frame: Frame) -> bool:
        """Take in the next frame; True where it shows another scene than the one before."""
        now_ns = frame.captured_ns
        step = max(max(frame.size) // (_BLOCKS * 10), 1)
        grey = np.ascontiguousarray(frame.pixels[step // 2 :: step, step // 2 :: step, 1])
        first = self._size != frame.size
        if first:
            self._begin(frame)
            self._grey = ~grey  # everything has moved
        _, moved = cv2.threshold(cv2.absdiff(grey, self._grey), _MOVED, 255, cv2.THRESH_BINARY)
        self._grey = grey
        self._shares = cv2.resize(moved, (self._columns, self._rows), interpolation=cv2.INTER_AREA).tobytes()
        self._moving = [block for block, share in enumerate(self._shares) if share > _BLOCK_SHARE]
        self._news = [block for block in self._moving if now_ns - self._moved_ns[block] > _CALM_NS]
        for block in self._moving:
            self._moved_ns[block] = now_ns
        cut = sum(self._shares) > _CUT_SHARE * len(self._shares)
        if cut and not first:
            self._cut_ns = now_ns
        return cut

    def _begin(self, frame: Frame) -> None:
        longer = max(frame.size)
        self._rows = max(round(_BLOCKS * frame.size.height / longer), 1)
        self._columns = max(round(_BLOCKS * frame.size.width / longer), 1)
        self._size = frame.size
        self._moved_ns = [frame.captured_ns] * (self._rows * self._columns)
        self._arrived_ns = {}
        inner = range(1, self._rows - 1), range(1, self._columns - 1)
        self._edge = [
            block
            for block, (row, column) in enumerate(np.ndindex(self._rows, self._columns))
            if row not in inner[0] or column not in inner[1]
        ]

    def due(self, frame: Frame, heads: Sequence[Head]) -> Detectors:
        """The detectors that must look at this frame; ask once, after `cut`.

        Both where the mesh is not certain of a head or it is out of sight, and where something begins to
        move apart from the known heads and the bodies under them; the near one for as long as that goes on
        and a moment longer, and while there is no head; the far one every now and then in any case.
        """
        now_ns = frame.captured_ns
        wanted = self._stir(frame, heads)
        self._before_ns = now_ns
        if wanted or not heads:
            self._stirred_ns = now_ns
        if now_ns - self._stirred_ns < REST_NS:
            wanted |= Detectors.NEAR
        if self._looked_ns is not None and now_ns - self._looked_ns > CALM_LOOK_NS:
            wanted |= Detectors.FAR
        return wanted

    def _stir(self, frame: Frame, heads: Sequence[Head]) -> Detectors:
        """The detectors that must look because of what happens in this frame, or is not known yet."""
        now_ns, before_ns = frame.captured_ns, self._before_ns
        if self._looked_ns is None or now_ns - before_ns > GAP_NS:
            return Detectors.BOTH
        if self._cut_ns is not None and now_ns - self._cut_ns < CUT_LOOK_NS:
            return Detectors.BOTH
        if any(not head.certain or head.lost_ns(before_ns) > 0 for head in heads):
            return Detectors.BOTH
        apart = self._apart_from(heads, self._moving, frame.size, 0.4)
        late = now_ns - self._looked_ns > BUSY_LOOK_NS
        if apart and (late or not set(apart).isdisjoint(self._news)):
            return Detectors.BOTH
        return Detectors.NEAR if apart else Detectors.NONE

    def arrivals(self, frame: Frame, heads: Sequence[Head]) -> NDArray[np.uint8] | None:
        """(rows, columns) uint8: 255 in the blocks of what has just come in over the picture's edge, if any.

        No detector knows a face of which only a part is in the picture yet. So something solid that moves
        at the edge, apart from the known heads and bodies, is taken for one, with all that moves with it.
        """
        now_ns = frame.captured_ns
        for block in [block for block, at_ns in self._arrived_ns.items() if now_ns - at_ns >= ARRIVAL_NS]:
            del self._arrived_ns[block]
        known = [head for head in heads if head.certain and head.seen_ns == now_ns]
        entering = [block for block in self._edge if self._shares[block] >= _SOLID_SHARE]
        entering = self._apart_from(known, entering, frame.size, 0.2)
        if not entering and not self._arrived_ns:
            return None
        solid = [block for block, share in enumerate(self._shares) if share >= _SOLID_SHARE]
        moving = self._picture(self._apart_from(known, solid, frame.size, 0.2))
        starts = cv2.bitwise_and(moving, _widened(self._picture(self._arrived_ns)))
        starts.flat[entering] = 255
        _, bodies = cv2.connectedComponents(moving)
        for label in set(bodies[starts > 0].tolist()):
            body = np.flatnonzero(bodies == label).tolist()
            shares = [self._shares[block] for block in body]
            solid_count = sum(share >= _BODY_SHARE for share in shares)
            if sum(shares) >= _BODY_SHARE * len(shares) and solid_count >= _BODY_BLOCKS:
                self._arrived_ns.update(dict.fromkeys(body, now_ns))
        return _widened(self._picture(self._arrived_ns)) if self._arrived_ns else None

    def _picture(self, blocks: Iterable[int]) -> NDArray[np.uint8]:
        """(rows, columns) uint8: 255 in these blocks."""
        picture = np.zeros((self._rows, self._columns), np.uint8)
        picture.flat[list(blocks)] = 255
        return picture

    def _apart_from(self, heads: Sequence[Head], blocks: list[int], size: Size, around: float) -> list[int]:
        """Those of the blocks that do not belong to a known head and the body under it.

        Hair and shadow move with a head for `around` head widths to its sides.
        """
        per_x, per_y = self._columns / size.width, self._rows / size.height
        for head in heads:
            x0, y0, x1, y1 = head.box
            width, height = x1 - x0, y1 - y0
            for left, top, right, bottom in (
                (x0 - around * width, y0 - 0.4 * height, x1 + around * width, y1),
                (x0 - 1.0 * width, y1 - 0.2 * height, x1 + 1.0 * width, size.height),
            ):
                rows = range(round(top * per_y), round(bottom * per_y))
                columns = range(round(left * per_x), round(right * per_x))
                blocks = [
                    block
                    for block in blocks
                    if block // self._columns not in rows or block % self._columns not in columns
                ]
        return blocks


def _widened(blocks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The blocks and their neighbours."""
    return np.asarray(cv2.dilate(blocks, np.ones((3, 3), np.uint8)), np.uint8)
