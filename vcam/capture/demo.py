"""The built-in demo: a portrait that leans, nods and comes closer, for trying vcam without a camera.

The picture is NASA's official portrait of the astronaut Eileen Collins, in the public domain, as
scikit-image ships it (`skimage.data.astronaut`); `astronaut.webp` is that picture cut out from its
background.
"""

import math
import time
from collections.abc import Callable, Generator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGR, BGRA, Frame, Size, SourceFormat

PORTRAIT = Path(__file__).with_name("astronaut.webp")
PERIOD_S = 24.0
"""The movement repeats after so many seconds."""

_FACE_PX = (224.0, 118.0)  # middle of the face in the portrait
_FACE_HEIGHT_PX = 140.0  # hair to chin
_MARGIN = 0.6  # width of the backdrop on every side, in portrait widths
_ENLARGE = 2.0  # the scene is kept larger than the portrait, so that closeness does not look coarse


class Demo:
    """An endless source that needs no camera; picture `index` is always the same, whatever came before.

    Yields at `rate_hz` on the wall clock, or as fast as the caller takes frames where `realtime` is False.
    """

    def __init__(
        self,
        size: Size,
        rate_hz: float,
        *,
        realtime: bool = True,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._format = SourceFormat(size, rate_hz)
        self._realtime = realtime
        self._clock = clock
        self._sleep = sleep
        self._scene: BGRA | None = None

    @property
    def label(self) -> str:
        """The name to show a user."""
        return "demo"

    @property
    def format(self) -> SourceFormat | None:
        """The size and rate given."""
        return self._format

    def frames(self) -> Generator[Frame | None]:
        """Yield frames without end; frames that the caller has no time for are left out."""
        rate_hz = self._format.rate_hz
        start_ns = self._clock()
        index = 0
        while True:
            yield Frame(index, round(index * 1e9 / rate_hz), self.render(index))
            index += 1
            if self._realtime:
                running = int((self._clock() - start_ns) * rate_hz / 1e9)
                index = max(index, running)
                left_ns = start_ns + round(index * 1e9 / rate_hz) - self._clock()
                if left_ns > 0:
                    self._sleep(left_ns / 1e9)

    def render(self, index: int) -> BGR:
        """Picture number `index`, (H, W, 3) uint8 of the source's size."""
        if self._scene is None:
            self._scene = _scene()
        size, rate_hz = self._format
        movement = _movement(index / rate_hz, size)
        pixels = np.empty((size.height, size.width, 3), np.uint8)
        # Four channels are warped twice as fast as three: they fill a machine word.
        warped = cv2.warpAffine(self._scene, movement, size, borderMode=cv2.BORDER_REPLICATE)
        cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR, dst=pixels)
        return pixels


def _scene() -> BGRA:
    """The portrait on a backdrop that fades to its edges, so that the edge pixels can go on for ever."""
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_UNCHANGED)
    if portrait is None:
        raise FileNotFoundError(PORTRAIT)
    portrait = cv2.resize(portrait, None, fx=_ENLARGE, fy=_ENLARGE, interpolation=cv2.INTER_CUBIC)
    side = portrait.shape[0]
    margin = round(_MARGIN * side)
    scene = _backdrop(Size(side + 2 * margin, side + margin))
    inner = scene[margin:, margin : margin + side]
    alpha = cv2.cvtColor(portrait[..., 3], cv2.COLOR_GRAY2BGRA)
    person = cv2.multiply(portrait, alpha, scale=1 / 255)
    cv2.add(person, cv2.multiply(inner, cv2.bitwise_not(alpha), scale=1 / 255), dst=inner)
    return scene


def _backdrop(size: Size) -> BGRA:
    # Computed small and enlarged: a soft glow has nothing that a small picture could not hold.
    width, height = size.width // 8, size.height // 8
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-0.8, 0.6, height, dtype=np.float32)[:, None]
    glow = np.clip(1 - np.hypot(x, y), 0, 1)[..., None] ** 1.5
    dark, bright = np.array((150, 128, 104, 0), np.float32), np.array((222, 222, 214, 0), np.float32)
    small = dark + glow * (bright - dark)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)).astype(np.uint8)


def _movement(seconds: float, size: Size) -> NDArray[np.float64]:
    """The map from scene to frame: sums of sines with whole periods in `PERIOD_S`, so that it closes."""

    def wave(periods: int, phase: float = 0.0) -> float:
        return math.sin(2 * math.pi * (periods * seconds / PERIOD_S + phase))

    closeness = 0.42 + 0.07 * wave(2) + 0.03 * wave(5, 0.3)  # height of the head, in frame heights
    roll = math.radians(9 * wave(3, 0.1) + 4 * wave(7, 0.6))
    face_x = size.width * (0.5 + 0.13 * wave(2, 0.2) + 0.03 * wave(5))
    face_y = size.height * (0.40 + 0.04 * wave(3) + 0.02 * wave(8, 0.4))
    scale = closeness * size.height / (_FACE_HEIGHT_PX * _ENLARGE)
    margin = _MARGIN * 512 * _ENLARGE
    from_x, from_y = _FACE_PX[0] * _ENLARGE + margin, _FACE_PX[1] * _ENLARGE + margin
    cos, sin = scale * math.cos(roll), scale * math.sin(roll)
    return np.array(
        [
            [cos, -sin, face_x - cos * from_x + sin * from_y],
            [sin, cos, face_y - sin * from_x - cos * from_y],
        ]
    )
