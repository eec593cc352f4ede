"""Draws placements into pixels.

Coordinates are OpenCV's: a pixel's centre has whole numbers. Only the visible part of a sprite is ever
computed, so a face that fills the picture or hangs over its edge costs no more than what is seen of it; and
only a band of it at a time, so that nothing in between leaves the processor's cache.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np

from vcam.types import BGR, BGRA, Affine, Disc, Placement, Size

_BAND_PX = 64


def draw(pixels: BGR, placement: Placement) -> None:
    """Draw a placement over `pixels` ((H, W, 3) uint8, writable), in place.

    The sprite is sampled bilinearly, and is transparent outside its own pixels, so an opaque sprite gets
    smooth edges. Nothing is drawn of a placement that is not finite.
    """
    sprite, affine = placement.sprite.pixels, placement.affine
    seen = _visible(sprite, affine, Size(pixels.shape[1], pixels.shape[0]))
    if seen is None or placement.opacity == 0.0:
        return
    left, top, right, bottom = seen
    whole = _whole_pixels(affine)
    if whole is None:
        _warm(sprite)
    reach = placement.sprite.reach
    ellipse = None if reach is None else _Ellipse.of(reach, affine)
    for y in range(top, bottom, _BAND_PX):
        end, start, stop = min(y + _BAND_PX, bottom), left, right
        if ellipse is not None:
            first, after = ellipse.columns(y, end)
            start, stop = max(first, left), min(after, right)
        if start >= stop:
            continue
        below = pixels[y:end, start:stop]
        if whole is None:
            shifted = affine - ((0.0, 0.0, start), (0.0, 0.0, y))
            band = cv2.warpAffine(sprite, shifted, below.shape[1::-1], flags=cv2.INTER_LINEAR)
        else:
            x0, y0 = start - whole[0], y - whole[1]
            band = sprite[y0 : y0 + below.shape[0], x0 : x0 + below.shape[1]]
        if placement.opacity < 1.0:
            band = cv2.convertScaleAbs(band, alpha=placement.opacity)
        _over(below, np.asarray(band, np.uint8))


class _Ellipse(NamedTuple):
    """What the frame shows of a disc: its middle, how far it leans sideways a row, half width and height."""

    x: float
    y: float
    lean: float
    half_width: float
    half_height: float

    @classmethod
    def of(cls, disc: Disc, affine: Affine) -> "_Ellipse":
        """The map A makes of a disc the points within (p - middle)^T S^-1 (p - middle) = 1, S = r^2 A A^T.

        In a row `dy` below its middle they are those around `x + dy Sxy / Syy`, half as wide as
        sqrt((Sxx - Sxy^2 / Syy) (1 - dy^2 / Syy)).
        """
        (a, b, tx), (c, d, ty) = affine.tolist()
        radius = disc.radius + 1  # sampling reaches one pixel further
        xx, xy, yy = a * a + b * b, a * c + b * d, c * c + d * d
        return cls(
            a * disc.x + b * disc.y + tx,
            c * disc.x + d * disc.y + ty,
            xy / yy,
            radius * math.sqrt(max(xx - xy * xy / yy, 0.0)),
            radius * math.sqrt(yy),
        )

    def columns(self, top: int, bottom: int) -> tuple[int, int]:
        """Its columns in the rows from `top` to before `bottom`: the first, and the one after the last."""
        first, last = top - self.y, bottom - 1 - self.y
        nearest = min(max(0.0, first), last) / self.half_height
        half = self.half_width * math.sqrt(max(1 - nearest * nearest, 0.0))
        low, high = sorted((self.lean * first, self.lean * last))
        return math.ceil(self.x + low - half), math.floor(self.x + high + half) + 1


def _over(below: BGR, band: BGRA) -> None:
    """Premultiplied 'over' (Porter and Duff, 1984) in integers: out = colour + (1 - alpha) * below."""
    through = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(band, 3)), cv2.COLOR_GRAY2BGR)
    through = cv2.multiply(below, through, through, scale=1 / 255)
    cv2.add(through, cv2.cvtColor(band, cv2.COLOR_BGRA2BGR), dst=below)


def _warm(sprite: BGRA) -> None:
    """Read the sprite in the order in which it lies, into the processor's cache.

    A turned sprite is sampled across its rows, and waits for memory at every step of it: done cold, sampling
    takes more than twice the time.
    """
    sprite.max()


def _visible(sprite: BGRA, affine: Affine, size: Size) -> tuple[int, int, int, int] | None:
    """The pixels that the sprite touches: left, top, and those after the last; None where there are none."""
    height, width = sprite.shape[:2]
    (a, b, tx), (c, d, ty) = affine.tolist()
    # Bilinear sampling reaches one pixel past the border, where the sprite has faded to nothing.
    reach = 0 if _whole_pixels(affine) is not None else 1
    xs = [a * x + b * y + tx for x in (-reach, width - 1 + reach) for y in (-reach, height - 1 + reach)]
    ys = [c * x + d * y + ty for x in (-reach, width - 1 + reach) for y in (-reach, height - 1 + reach)]
    if not all(map(math.isfinite, xs + ys)) or abs(a * d - b * c) < 1e-12:
        return None
    left, right = max(math.ceil(min(xs)), 0), min(math.floor(max(xs)) + 1, size.width)
    top, bottom = max(math.ceil(min(ys)), 0), min(math.floor(max(ys)) + 1, size.height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _whole_pixels(affine: Affine) -> tuple[int, int] | None:
    """How far the sprite is moved, where that is by whole pixels and nothing else happens to it."""
    (a, b, x), (c, d, y) = affine.tolist()
    if (a, b, c, d) == (1.0, 0.0, 0.0, 1.0) and x.is_integer() and y.is_integer():
        return int(x), int(y)
    return None
