"""Milk glass: a picture of the camera in which nobody can be recognised, for a part of a frame or all of it.

The whole camera picture is averaged down to a grid of at most 12 cells along its longer side, so a face that
fills a third of it becomes four cells wide; three quarters of white are mixed in; and the grid is renewed
only twice a second, so that the small movements of a head cannot be added up to a finer picture
(super-resolution needs many shifted samples). The white also keeps every pixel away from what skin, hair or a
room look like: the veil never happens to equal what it hides.
"""

import cv2
import numpy as np

from vcam.guard.cells import Cells, Mask
from vcam.types import BGR, Frame, Size

GRID_CELLS = 12
RENEW_NS = 500_000_000
MILK_BGR = (250.0, 228.0, 206.0)
CAMERA_SHARE = 0.25
_ROUND = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))


class Veil:
    """Makes the veil of the frames of one source."""

    def __init__(self) -> None:
        self._made_ns = 0
        self._size: Size | None = None
        self._soft: BGR = np.zeros((1, 1, 3), np.uint8)

    def forget(self) -> None:
        """Make the next veil from the next frame."""
        self._size = None

    def whole(self, frame: Frame) -> BGR:
        """(H, W, 3) uint8, writable: the veil in the frame's size."""
        soft = self._renewed(frame)
        return np.asarray(cv2.resize(soft, frame.size, interpolation=cv2.INTER_LINEAR), np.uint8)

    def paint(
        self,
        pixels: BGR,
        frame: Frame,
        cells: Cells,
        where: Mask,
        art: Mask | None = None,
    ) -> None:
        """Lay the veil over the cells `where` of `pixels`, in place.

        Every pixel of these cells is fully veiled; a soft border of two or three cells follows outside. It
        ends one cell inside of opaque `art`: the art lies on the veil.
        """
        x, y, across, along = cv2.boundingRect(where)
        if across == 0:
            return
        height, width = where.shape
        x0, x1 = max(x - 4, 0), min(x + across + 4, width)
        y0, y1 = max(y - 4, 0), min(y + along + 4, height)
        step = cells.step_px
        area = pixels[y0 * step : y1 * step, x0 * step : x1 * step]
        # Widened by as much as the blur and the interpolation then take away again, and no less.
        wide = cv2.dilate(where[y0:y1, x0:x1], _ROUND)
        wide = cv2.blur(wide, (3, 3), borderType=cv2.BORDER_REPLICATE)
        if art is not None:
            inner = cv2.erode(art[y0:y1, x0:x1], np.ones((3, 3), np.uint8))
            wide = cv2.subtract(wide, inner)
        grown = (x1 - x0) * step, (y1 - y0) * step
        # The last row and column of cells may hang over the picture's edge: cut what hangs over.
        alpha = cv2.resize(wide, grown, interpolation=cv2.INTER_LINEAR)[: area.shape[0], : area.shape[1]]
        veil = self._part(frame, x0 * step, y0 * step, Size(area.shape[1], area.shape[0]))
        alpha3 = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
        kept = cv2.multiply(area, cv2.bitwise_not(alpha3), scale=1 / 255)
        cv2.add(kept, cv2.multiply(veil, alpha3, scale=1 / 255), dst=area)

    def _part(self, frame: Frame, x: int, y: int, size: Size) -> BGR:
        """What `whole` shows from (x, y) on, of this size, at the cost of that part alone."""
        soft = self._renewed(frame)
        across, along = soft.shape[1] / frame.size.width, soft.shape[0] / frame.size.height
        to_soft = np.array([[across, 0, (x + 0.5) * across - 0.5], [0, along, (y + 0.5) * along - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        part = cv2.warpAffine(soft, to_soft, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(part, np.uint8)

    def _renewed(self, frame: Frame) -> BGR:
        age_ns = frame.captured_ns - self._made_ns
        if self._size == frame.size and 0 <= age_ns < RENEW_NS:
            return self._soft
        longer = max(frame.size)
        coarse = (
            max(round(GRID_CELLS * frame.size.width / longer), 1),
            max(round(GRID_CELLS * frame.size.height / longer), 1),
        )
        # Every fourth pixel is enough for an average, and four times four cheaper.
        step = 4 if longer >= 640 else 1
        sampled = np.ascontiguousarray(frame.pixels[::step, ::step])
        grid = cv2.resize(sampled, coarse, interpolation=cv2.INTER_AREA).astype(np.float32)
        milky = grid * CAMERA_SHARE + np.asarray(MILK_BGR, np.float32) * (1 - CAMERA_SHARE)
        soft_size = coarse[0] * 8, coarse[1] * 8
        soft = cv2.resize(milky, soft_size, interpolation=cv2.INTER_CUBIC)
        self._soft = np.clip(soft, 0, 255).astype(np.uint8)
        self._size, self._made_ns = frame.size, frame.captured_ns
        return self._soft
