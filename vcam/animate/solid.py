"""Which part of a picture hides what is behind it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGRA, Box, Sprite

Mask = NDArray[np.uint8]

HEAD_ASPECT = 0.84
"""Width over height of the ellipse that is looked for: a head's, from the front."""

_SIDE = 128  # pictures are measured at this height: finer does not matter
_OPAQUE = 250
_FACE_SHARE = 0.3  # an inscribed ellipse smaller than this share of the art is no face to fit by
_HOLE = 0.92  # of the size that it has with its holes filled


@dataclass(frozen=True, slots=True)
class Solid:
    """The upright ellipse of a picture that goes over the face: centre and half axes as shares of its size.

    `hides` is True when every pixel in the ellipse is opaque; otherwise the art needs something behind it.
    `bgr` is the art's mean colour.
    """

    x: float
    y: float
    rx: float
    ry: float
    hides: bool
    bgr: tuple[int, int, int]


def measure(sprite: Sprite, content: Box) -> Solid:
    """Find the largest head-shaped ellipse in the `content` of a sprite that is opaque.

    Where it is only small because of holes, they are taken as filled. Art without such a body (line
    drawings, a hand) is taken whole.
    """
    x0, y0, x1, y1 = (round(edge) for edge in content)
    small = _small(np.ascontiguousarray(sprite.pixels[y0:y1, x0:x1]))
    height, width = small.shape[:2]
    opaque = np.where(cv2.extractChannel(small, 3) >= _OPAQUE, np.uint8(255), np.uint8(0))
    x, y, ry = _inscribed(opaque)
    filled_x, filled_y, filled_ry = _inscribed(_filled(opaque))
    hides = ry >= _HOLE * filled_ry
    if not hides:
        x, y, ry = filled_x, filled_y, filled_ry
    rx = ry * HEAD_ASPECT
    if 4 * rx * ry < _FACE_SHARE * width * height:
        x, y, rx, ry, hides = width / 2, height / 2, width / 2, height / 2, False
    return Solid(x / width, y / height, rx / width, ry / height, hides, _colour(small))


def _small(pixels: BGRA) -> BGRA:
    height, width = pixels.shape[:2]
    scale = min(1.0, _SIDE / height, _SIDE / width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _filled(opaque: Mask) -> Mask:
    outlines, _ = cv2.findContours(opaque, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(opaque)
    cv2.drawContours(filled, outlines, -1, (255,), cv2.FILLED)
    return filled


def _inscribed(opaque: Mask) -> tuple[float, float, float]:
    """Centre and half height, in pixels, of the largest head-shaped ellipse in a mask.

    A circle in the mask stretched sideways by 1 / HEAD_ASPECT, found by the distance to the nearest
    transparent pixel.
    """
    height, width = opaque.shape
    stretched = cv2.resize(
        opaque, (max(round(width / HEAD_ASPECT), 1), height), interpolation=cv2.INTER_NEAREST
    )
    distance = cv2.distanceTransform(
        cv2.copyMakeBorder(stretched, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5
    )
    # Where several centres are equally good, the middle one.
    ys, xs = np.nonzero(distance >= distance.max() - 0.5)
    middle = int(np.argmin((ys - ys.mean()) ** 2 + (xs - xs.mean()) ** 2))
    x, y = int(xs[middle]), int(ys[middle])
    radius = max(float(distance[y, x]) - 1.5, 0.5)
    return (x - 0.5) * width / stretched.shape[1], y - 0.5, radius


def _colour(pixels: BGRA) -> tuple[int, int, int]:
    """The mean colour, weighted by alpha; the classic yellow where there is nothing."""
    b, g, r, a = pixels.reshape(-1, 4).sum(axis=0, dtype=np.int64).tolist()
    if a == 0:
        return 60, 205, 255
    return b * 255 // a, g * 255 // a, r * 255 // a
