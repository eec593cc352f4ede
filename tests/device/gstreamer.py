"""Reads the PipeWire camera as GStreamer programs do, picture by picture, through a pipe."""

import fcntl
import subprocess
import time
from collections.abc import Iterator

import cv2
import numpy as np

from tests.device.cards_read import Seen
from vcam.publish import card
from vcam.publish.yuv import YuvFormat
from vcam.types import BGR, Size

_TO_BGR = {
    YuvFormat.I420: cv2.COLOR_YUV2BGR_I420,
    YuvFormat.NV12: cv2.COLOR_YUV2BGR_NV12,
    YuvFormat.YUY2: cv2.COLOR_YUV2BGR_YUY2,
}
_PIPE_BYTES = 1 << 20


def pictures(
    env: dict[str, str], layout: YuvFormat, size: Size, count: int, timeout_s: float = 60
) -> Iterator[BGR]:
    """`count` pictures from the camera named vcam, in BGR. Ends early where the stream ends or is late."""
    command = ["timeout", str(timeout_s), "gst-launch-1.0", "-q", "pipewiresrc", "target-object=vcam"]
    caps = f"video/x-raw,format={layout},width={size.width},height={size.height}"
    command += [f"num-buffers={count}", "!", caps, "!", "fdsink", "sync=false"]
    shape = (size.height, size.width, 2) if layout is YuvFormat.YUY2 else (size.height * 3 // 2, size.width)
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        try:
            while len(data := process.stdout.read(layout.byte_count(size))) == layout.byte_count(size):
                yield cv2.cvtColor(np.frombuffer(data, np.uint8).reshape(shape), _TO_BGR[layout])
        finally:
            process.terminate()


def read(env: dict[str, str], layout: YuvFormat, size: Size, count: int) -> tuple[list[Seen], float]:
    """`count` cards as they came, and the largest colour error of the last one, 0 to 255.

    A card's age is from its drawing to the moment its last byte was here.
    """
    seen: list[Seen] = []
    error = 255.0
    for pixels in pictures(env, layout, size, count, timeout_s=30 + count / 10):
        now_ns = time.monotonic_ns()
        found = card.decode(pixels)
        seen.append(Seen(found[0], (now_ns - found[1]) / 1e6) if found else Seen(None, 0.0))
        if found and len(seen) == count:
            error = colour_error(pixels, *found)
    return seen, error


def colour_error(pixels: BGR, seq: int, time_ns: int) -> float:
    """The 99th percentile of the difference to the card as it was drawn; edges blur in halved chroma."""
    drawn = card.coded(Size(pixels.shape[1], pixels.shape[0]), seq, time_ns)
    return float(np.percentile(cv2.absdiff(pixels, drawn), 99))
