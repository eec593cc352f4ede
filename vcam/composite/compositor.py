"""Puts the placements of a frame into its picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vcam.composite.blend import Layer, blend, lay
from vcam.types import BGR, Frame, Mode, Placement, Size

Colour = tuple[int, int, int]


_STILL_PX = 0.2
"""A sprite whose corners moved less than this since it was last sampled is not sampled again."""


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A placement and the layer that was made of it: half of the work for a head that keeps still."""

    placement: Placement
    size: Size
    layer: Layer | None

    def serves(self, placement: Placement, size: Size) -> bool:
        """Whether the layer is as good as a new one for `placement`."""
        mine = self.placement
        if mine.sprite is not placement.sprite or mine.opacity != placement.opacity or self.size != size:
            return False
        height, width = mine.sprite.pixels.shape[:2]
        moved = np.abs(mine.affine - placement.affine)
        return bool((moved @ (width, height, 1.0) < _STILL_PX).all())


class Compositor:
    """Draws placements over the camera's picture or, in `avatar` mode, over a backdrop.

    `backdrop_bgr` is the backdrop's middle colour; it is lighter at the top and darker at the bottom.
    """

    def __init__(self, backdrop_bgr: Colour = (150, 112, 92)) -> None:
        self._colour = backdrop_bgr
        self._backdrop = _gradient(Size(2, 2), backdrop_bgr)
        self._laid: list[_Laid] = []

    def composite(self, frame: Frame, placements: Sequence[Placement], mode: Mode) -> Frame:
        """A new frame of the same size, number and time, with the placements drawn in order.

        In `avatar` mode the camera's pixels are not read at all; in `off` mode the frame comes back as it
        is. The frame given is never changed.
        """
        if mode is Mode.OFF:
            return frame
        pixels = self._empty(frame.size) if mode is Mode.AVATAR else frame.pixels.copy()
        before, self._laid = self._laid, []
        for placement in placements:
            laid = next((one for one in before if one.serves(placement, frame.size)), None)
            laid = laid or _Laid(placement, frame.size, lay(placement, frame.size))
            self._laid.append(laid)
            if laid.layer is not None:
                blend(pixels, laid.layer)
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
