"""Soft round spots: cheeks, the gloss on a head, lamps."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGRA

_PAINTED_PX = 64


@lru_cache(maxsize=64)
def soft_spot(axes_px: tuple[int, int, int, int], colour: int, alpha: int) -> tuple[BGRA, BGRA]:
    """A spot that fades to nothing at its rim, to be laid over a picture with its middle pixel in the middle.

    `axes_px`: the 2x2 matrix (a, b, c, d) that makes it of the unit circle. `colour` is 0xRRGGBB, `alpha` 0
    to 255. Returns (h, w, 4) uint8 BGRA premultiplied with odd sides, and 255 - alpha in all four channels.
    """
    a, b, c, d = axes_px
    half_w, half_h = int(np.hypot(a, b)) + 1, int(np.hypot(c, d)) + 1
    grown = np.array([[a, b, half_w], [c, d, half_h]]) / _PAINTED_PX
    grown[:, 2] = half_w - (a + b), half_h - (c + d)
    spot = cv2.warpAffine(_fading(), grown, (2 * half_w + 1, 2 * half_h + 1), flags=cv2.INTER_LINEAR)
    channels = [colour & 255, colour >> 8 & 255, colour >> 16 & 255, 255]
    over = cv2.merge([cv2.convertScaleAbs(spot, alpha=alpha * level / 255**2) for level in channels])
    bare = cv2.merge([cv2.bitwise_not(cv2.extractChannel(over, 3))] * 4)
    return np.asarray(over, np.uint8), np.asarray(bare, np.uint8)


@lru_cache(maxsize=1)
def _fading() -> NDArray[np.uint8]:
    """(129, 129) uint8: 255 in the middle, three fifths of it at 0.45 of the radius, nothing at the rim."""
    y, x = np.mgrid[-_PAINTED_PX : _PAINTED_PX + 1, -_PAINTED_PX : _PAINTED_PX + 1] / _PAINTED_PX
    fading = np.interp(np.hypot(x, y), (0.0, 0.45, 1.0), (1.0, 0.6, 0.0))
    return np.asarray(np.rint(255 * fading), np.uint8)
