"""What every kind of art can do, and the cache that keeps what was drawn."""

import bisect
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.errors import PackError
from vcam.types import BGRA, Disc, Sprite

MARGIN_PX = 2
"""Room around the visible part of every drawing, so that its edge is smooth when the sprite is turned."""

MIN_HEIGHT_PX = 16
MAX_HEIGHT_PX = 2048  # seven octaves up
MAX_ASPECT = 8.0
"""The longest side may be at most this many times the other one."""

_HEIGHTS_PX = [math.ceil(MIN_HEIGHT_PX * 2 ** (step / 4)) for step in range(29)]

_VISIBLE_ALPHA = 16
"""Fainter than this (of 255) is taken for the border: a shadow's last breath is no part of the shape."""


class Picture(Protocol):
    """Art of one kind: a raster picture, a vector drawing, each still or animated."""

    @property
    def aspect(self) -> float:
        """Width over height of the visible part."""

    @property
    def nbytes(self) -> int:
        """Bytes of decoded pixels that it holds; 0 for vector art."""

    def frame_at(self, time_ns: int, height_px: int) -> int:
        """Which frame shows at that time after the start; 0 for still art. Animations loop."""

    def draw(self, frame: int, height_px: int) -> BGRA:
        """The visible part at `height_px` (less where a raster has less), with MARGIN_PX around it.

        (h, w, 4) uint8 BGRA, premultiplied.
        """


def size_bucket(height_px: float) -> int:
    """The height to draw at for a wished height: the next of four steps an octave, never smaller than it.

    Drawing at a few sizes only lets a face come closer without a new drawing for every pixel of growth.
    """
    return _HEIGHTS_PX[min(bisect.bisect_left(_HEIGHTS_PX, height_px), len(_HEIGHTS_PX) - 1)]


def visible_box(alpha: NDArray[np.uint8], trim: bool = True) -> tuple[int, int, int, int]:
    """(x0, y0, x1, y1), exclusive at the end, of what can be seen in an (h, w) uint8 alpha channel.

    Without `trim`, all of it, so that the pictures of a pack keep their common frame. Raises PackError where
    nothing can be seen, or only a hair of it.
    """
    x, y, width, height = cv2.boundingRect((alpha >= _VISIBLE_ALPHA).astype(np.uint8))
    if width and not trim:
        x, y, (height, width) = 0, 0, alpha.shape
    if width == 0:
        raise PackError("nothing can be seen in it", hint="Use a picture that is not fully transparent.")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PackError(
            f"its visible part is {width} by {height}, longer than {MAX_ASPECT:g} to 1",
            hint="Crop the picture to something closer to a square.",
        )
    return x, y, x + width, y + height


def reach_of(pixels: BGRA) -> Disc:
    """The smallest disc outside of which every pixel of a picture, (h, w, 4) uint8, is empty."""
    outlines, _ = cv2.findContours(cv2.extractChannel(pixels, 3), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return Disc(0.0, 0.0, 0.0)
    (x, y), radius = cv2.minEnclosingCircle(np.concatenate(outlines))
    return Disc(x, y, radius + 0.5)


class SpriteCache:
    """The sprites drawn last, up to a number of bytes; safe to use from several threads.

    `height_px` is the height asked for last, 0 at first.
    """

    def __init__(self, max_bytes: int = 64 * 2**20) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._sprites: OrderedDict[Hashable, Sprite] = OrderedDict()
        self._lock = threading.Lock()
        self.height_px = 0

    def get(self, key: Hashable, draw: Callable[[], Sprite]) -> Sprite:
        """The sprite kept under `key`, drawn now where there is none.

        Nobody waits for another's drawing: two threads that need the same at once both draw it.
        """
        with self._lock:
            sprite = self._sprites.get(key)
            if sprite is not None:
                self._sprites.move_to_end(key)
                return sprite
        sprite = draw()
        with self._lock:
            if key in self._sprites:
                return self._sprites[key]
            self._sprites[key] = sprite
            self._bytes += sprite.pixels.nbytes
            while self._bytes > self._max_bytes and len(self._sprites) > 1:
                self._bytes -= self._sprites.popitem(last=False)[1].pixels.nbytes
            return sprite

    @property
    def nbytes(self) -> int:
        """How many bytes of pixels are kept."""
        return self._bytes
