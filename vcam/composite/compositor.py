"""Puts the placements of a frame into its picture."""

from collections.abc import Sequence

import numpy as np

from vcam.composite.blend import draw
from vcam.types import BGR, Frame, Mode, Placement, Size

Colour = tuple[int, int, int]


class Compositor:
    """Draws placements over the camera's picture or, in `avatar` mode, over a backdrop.

    `backdrop_bgr` is the backdrop's middle colour; it is lighter at the top and darker at the bottom.
    """

    def __init__(self, backdrop_bgr: Colour = (150, 112, 92)) -> None:
        self._colour = backdrop_bgr
        self._backdrop = _gradient(Size(2, 2), backdrop_bgr)

    def composite(self, frame: Frame, placements: Sequence[Placement], mode: Mode) -> Frame:
        """A new frame of the same size, number and time, with the placements drawn in order.

        In `avatar` mode the camera's pixels are not read at all; in `off` mode the frame comes back as it
        is. The frame given is never changed.
        """
        if mode is Mode.OFF:
            return frame
        pixels = self._empty(frame.size) if mode is Mode.AVATAR else frame.pixels.copy()
        for placement in placements:
            draw(pixels, placement)
        return Frame(frame.seq, frame.captured_ns, pixels)

    def _empty(self, size: Size) -> BGR:
        if self._backdrop.shape[:2] != (size.height, size.width):
            self._backdrop = _gradient(size, self._colour)
        return self._backdrop.copy()


def _gradient(size: Size, middle: Colour) -> BGR:
    """(H, W, 3) uint8: the colour, a fifth lighter at the top and a fifth darker at the bottom.

    The steps between the few grey levels of a soft gradient would show as bands, so they are dithered with
    a fixed pattern (Bayer, 4x4).
    """
    brightness = np.linspace(1.2, 0.8, size.height)[:, np.newaxis, np.newaxis]
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16
    tiled = np.tile(bayer, (size.height // 4 + 1, size.width // 4 + 1))[: size.height, : size.width]
    smooth = np.asarray(middle, np.float64) * brightness + tiled[..., np.newaxis]
    return np.clip(smooth, 0, 255).astype(np.uint8)
