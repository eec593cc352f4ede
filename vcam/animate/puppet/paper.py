"""Memory to draw on, used again: a fresh page of memory costs more than what is drawn on it."""

import sys

import numpy as np
import skia

from vcam.types import BGRA

_SPARE = 1.2
"""New memory is so much larger than what is asked for, since heads grow by little steps."""
_KEPT = 4


class Page:
    """A picture and the canvas that draws on it.

    `pixels`: (height, width, 4) uint8 BGRA, premultiplied, C-contiguous. Give away views of it, never it
    itself: the views tell that it is in use.
    """

    __slots__ = ("_alone", "_block", "canvas", "pixels", "size")

    def __init__(self, width: int, height: int) -> None:
        self._block = np.empty(int(4 * width * height * _SPARE), np.uint8)
        self._rule(width, height)
        self._alone = self._holders()

    @property
    def is_free(self) -> bool:
        """Whether nobody holds a view of it."""
        return self._holders() == self._alone

    def resized(self, width: int, height: int) -> bool:
        """Make it that size, if there is room for it; only where nobody holds it."""
        if (width, height) != self.size:
            if 4 * width * height > self._block.size:
                return False
            self._rule(width, height)
        return True

    def _holders(self) -> int:
        return sys.getrefcount(self._block)

    def _rule(self, width: int, height: int) -> None:
        self.size = width, height
        self.pixels: BGRA = self._block[: 4 * width * height].reshape(height, width, 4)
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self.canvas = skia.Canvas.MakeRasterDirect(info, self.pixels, self.pixels.strides[0])


class Paper:
    """Hands out pages, and takes them back as soon as nobody holds a view of them."""

    def __init__(self) -> None:
        self._pages: list[Page] = []

    def page(self, width: int, height: int) -> Page:
        """A page with anything on it; the last one that was lent and is free, where it has room."""
        for page in self._pages:
            if page.is_free and page.resized(width, height):
                return page
        # Another one of what is lent out is kept; what lies here unused is too small by now.
        lent = [page for page in self._pages if not page.is_free]
        page = Page(width, height)
        self._pages = [page, *lent[: _KEPT - 1]]
        return page
