"""Soft round spots: cheeks, the gloss on a head, lamps."""

from functools import lru_cache

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

_PAINTED_PX = 64


@lru_cache(maxsize=64)
def soft_spot(axes_px: tuple[int, int, int, int], colour: int) -> skia.Image:
    """A spot that fades to nothing at its rim, to be laid on a picture with its middle pixel in the middle.

    `axes_px`: the 2x2 matrix (a, b, c, d) that makes it of the unit circle. `colour` is 0xRRGGBB, what it is
    in its middle. The image has odd sides and premultiplied BGRA.
    """
    a, b, c, d = axes_px
    half_w, half_h = int(np.hypot(a, b)) + 1, int(np.hypot(c, d)) + 1
    grown = np.array([[a, b, half_w], [c, d, half_h]]) / _PAINTED_PX
    grown[:, 2] = half_w - (a + b), half_h - (c + d)
    spot = cv2.warpAffine(_fading(), grown, (2 * half_w + 1, 2 * half_h + 1), flags=cv2.INTER_LINEAR)
    channels = [colour & 255, colour >> 8 & 255, colour >> 16 & 255, 255]
    pixels = cv2.merge([cv2.convertScaleAbs(spot, alpha=level / 255) for level in channels])
    info = skia.ImageInfo.Make(*pixels.shape[1::-1], skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    return skia.Image.MakeRasterCopy(skia.Pixmap(info, pixels, pixels.strides[0]))


@lru_cache(maxsize=1)
def _fading() -> NDArray[np.uint8]:
    """(129, 129) uint8: 255 in the middle, three fifths of it at 0.45 of the radius, nothing at the rim."""
    y, x = np.mgrid[-_PAINTED_PX : _PAINTED_PX + 1, -_PAINTED_PX : _PAINTED_PX + 1] / _PAINTED_PX
    fading = np.interp(np.hypot(x, y), (0.0, 0.45, 1.0), (1.0, 0.6, 0.0))
    return np.asarray(np.rint(255 * fading), np.uint8)
