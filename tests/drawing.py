"""Draws single placements, for tests that look at pixels."""

from vcam.composite.blend import blend, lay
from vcam.types import BGR, Placement, Size


def draw(pixels: BGR, placement: Placement) -> None:
    """Blend one placement over `pixels`, in place."""
    layer = lay(placement, Size(pixels.shape[1], pixels.shape[0]))
    if layer is not None:
        blend(pixels, layer)
