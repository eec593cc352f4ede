"""Memory to draw on, used again: a fresh page of memory costs more than what is drawn on it."""

import sys

import numpy as np
from numpy.typing import NDArray

from vcam.types import BGRA

_SPARE = 1.2
"""New paper is so much larger than what is asked for, since heads grow by little steps."""
_KEPT = 4


class Paper:
    """Hands out pictures, whose memory it takes back as soon as nobody holds them or a view of them."""

    def __init__(self) -> None:
        nobodys = np.zeros(0, np.uint8)  # tells how many references there are to what nobody holds
        self._blocks: list[NDArray[np.uint8]] = [nobodys]

    def sheet(self, width: int, height: int) -> BGRA:
        """A picture, (height, width, 4) uint8, C-contiguous, with anything in it."""
        size = 4 * width * height
        nobody, *holders = [sys.getrefcount(block) for block in self._blocks]
        free = [block for block, held in zip(self._blocks[1:], holders, strict=True) if held == nobody]
        block = next((block for block in free if size <= block.size), None)
        if block is None:
            block = np.empty(int(size * _SPARE), np.uint8)
            # Of what is lent out another one is kept; what lies here unused is too small by now.
            lent = [one for one in self._blocks[1:] if not any(one is other for other in free)]
            self._blocks[1:] = [*lent[-_KEPT + 1 :], block]
        return block[:size].reshape(height, width, 4)
