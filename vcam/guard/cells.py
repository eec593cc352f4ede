"""The coarse grid on which the guard counts: one cell for every `step_px` pixels of the frame.

A cell stands for the pixel in its middle, so what is drawn, what must be hidden and what the camera saw are
compared at exactly the same places, with nothing averaged away.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.guard.layers import layers
from vcam.types import BGR, BGRA, Placement, Size

CELLS_LONGER_SIDE = 128
_ART_TOLERANCE = 40
"""Levels by which a pixel may differ from the art said to be there (sampling and rounding) ..."""
_ART_SHARE = 0.3
"""... and the share of cells that may differ by more (edges inside the art)."""
_NEAR = 63
"""Beyond a corner of a lone block, a quarter of 255 is left of it."""
_SHIFT = 4
"""fillConvexPoly takes fixed-point coordinates with this many fractional bits."""
_FAR = 1 << 24
"""In such units: far beyond any picture, and far below what overflows."""

Mask = NDArray[np.uint8]
"""(h, w) uint8 in cells: 255 in those that are meant, else 0."""
CellNumbers = NDArray[np.intp]
"""(n,): cells, numbered row by row."""


class Cells:
    """The grid for frames of `size`: about 128 cells along the longer side."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.step_px = max(max(size) // CELLS_LONGER_SIDE, 1)
        self._offset_px = self.step_px // 2
        self.shape = -(-size.height // self.step_px), -(-size.width // self.step_px)
        # A cell that hangs over the edge is judged by the last pixel that there is.
        rows, columns = (
            np.minimum(np.arange(count) * self.step_px + self._offset_px, extent - 1)
            for count, extent in zip(self.shape, (size.height, size.width), strict=True)
        )
        self._pixels = (rows[:, np.newaxis] * size.width + columns).ravel()
        self._sparse = np.zeros(self.shape, np.uint8)
        self._sparse[::2, ::2] = 1

    def some(self, where: Mask | None = None) -> CellNumbers:
        """Every second cell of every second row, of those `where` if given: enough for a share, no proof."""
        some = self._sparse if where is None else cv2.bitwise_and(where, self._sparse)
        return np.flatnonzero(some.view(np.bool_))

    def sample(self, pixels: BGR, cells: CellNumbers) -> NDArray[np.uint8]:
        """The pixels in the middle of these cells: (n, 3) uint8."""
        return np.asarray(pixels.reshape(-1, 3).take(self._pixels.take(cells), axis=0), np.uint8)

    def shows(self, pixels: BGR, art: BGRA, where: Mask) -> bool:
        """Whether the picture shows the opaque `art`, (h, w, 4) uint8, in the cells `where`, by and large."""
        some = self.some(where)
        return len(some) == 0 or drawn(art.reshape(-1, 4).take(some, axis=0), self.sample(pixels, some))

    def fill(self, mask: Mask, outline: NDArray[np.float32]) -> None:
        """Set to 255 the cells of `mask` in the convex `outline`, (n, 2) in frame pixels."""
        points = (outline - self._offset_px) * ((1 << _SHIFT) / self.step_px)
        if not np.vdot(points, points) < _FAR**2:
            mask[...] = 255  # not finite, or out of all proportion: it may be anywhere
            return
        fixed = points.astype(np.int32)
        cv2.fillConvexPoly(mask, fixed, 255, cv2.LINE_8, _SHIFT)

    def fill_ellipse(self, mask: Mask, x: float, y: float, across: float, along: float) -> None:
        """Set to 255 the cells of `mask` in an ellipse around (x, y) with these half axes, in pixels."""
        unit = (1 << _SHIFT) / self.step_px
        if not (abs(x) + abs(y) + across + along) * unit < _FAR:
            mask[...] = 255
            return
        middle = round((x - self._offset_px) * unit), round((y - self._offset_px) * unit)
        half = round(across * unit), round(along * unit)
        cv2.ellipse(mask, middle, half, 0, 0, 360, 255, cv2.FILLED, cv2.LINE_8, _SHIFT)

    def spread(self, blocks: Mask) -> Mask:
        """Coarser blocks as cells: all of them, and the corners between them, lest they show as stairs."""
        size = self.shape[::-1]
        soft = cv2.resize(blocks, size, interpolation=cv2.INTER_LINEAR)
        _, near = cv2.threshold(soft, _NEAR, 255, cv2.THRESH_BINARY)
        return np.maximum(near, cv2.resize(blocks, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)

    def draw(self, placements: Sequence[Placement]) -> BGRA:
        """What the placements alone show at the cells: (h, w, 4) uint8, premultiplied, alpha 255 = opaque."""
        shown = np.zeros((*self.shape, 4), np.uint8)
        origin = self._offset_px, self._offset_px
        for index, (part, layer) in enumerate(
            layers(placements, origin, self.step_px, self.shape, smooth=False)
        ):
            x0, y0, x1, y1 = part
            below = shown[y0:y1, x0:x1]
            if index == 0:
                below[...] = layer
                continue
            through = cv2.bitwise_not(cv2.extractChannel(layer, 3))
            kept = cv2.multiply(below, cv2.merge([through] * 4), scale=1 / 255)
            cv2.add(layer, kept, dst=below)
        return shown


def opaque_cells(art: BGRA, alpha: int) -> Mask:
    """The cells in which the art, (h, w, 4) uint8, is at least so opaque."""
    _, opaque = cv2.threshold(cv2.extractChannel(art, 3), alpha - 1, 255, cv2.THRESH_BINARY)
    return np.asarray(opaque, np.uint8)


def drawn(art: NDArray[np.uint8], shown: NDArray[np.uint8]) -> bool:
    """Whether the picture's pixels, (n, 3), are those of the opaque art, (n, 4); n is at least 1."""
    most = cv2.reduce(cv2.absdiff(art[:, :3], shown), 1, cv2.REDUCE_MAX)
    off = cv2.threshold(most, _ART_TOLERANCE, 255, cv2.THRESH_BINARY)[1]
    return cv2.countNonZero(off) <= _ART_SHARE * len(art)
