"""A face painted on a ball: where its parts go when the head turns."""

import math
from typing import NamedTuple

_MOST = math.radians(52)
_SHARE = 0.85


class Spot(NamedTuple):
    """Where a part is seen, and how much narrower and lower it looks there."""

    x: float
    y: float
    sx: float
    sy: float


class Turn:
    """The ball turned by `yaw` and `pitch`, in radians.

    It turns a little less than the head and never further than the face can be read: an emoji in profile
    would tell nothing.
    """

    def __init__(self, yaw: float, pitch: float) -> None:
        self._yaw, self._pitch = (_MOST * math.tanh(_SHARE * angle / _MOST) for angle in (yaw, pitch))
        self._cos_yaw, self._sin_yaw = math.cos(self._yaw), math.sin(self._yaw)
        self._cos_pitch, self._sin_pitch = math.cos(self._pitch), math.sin(self._pitch)

    @property
    def is_far(self) -> bool:
        """Whether parts of the face may come to the rim of the ball."""
        return abs(self._yaw) + abs(self._pitch) > 0.45

    def spot(self, x: float, y: float, depth: float = 1.0) -> Spot:
        """Where the part at (x, y) of the front goes; `depth` is its distance from the ball's middle."""
        z = math.sqrt(max(depth * depth - x * x - y * y, 0.04))
        # The turned ball's point, first around the vertical axis, then the horizontal one.
        turned_x = x * self._cos_yaw - z * self._sin_yaw
        turned_z = x * self._sin_yaw + z * self._cos_yaw
        turned_y = y * self._cos_pitch + turned_z * self._sin_pitch
        sx, sy = _narrowing(x / depth, turned_x / depth), _narrowing(y / depth, turned_y / depth)
        return Spot(turned_x, turned_y, sx, sy)

    def behind(self, x: float, y: float, share: float) -> tuple[float, float]:
        """How a part moves that sits `share` of the radius behind the middle (ears, hair, a hat)."""
        return x + share * self._sin_yaw, y - share * self._sin_pitch


def _narrowing(before: float, after: float) -> float:
    """How much narrower a part of a unit ball gets that moves between two distances from the middle."""
    seen = max(1.0 - after * after, 0.05) / max(1.0 - before * before, 0.05)
    return min(max(math.sqrt(seen), 0.3), 1.15)
