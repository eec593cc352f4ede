"""The coarse grid on which the guard counts: one cell for every `step_px` pixels of the frame.

A cell stands for the pixel in its middle, so what is drawn, what must be hidden and what the camera saw are
compared at exactly the same places, with nothing averaged away.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGR, BGRA, Placement, Size

CELLS_LONGER_SIDE = 128
_ART_TOLERANCE = 40
"""Levels by which a pixel may differ from the art said to be there (sampling and rounding) ..."""
_ART_SHARE = 0.3
"""... and the share of cells that may differ by more (edges inside the art)."""
_SHIFT = 4
"""fillConvexPoly takes fixed-point coordinates with this many fractional bits."""


class Cells:
    """The grid for frames of `size`: about 128 cells along the longer side."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.step_px = max(max(size) // CELLS_LONGER_SIDE, 1)
        self._offset_px = self.step_px // 2
        self.shape = -(-size.height // self.step_px), -(-size.width // self.step_px)
        self._sparse = np.zeros(self.shape, np.bool_)
        self._sparse[::2, ::2] = True
        # A cell that hangs over the edge is judged by the last pixel that there is.
        self._rows, self._columns = (
            np.minimum(np.arange(count) * self.step_px + self._offset_px, extent - 1)
            for count, extent in zip(self.shape, (size.height, size.width), strict=True)
        )

    @property
    def sparse(self) -> NDArray[np.bool_]:
        """(h, w) bool: every second cell of every second row, where a share is wanted and not a proof."""
        return self._sparse

    def sample(self, pixels: BGR, where: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """The pixels in the middle of the cells `where` ((h, w) bool): (n, 3) uint8, in reading order."""
        rows, columns = np.nonzero(where)
        return np.asarray(pixels[self._rows[rows], self._columns[columns]], np.uint8)

    def fill(self, mask: NDArray[np.uint8], outline: NDArray[np.float32]) -> None:
        """Set to 255 the cells of `mask`, (h, w) uint8, in the convex `outline`, (n, 2) in frame pixels."""
        points = (outline - self._offset_px) / self.step_px * (1 << _SHIFT)
        if not np.isfinite(points).all():
            mask[...] = 255  # it may be anywhere
            return
        limit = 1 << 20  # a huge outline must not overflow the fixed-point coordinates
        fixed = np.clip(points, -limit, limit).astype(np.int32)
        cv2.fillConvexPoly(mask, fixed, 255, cv2.LINE_8, _SHIFT)

    def draw(self, placements: Sequence[Placement]) -> BGRA:
        """What the placements alone show at the cells: (h, w, 4) uint8, premultiplied, alpha 255 = opaque.

        Made from the sprites themselves, apart from the compositor, whose work it is there to judge.
        """
        shown = np.zeros((*self.shape, 4), np.uint8)
        for placement in placements:
            affine = placement.affine / self.step_px
            affine[:, 2] -= self._offset_px / self.step_px
            part = self._reach(affine, placement.sprite.pixels.shape)
            if part is None:
                continue
            x0, y0, x1, y1 = part
            affine[:, 2] -= x0, y0
            layer = cv2.warpAffine(
                placement.sprite.pixels, affine, (x1 - x0, y1 - y0), flags=cv2.INTER_NEAREST
            )
            if placement.opacity < 1:
                layer = cv2.convertScaleAbs(layer, alpha=placement.opacity)
            below = shown[y0:y1, x0:x1]
            through = cv2.bitwise_not(cv2.extractChannel(layer, 3))
            kept = cv2.multiply(below, cv2.merge([through] * 4), scale=1 / 255)
            cv2.add(layer, kept, dst=below)
        return shown

    def _reach(self, affine: NDArray[np.float64], shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
        """The cells that a sprite of `shape` can touch, (x0, y0, x1, y1); None where it touches none."""
        height, width = shape[:2]
        (a, b, tx), (c, d, ty) = affine.tolist()
        xs = [a * x + b * y + tx for x in (0, width) for y in (0, height)]
        ys = [c * x + d * y + ty for x in (0, width) for y in (0, height)]
        if not all(map(math.isfinite, xs + ys)):
            return None
        rows, columns = self.shape
        x0, x1 = max(math.floor(min(xs)) - 1, 0), min(math.ceil(max(xs)) + 2, columns)
        y0, y1 = max(math.floor(min(ys)) - 1, 0), min(math.ceil(max(ys)) + 2, rows)
        return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def drawn(art: NDArray[np.uint8], shown: NDArray[np.uint8]) -> bool:
    """Whether the picture's pixels, (n, 3), are those of the opaque art, (n, 4)."""
    off = (cv2.absdiff(art[:, :3].copy(), shown) > _ART_TOLERANCE).any(axis=1) if len(art) else art
    return int(np.count_nonzero(off)) <= _ART_SHARE * len(art)
