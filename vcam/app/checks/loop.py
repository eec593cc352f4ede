"""A test card, sent through the virtual camera and read back: how it looks, and what the result means."""

import cv2
import numpy as np

from vcam.app.checks.finding import Finding, fail, ok, warn
from vcam.app.checks.state import LoopState
from vcam.types import BGR, Size

CHECK = "test card"
ALIKE = 12.0
"""Up to this mean difference (of 255) the two are the same picture: drivers subsample and round colours."""

_BARS = ((255, 255, 255), (0, 220, 220), (220, 220, 0), (0, 220, 0), (220, 0, 220), (0, 0, 220), (220, 0, 0))
_COARSE = Size(28, 16)


def card(size: Size) -> BGR:
    """(H, W, 3) uint8: seven colour bars, darker downwards, so that every flip and swap of colours shows."""
    bars = np.array(_BARS, np.float32)[np.arange(size.width) * len(_BARS) // size.width]
    shade = np.linspace(1.0, 0.35, size.height, dtype=np.float32)
    picture: BGR = np.rint(shade[:, None, None] * bars[None]).astype(np.uint8)
    return picture


def difference(sent: BGR, received: BGR) -> float:
    """Mean absolute difference of two pictures, compared coarsely: sizes may differ. 0 to 255."""
    coarse = [cv2.resize(picture, _COARSE, interpolation=cv2.INTER_AREA) for picture in (sent, received)]
    return float(cv2.absdiff(coarse[0], coarse[1]).mean())


def check_loop(loop: LoopState) -> Finding:
    """Whether the card came back as it was sent."""
    if loop.error:
        return fail(CHECK, f"{loop.device}: {loop.error}", loop.hint)
    if loop.difference > ALIKE:
        return warn(
            CHECK,
            f"{loop.device} gives another picture than it was sent ({loop.difference:.0f} of 255 apart)",
            "Close other programs that feed this camera, or mirror or filter it, and look again.",
        )
    return ok(CHECK, f"sent to {loop.device} and read back")
