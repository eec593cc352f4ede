"""Milk glass: a picture of the camera in which nobody can be recognised, for a part of a frame or all of it.

The whole camera picture is averaged down to a grid of at most 12 cells along its longer side, so a face that
fills a third of it becomes four cells wide; three quarters of white are mixed in; and the grid is renewed
only twice a second, so that the small movements of a head cannot be added up to a finer picture
(super-resolution needs many shifted samples). The white also keeps every pixel away from what skin, hair or a
room look like: the veil never happens to equal what it hides.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from vcam.guard.cells import Cells, Mask
from vcam.guard.layers import layers
from vcam.types import BGR, Frame, Placement

GRID_CELLS = 12
RENEW_NS = 500_000_000
MILK_BGR = (250.0, 228.0, 206.0)
CAMERA_SHARE = 0.25
FADE_NS = 200_000_000
_NOTHING, _EVERYTHING = np.zeros((1, 1), np.uint8), np.full((1, 1), 255, np.uint8)
_ROUND = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))


class Veil:
    """Makes the veil of the frames of one source."""

    def __init__(self) -> None:
        self._made_ns = 0
        self._painted_ns = 0
        self.forget()

    def forget(self) -> None:
        """Make the next veil from the next frame; nothing of the last one lingers."""
        self._whole: BGR = np.zeros((0, 0, 3), np.uint8)
        self._shade: Mask = _NOTHING

    def whole(self, frame: Frame) -> BGR:
        """(H, W, 3) uint8, writable: the veil in the frame's size."""
        self._shade, self._painted_ns = _EVERYTHING, frame.captured_ns
        return self._renewed(frame).copy()

    def lingers(self, frame: Frame) -> bool:
        """Whether a veil that was painted just before has not faded yet."""
        return bool(self._left(frame).any())

    def paint(
        self,
        pixels: BGR,
        frame: Frame,
        cells: Cells,
        where: Mask,
        placements: Sequence[Placement] = (),
    ) -> None:
        """Lay the veil over the cells `where`, between the frame and its art; `pixels` become what is seen.

        Every pixel of these cells is fully veiled; a soft border of two or three cells follows outside. What
        is veiled no more fades within FADE_NS. Where there is veil the picture is drawn anew, from the frame
        and the `placements` themselves.
        """
        # Widened by as much as the blur and the interpolation then take away again, and no less.
        wide = cv2.blur(cv2.dilate(where, _ROUND), (3, 3), borderType=cv2.BORDER_REPLICATE)
        shade = np.maximum(wide, self._left(frame), dtype=np.uint8)
        self._shade, self._painted_ns = shade, frame.captured_ns
        x, y, across, along = cv2.boundingRect(shade)
        if across == 0:
            return
        height, width = where.shape
        x0, x1 = max(x - 1, 0), min(x + across + 1, width)
        y0, y1 = max(y - 1, 0), min(y + along + 1, height)
        step = cells.step_px
        place = slice(y0 * step, y1 * step), slice(x0 * step, x1 * step)
        area = pixels[place]
        grown = (x1 - x0) * step, (y1 - y0) * step
        # The last row and column of cells may hang over the picture's edge: cut what hangs over.
        alpha = cv2.resize(shade[y0:y1, x0:x1], grown, interpolation=cv2.INTER_LINEAR)
        alpha = alpha[: area.shape[0], : area.shape[1]]
        alpha3 = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
        kept = cv2.multiply(frame.pixels[place], cv2.bitwise_not(alpha3), scale=1 / 255)
        cv2.add(kept, cv2.multiply(self._renewed(frame)[place], alpha3, scale=1 / 255), dst=area)
        for part, layer in layers(placements, (x0 * step, y0 * step), 1, area.shape[:2], smooth=True):
            left, top, right, bottom = part
            below = area[top:bottom, left:right]
            through = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(layer, 3)), cv2.COLOR_GRAY2BGR)
            kept = cv2.multiply(below, through, scale=1 / 255)
            cv2.add(kept, cv2.cvtColor(layer, cv2.COLOR_BGRA2BGR), dst=below)

    def _left(self, frame: Frame) -> Mask:
        """What is left of the veil that was painted last; it broadcasts to the cells."""
        elapsed_ns = frame.captured_ns - self._painted_ns
        if self._shade is _NOTHING or not 0 <= elapsed_ns < FADE_NS:
            return _NOTHING
        faded = np.uint8(255 * elapsed_ns // FADE_NS)
        return self._shade - np.minimum(self._shade, faded)

    def _renewed(self, frame: Frame) -> BGR:
        age_ns = frame.captured_ns - self._made_ns
        if self._whole.shape == frame.pixels.shape and 0 <= age_ns < RENEW_NS:
            return self._whole
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
        fine = cv2.resize(np.clip(soft, 0, 255).astype(np.uint8), frame.size, interpolation=cv2.INTER_LINEAR)
        self._whole, self._made_ns = np.asarray(fine, np.uint8), frame.captured_ns
        return self._whole
