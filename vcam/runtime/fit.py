"""Any picture into the output's fixed size: scaled, centred, with black bars where the shape differs."""

import cv2
import numpy as np

from vcam.types import Frame, Size


def fit(frame: Frame, size: Size, *, mirror: bool = False) -> Frame:
    """The frame at `size`, its shape kept (black bars fill the rest), flipped left to right for `mirror`.

    A frame that already fits is handed back as it is, without a copy.
    """
    pixels = frame.pixels
    if frame.size != size:
        scale = min(size.width / frame.size.width, size.height / frame.size.height)
        width = min(max(round(frame.size.width * scale), 1), size.width)
        height = min(max(round(frame.size.height * scale), 1), size.height)
        left, top = (size.width - width) // 2, (size.height - height) // 2
        whole = (width, height) == size
        pixels = (np.empty if whole else np.zeros)((size.height, size.width, 3), np.uint8)
        # Averaging keeps fine patterns from flickering, but costs more than it gives near full size.
        method = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
        inner = pixels[top : top + height, left : left + width]
        cv2.resize(frame.pixels, (width, height), dst=inner, interpolation=method)
    if mirror:
        flipped = np.empty_like(pixels)
        cv2.flip(pixels, 1, dst=flipped)
        pixels = flipped
    return frame if pixels is frame.pixels else Frame(frame.seq, frame.captured_ns, pixels)
