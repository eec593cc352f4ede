"""The plain disc that is always at hand: behind art with holes, and in place of art that fails."""

from functools import lru_cache

import numpy as np

from vcam.animate.art.picture import reach_of
from vcam.animate.region import Ellipse
from vcam.types import Placement, Sprite

Colour = tuple[int, int, int]

PLAIN_BGR: Colour = (60, 205, 255)

_RADIUS_PX = 128.0
_SOFT_PX = 4.0


def plate(ellipse: Ellipse, bgr: Colour, track_id: int, opacity: float = 1.0) -> Placement:
    """A disc with a soft rim outside the ellipse; everything in the ellipse is opaque."""
    sprite = _disc(bgr)
    middle = (sprite.pixels.shape[0] - 1) / 2
    return Placement(sprite, ellipse.affine(middle, middle, _RADIUS_PX, _RADIUS_PX), opacity, track_id)


@lru_cache(maxsize=32)
def _disc(bgr: Colour) -> Sprite:
    side = int(2 * (_RADIUS_PX + _SOFT_PX)) + 5
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    # One pixel more than the radius is opaque: bilinear sampling mixes neighbours.
    alpha = np.clip((_RADIUS_PX + 1 + _SOFT_PX - np.hypot(x, y)) / _SOFT_PX, 0, 1)[..., np.newaxis]
    shade = 1.06 - 0.12 * (y / side + 0.5)[..., np.newaxis]
    colour = np.clip(np.asarray(bgr) * shade, 0, 255) * alpha
    pixels = np.rint(np.concatenate([colour, alpha * 255], axis=2)).astype(np.uint8)
    return Sprite("plate", pixels, reach_of(pixels))
