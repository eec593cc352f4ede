"""Draws placements, for tests that look at pixels."""

from collections.abc import Sequence

import numpy as np

from vcam.composite.blend import draw
from vcam.types import Placement, Size


def coverage(placements: Sequence[Placement], size: Size) -> np.ndarray:
    """How much of every pixel the placements hide, (H, W) uint8: neither black nor white comes through it."""
    dark, light = (np.full((size.height, size.width, 3), level, np.uint8) for level in (0, 255))
    for placement in placements:
        draw(dark, placement)
        draw(light, placement)
    through = light.astype(np.int16) - dark
    return (255 - through.max(axis=2)).astype(np.uint8)
