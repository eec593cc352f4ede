"""Notices that the picture is another one altogether: a new size, or a cut to another scene."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGR

_THUMBNAIL = 32, 18
_CHANGE = 40.0
"""Mean difference of two thumbnails, in grey levels, that only a cut brings about."""
_CONTRAST = 12.0
"""Standard deviation below which a picture shows nothing: dark, blinded or covered, but no new scene."""


class Scene:
    """What the last picture looked like, coarsely."""

    def __init__(self) -> None:
        self._shape: tuple[int, ...] | None = None
        self._thumbnail: NDArray[np.uint8] | None = None

    def resized(self, pixels: BGR) -> bool:
        """Whether the picture's size differs from that of the last one given to `cut`."""
        return self._shape is not None and pixels.shape != self._shape

    def cut(self, pixels: BGR) -> bool:
        """Take in the next picture, (H, W, 3) uint8; True where it shows another scene than the last.

        A picture without contrast is neither a cut nor remembered.
        """
        self._shape = pixels.shape
        small = cv2.resize(pixels, _THUMBNAIL, interpolation=cv2.INTER_LINEAR)
        thumbnail = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        _, deviation = cv2.meanStdDev(thumbnail)
        if deviation[0, 0] < _CONTRAST:
            return False
        before, self._thumbnail = self._thumbnail, thumbnail
        return before is not None and cv2.norm(thumbnail, before, cv2.NORM_L1) > _CHANGE * thumbnail.size
