"""A video file or an animated GIF as a source, at its own pace or as fast as it is read."""

import logging
import time
from collections.abc import Callable, Generator
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vcam.errors import CameraError
from vcam.types import BGR, Frame, Size, SourceFormat

log = logging.getLogger(__name__)

LOOK_UP_S = 0.25
_MAX_SKIPPED = 4
_GIVE_UP_NS = 1_000_000_000
# A playlist could name addresses on the network; vcam reads files and nothing else.
_LOCAL_ONLY = {"protocol_whitelist": "file"}


class Clip:
    """The frames of `path`, upright as its rotation note says; `captured_ns` is the time since the first.

    `realtime` keeps to those times on the wall clock (frames that are late by more than their length are
    left out, as a player does); otherwise every frame comes as soon as it is taken. `loop` starts over at the
    end, with times that go on rising. Transparent parts, as in a GIF, are filled with white.
    """

    def __init__(
        self,
        path: Path,
        *,
        realtime: bool = True,
        loop: bool = False,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._path = path
        self._realtime = realtime
        self._loop = loop
        self._clock = clock
        self._sleep = sleep
        self._format: SourceFormat | None = None
        self._frame_count: int | None = None

    @property
    def label(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def format(self) -> SourceFormat | None:
        """Size of the upright picture and the average rate; None before the first frame."""
        return self._format

    @property
    def frame_count(self) -> int | None:
        """How many frames the file says it has, for a progress bar; None where it does not say."""
        return self._frame_count

    def probe(self) -> SourceFormat:
        """Read the first frame and say what the clip delivers. Raises CameraError as `frames` does."""
        frames = self._play(0)
        try:
            next(frames)
        finally:
            frames.close()
        assert self._format is not None  # noqa: S101 - set before the first frame, or CameraError was raised
        return self._format

    def frames(self) -> Generator[Frame | None]:
        """Yield the frames, and None during long waits. Raises CameraError: missing, no video, damaged."""
        start_ns: int | None = None
        seq = skipped = 0
        offset_ns = 0
        while True:
            end_ns = offset_ns
            for decoded, captured_ns, duration_ns in self._play(offset_ns):
                end_ns = captured_ns + duration_ns
                seq += 1
                if self._realtime:
                    now = self._clock()
                    start_ns = now if start_ns is None else start_ns
                    late_ns = now - (start_ns + captured_ns)
                    if late_ns > _GIVE_UP_NS:
                        start_ns += late_ns
                    elif late_ns > duration_ns and skipped < _MAX_SKIPPED:
                        skipped += 1
                        continue
                    yield from self._until(start_ns + captured_ns)
                skipped = 0
                yield Frame(seq - 1, captured_ns, _upright_bgr(decoded))
            if not self._loop:
                return
            offset_ns = end_ns

    def _until(self, due_ns: int) -> Generator[None]:
        while (left_s := (due_ns - self._clock()) / 1e9) > 0:
            self._sleep(min(left_s, LOOK_UP_S))
            if left_s > LOOK_UP_S:
                yield None

    def _play(self, offset_ns: int) -> Generator[tuple[VideoFrame, int, int]]:
        """Decode the file once: each frame with its presentation time and length, moved by `offset_ns`."""
        if not self._path.is_file():
            raise CameraError(f"there is no video file {self._path}", hint="Check the name of the file.")
        end_ns = offset_ns
        try:
            with av.open(str(self._path), options=_LOCAL_ONLY, metadata_errors="replace") as container:
                if not container.streams.video:
                    raise CameraError(f"{self._path.name} has no picture", hint="Choose a video file.")
                stream = container.streams.video[0]
                stream.thread_type = "AUTO"
                first_ns: int | None = None
                last_ns = offset_ns - 1
                count = 0
                for decoded in container.decode(stream):
                    if count == 0:
                        self._describe(stream, decoded)
                    rate_hz = self._format.rate_hz if self._format else 0.0
                    duration_ns = _ns(decoded, decoded.duration) or round(1e9 / (rate_hz or 25.0))
                    time_ns = _ns(decoded, decoded.pts)
                    if first_ns is None:
                        first_ns = time_ns or 0
                    captured_ns = end_ns if time_ns is None else time_ns - first_ns + offset_ns
                    captured_ns = max(captured_ns, last_ns + 1)
                    last_ns = captured_ns
                    end_ns = captured_ns + duration_ns
                    count += 1
                    yield decoded, captured_ns, duration_ns
                self._check_whole(container, stream, count, (end_ns - offset_ns) / 1e9)
        except av.FFmpegError as error:
            after = f" after {(end_ns - offset_ns) / 1e9:.1f} s" if end_ns > offset_ns else ""
            raise CameraError(
                f"{self._path.name} cannot be read{after}: {error.strerror}",
                hint="It may be damaged or not a video; try to play it, or choose another file.",
            ) from error

    def _describe(self, stream: VideoStream, first: VideoFrame) -> None:
        size = Size(first.width, first.height)
        if first.rotation % 180:
            size = Size(size.height, size.width)
        self._format = SourceFormat(size, float(stream.average_rate or stream.guessed_rate or 0))
        self._frame_count = stream.frames or None

    def _check_whole(self, container: InputContainer, stream: VideoStream, count: int, end_s: float) -> None:
        if count == 0:
            raise CameraError(
                f"{self._path.name} holds no frame that can be read",
                hint="It may be damaged; try to play it, or choose another file.",
            )
        promised_s = (container.duration or 0) / 1e6
        only = len(container.streams) == 1
        if end_s < 0.9 * promised_s - 0.1 and (only or count < stream.frames):
            raise CameraError(
                f"{self._path.name} breaks off after {end_s:.1f} s of {promised_s:.1f} s",
                hint="The file is incomplete; copy or download it again.",
            )


def _ns(decoded: VideoFrame, ticks: int | None) -> int | None:
    if ticks is None or decoded.time_base is None:
        return None
    return int(ticks * decoded.time_base * 1_000_000_000)


def _upright_bgr(decoded: VideoFrame) -> BGR:
    components = decoded.format.components
    if any(component.is_alpha for component in components):
        picture = decoded.to_ndarray(format="bgra")
        alpha = cv2.cvtColor(picture[..., 3], cv2.COLOR_GRAY2BGR)
        colour = cv2.multiply(cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR), alpha, scale=1 / 255)
        pixels = cv2.add(colour, cv2.bitwise_not(alpha))
    else:
        pixels = decoded.to_ndarray(format="bgr24")
    if quarter_turns := round(decoded.rotation / 90) % 4:
        pixels = np.rot90(pixels, quarter_turns)
    return np.ascontiguousarray(pixels, np.uint8)
