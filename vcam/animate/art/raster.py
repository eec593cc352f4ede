"""PNG, APNG, WebP, GIF and JPEG through Pillow: bounded in size, frames and memory; animations keep time."""

import bisect
import io
import warnings
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image

from vcam.animate.art.picture import MARGIN_PX, visible_box
from vcam.errors import PackError
from vcam.types import BGRA

MAX_SIDE = 4096
MAX_FRAMES = 600
MAX_DECODED = 64 * 2**20
"""Pixels of all frames together, before anything is made smaller: bounds the time that decoding takes."""
KEPT_SIDE = 1024
KEPT_BYTES = 24 * 2**20
"""What is kept of one picture: longer animations are kept smaller."""

_FORMATS = ("PNG", "WEBP", "GIF", "JPEG")
_SHORTEST_MS = 20
"""Browsers show quicker GIF frames for 100 ms, because encoders write 0 or 10 ms for 'unspecified'."""
_UNSPECIFIED_MS = 100


class Raster:
    """Pixels at their own size, still or animated.

    `frames`: (h, w, 4) uint8 BGRA, premultiplied, all of one size; `durations_ns` of each, one per frame.
    Without `trim` transparent borders count as visible. Raises PackError where nothing can be seen.
    """

    def __init__(self, frames: list[BGRA], durations_ns: list[int], *, trim: bool = True) -> None:
        if not frames or len(frames) != len(durations_ns):
            raise ValueError("one duration for each of one or more frames")
        seen = frames[0][..., 3].copy()
        for frame in frames[1:]:
            np.maximum(seen, frame[..., 3], out=seen)
        x0, y0, x1, y1 = visible_box(seen, trim)
        self._frames = [np.ascontiguousarray(frame[y0:y1, x0:x1]) for frame in frames]
        self._ends_ns = [int(end) for end in np.cumsum(durations_ns)]
        self.aspect = (x1 - x0) / (y1 - y0)

    @property
    def nbytes(self) -> int:
        """Bytes of pixels that are kept."""
        return sum(frame.nbytes for frame in self._frames)

    def frame_at(self, time_ns: int, height_px: int) -> int:
        """Which frame shows at that time after the start, whatever the size."""
        del height_px
        if len(self._frames) == 1:
            return 0
        return bisect.bisect_right(self._ends_ns, time_ns % self._ends_ns[-1])

    def draw(self, frame: int, height_px: int) -> BGRA:
        """A frame's visible part at `height_px`, or its own height if that is less, with a margin."""
        picture = self._frames[frame]
        height = min(height_px, picture.shape[0])
        if height < picture.shape[0]:
            width = max(1, round(height * self.aspect))
            picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        return np.pad(picture, ((MARGIN_PX, MARGIN_PX), (MARGIN_PX, MARGIN_PX), (0, 0)))


def read_raster(content: bytes, *, trim: bool = True) -> Raster:
    """Decode a picture file. Raises PackError for what is damaged, too large, or of another format."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                frames, durations_ms = _decode(image)
    except PackError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:  # decoders meet damage in every way there is
        raise PackError(
            f"it cannot be decoded ({type(error).__name__})", hint="Save it again as PNG, WebP or GIF."
        ) from error
    return Raster(frames, [duration * 1_000_000 for duration in durations_ms], trim=trim)


def _decode(image: Image.Image) -> tuple[list[BGRA], list[int]]:
    width, height = image.size
    if max(width, height) > MAX_SIDE:
        raise _too_large()
    frames: list[BGRA] = []
    durations_ms: list[int] = []
    side = KEPT_SIDE
    for index in _frames(image):
        if index >= MAX_FRAMES:
            raise PackError(f"it has more than {MAX_FRAMES} frames", hint="Use a shorter loop.")
        if (index + 1) * width * height > MAX_DECODED:
            raise PackError(
                f"{index + 1} frames of {width} by {height} pixels are too much",
                hint="Make it smaller or shorter.",
            )
        if image.size != (width, height):
            raise PackError("its frames differ in size", hint="Save it again with frames of one size.")
        frames.append(_premultiplied(image, side))
        duration_ms = int(image.info.get("duration") or 0)
        durations_ms.append(duration_ms if _SHORTEST_MS <= duration_ms <= 60_000 else _UNSPECIFIED_MS)
        if len(frames) * frames[-1].nbytes > KEPT_BYTES and side > 64:
            side = side * 3 // 4
            frames = [_reduced(frame, side) for frame in frames]
    return frames, durations_ms


def _frames(image: Image.Image) -> Iterator[int]:
    """Step through the frames without asking for their number, for which a hostile file makes one wait."""
    index = 0
    while True:
        yield index
        index += 1
        try:
            image.seek(index)
        except EOFError:
            return


def _premultiplied(image: Image.Image, side: int) -> BGRA:
    """A frame's pixels, not larger than `side`; few copies, for one frame may have sixteen million pixels."""
    straight = image if image.mode == "RGBA" else image.convert("RGBA")
    small = straight.convert("RGBa")
    small.thumbnail((side, side), Image.Resampling.BOX)
    rgba = np.frombuffer(small.tobytes(), np.uint8).reshape(small.height, small.width, 4)
    return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA), np.uint8)


def _reduced(frame: BGRA, side: int) -> BGRA:
    height, width = frame.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return frame
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def _too_large() -> PackError:
    return PackError(
        f"it is larger than {MAX_SIDE} pixels on a side", hint="Save it smaller: 512 pixels are plenty."
    )
