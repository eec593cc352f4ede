"""Vector art drawn by ThorVG at the size it is shown: SVG, and Lottie animations.

ThorVG trusts its input: what comes here has been through `svg.clean_svg` or `lottie.clean_lottie`, and
through `trial` where it does not come with vcam.
"""

import functools
import math
import threading

import numpy as np
from thorvg_python.animation import Animation
from thorvg_python.base import Colorspace, Result
from thorvg_python.canvas.sw import SwCanvas
from thorvg_python.engine import Engine
from thorvg_python.paint.picture import Picture

from vcam.animate.art.picture import MARGIN_PX, visible_box
from vcam.errors import PackError
from vcam.types import BGRA

_LOCK = threading.Lock()
"""ThorVG's engine is one for the whole process, and makes no promise about several threads."""

_MEASURE_PX = 512
_MEASURE_ANIMATED_PX = 256
_MEASURED_FRAMES = 90
_LOOP_BYTES = 24 * 2**20
_MAX_RATE_HZ = 30.0


@functools.cache
def _engine() -> Engine:
    return Engine(threads=0)


class Vector:
    """A drawing without a size of its own.

    `data` is cleaned SVG or, where `rate_hz` is given, checked Lottie JSON; `width` and `height` are its
    canvas in its own units. Without `trim` all of the canvas counts as visible. Raises PackError where
    ThorVG cannot read it or nothing can be seen.
    """

    def __init__(
        self,
        data: bytes,
        width: float,
        height: float,
        frames: int = 1,
        rate_hz: float = 0.0,
        *,
        trim: bool = True,
    ) -> None:
        self._data = data
        self._width, self._height = width, height
        self._frames, self._rate_hz = frames, rate_hz
        self._animated = rate_hz > 0
        scale = (_MEASURE_ANIMATED_PX if self._animated else _MEASURE_PX) / max(width, height)
        seen = np.zeros((math.ceil(height * scale), math.ceil(width * scale)), np.uint8)
        for frame in np.linspace(0, frames - 1, min(frames, _MEASURED_FRAMES)).astype(int):
            np.maximum(seen, self._render(int(frame), scale, 0, 0, *seen.shape[::-1])[..., 3], out=seen)
        x0, y0, x1, y1 = visible_box(seen, trim)
        self._x0, self._y0 = x0 / scale, y0 / scale
        self._visible_height = (y1 - y0) / scale
        self.aspect = (x1 - x0) / (y1 - y0)
        self.nbytes = 0

    def frame_at(self, time_ns: int, height_px: int) -> int:
        """Which frame shows at that time; fewer of them where a whole loop would not fit the cache."""
        if not self._animated:
            return 0
        shown = min(self._frames, max(1, _LOOP_BYTES // int(4 * height_px**2 * self.aspect + 1)))
        shown = max(1, min(shown, int(self._frames * _MAX_RATE_HZ / self._rate_hz)))
        place = time_ns * 1e-9 * self._rate_hz / self._frames % 1.0
        return int(place * shown) * self._frames // shown

    def draw(self, frame: int, height_px: int) -> BGRA:
        """The visible part of a frame at exactly `height_px`, with a margin around it."""
        scale = height_px / self._visible_height
        width_px = math.ceil(height_px * self.aspect - 1e-6)
        return self._render(
            frame,
            scale,
            MARGIN_PX - self._x0 * scale,
            MARGIN_PX - self._y0 * scale,
            width_px + 2 * MARGIN_PX,
            height_px + 2 * MARGIN_PX,
        )

    def _render(self, frame: int, scale: float, x: float, y: float, width: int, height: int) -> BGRA:
        with _LOCK:
            return _render(
                self._data,
                frame if self._animated else None,
                (self._width * scale, self._height * scale),
                (x, y),
                (width, height),
            )


def _render(
    data: bytes,
    frame: int | None,
    size: tuple[float, float],
    offset: tuple[float, float],
    canvas_size: tuple[int, int],
) -> BGRA:
    engine = _engine()
    canvas = SwCanvas(engine)
    animation = None if frame is None else Animation(engine)
    picture = Picture(engine) if animation is None else animation.get_picture()
    added = False
    try:
        canvas.set_target(*canvas_size, cs=Colorspace.ARGB8888)
        kind = "svg" if animation is None else "lottie"
        _expect(picture.load_data(data, kind, None, True))
        _expect(picture.set_size(*size))
        _expect(picture.translate(*offset))
        if animation is not None and frame:
            _expect(animation.set_frame(float(frame)))
        _expect(canvas.add(picture))
        added = True
        _expect(canvas.draw(True))
        _expect(canvas.sync())
        pixels = np.frombuffer(bytearray(canvas.buffer_arr or b""), np.uint8)
        return pixels.reshape(canvas_size[1], canvas_size[0], 4)
    finally:
        canvas.destroy()
        if animation is not None:
            animation._del()
        elif not added:
            picture._rel()


def _expect(result: Result) -> None:
    if result != Result.SUCCESS:
        raise PackError(
            f"it cannot be drawn ({result.name.lower().replace('_', ' ')})",
            hint="Save it again from a drawing program, as plain SVG or Lottie.",
        )
