"""BGR pictures as the YUV layouts that readers of a camera take: I420, NV12 and YUY2.

OpenCV's 8-bit conversions to these layouts use the ITU-R BT.601 matrix in the limited range (luma 16 to
235, chroma 16 to 240). Whoever passes the bytes on has to say so: one that guesses BT.709 shifts colours.
"""

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGR, Size


class YuvFormat(StrEnum):
    """A layout of 8-bit YUV, by the name that both GStreamer and PipeWire give it."""

    I420 = "I420"  # planes Y, U, V; chroma halved in both directions
    NV12 = "NV12"  # plane Y, then U and V interleaved; chroma halved in both directions
    YUY2 = "YUY2"  # Y0 U Y1 V packed; chroma halved horizontally

    def stride(self, size: Size) -> int:
        """Bytes from one row of luma to the next; rows are not padded."""
        return size.width * 2 if self is YuvFormat.YUY2 else size.width

    def byte_count(self, size: Size) -> int:
        """Bytes of a whole picture."""
        return size.width * size.height * (4 if self is YuvFormat.YUY2 else 3) // 2


def unpadded_formats(size: Size) -> tuple[YuvFormat, ...]:
    """The layouts, best first, in which a picture of this size needs no padding for any reader.

    GStreamer (`gst_video_info_set_format`) rounds every plane's row up to 4 bytes, and a reader that does so
    shears a tightly packed picture: I420 asks for a width that divides by 8, NV12 by 4, YUY2 by 2. Raises
    ValueError where a side is odd.
    """
    if size.width % 2 or size.height % 2:
        raise ValueError(f"YUV pictures need even sides, not {size}")
    width_multiple = {YuvFormat.I420: 8, YuvFormat.NV12: 4, YuvFormat.YUY2: 2}
    return tuple(layout for layout, multiple in width_multiple.items() if size.width % multiple == 0)


class YuvConverter:
    """Turns pictures of one size into one layout, straight into the receiver's memory."""

    def __init__(self, layout: YuvFormat, size: Size) -> None:
        self.layout = layout
        self.size = size
        width, height = size
        # NV12 has no direct conversion in OpenCV: I420 first, then the chroma planes are interleaved.
        self._planar = np.empty((height * 3 // 2, width), np.uint8) if layout is YuvFormat.NV12 else None

    def convert(self, pixels: BGR, out: NDArray[np.uint8]) -> None:
        """Write `pixels`, (H, W, 3) uint8 of this size, into `out`, (`byte_count`,) uint8, contiguous.

        Raises ValueError where either has another shape.
        """
        width, height = self.size
        if pixels.shape != (height, width, 3) or out.shape != (self.layout.byte_count(self.size),):
            raise ValueError(f"{pixels.shape} pixels into {out.shape} bytes is not {self.layout} {self.size}")
        if self.layout is YuvFormat.I420:
            cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420, dst=out.reshape(height * 3 // 2, width))
        elif self.layout is YuvFormat.YUY2:
            cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_YUY2, dst=out.reshape(height, width, 2))
        elif self._planar is not None:
            cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420, dst=self._planar)
            out[: width * height] = self._planar[:height].reshape(-1)
            u, v = self._planar[height:].reshape(2, height // 2, width // 2)
            cv2.merge((u, v), out[width * height :].reshape(height // 2, width // 2, 2))
