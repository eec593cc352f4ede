"""The file sink: an MP4 that plays whatever happens to the process that writes it."""

import errno
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from vcam.errors import SinkError
from vcam.types import BGR, Frame, Size

CODECS = ("libx264", "libopenh264", "mpeg4")
"""Tried in this order; PyAV's wheels carry the first on Linux, macOS and Windows."""

_TICKS_HZ = 60_000  # whole for every usual rate, 30000/1001 included; MPEG-4 takes at most 65,535
_MATRIX, _RANGE = Colorspace.ITU601, ColorRange.MPEG
_CONTAINER = {
    # A fragment is whole and playable as soon as it is written; at a regular end FFmpeg turns the file into
    # a plain MP4 with one index, which every player can seek in.
    "movflags": "hybrid_fragmented",
    "frag_duration": "250000",
    "flush_packets": "1",
}
_QUALITY = {
    "libx264": {"preset": "veryfast", "tune": "zerolatency", "crf": "20"},
    "libopenh264": {"rc_mode": "quality"},
    "mpeg4": {"qscale": "3"},
}


class Recorder:
    """Writes frames to `path`, an existing file is replaced; its folder must exist.

    The first frame opens the file's time; each frame is shown from its `captured_ns` until the next one's, so
    a clip keeps its own timing and frame count. Killed at any moment, the process leaves a file at `path`
    that plays up to its last third of a second. Where opening fails, or the disk is full before anything can
    be played, no file is left; where it is full later, what was recorded stays.
    """

    def __init__(self, path: Path, size: Size, rate_hz: float, *, codecs: Iterable[str] = CODECS) -> None:
        self._path = path
        self._size = size
        self._rate_hz = rate_hz
        self._is_odd = bool(size.width % 2 or size.height % 2)
        self._codecs = tuple(codecs)
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._disk: _Disk | None = None
        self._first_ns: int | None = None
        self._last_pts = -1
        self._over: SinkError | None = None

    @property
    def label(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def size(self) -> Size:
        """The size given."""
        return self._size

    @property
    def rate_hz(self) -> float:
        """The rate given."""
        return self._rate_hz

    def watched(self) -> bool | None:
        """None: who will play the file cannot be known."""
        return None

    def open(self) -> None:
        """Make the file. Raises SinkError where it cannot be written, or was already written once."""
        if self._over is not None:
            raise self._over
        if self._path.is_dir() or not self._path.parent.is_dir():
            raise SinkError(f"{self._path} is not a file that can be made", hint="Choose an existing folder.")
        codec = self._usable_codec()
        try:
            self._disk = _Disk(self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        try:
            self._container, self._stream = self._start(codec, self._disk)
        except (av.FFmpegError, OSError) as error:
            self._disk.discard()
            raise _unwritable(self._path, error) from error

    def send(self, frame: Frame) -> None:
        """Write one frame; it must be later than the one before by a tick of 1/60000 s, or is made so.

        Raises SinkError where the disk is full or the file cannot be written; ValueError for another size.
        """
        if frame.size != self._size:
            raise ValueError(f"{frame.size} was sent to a recorder of {self._size}")
        if self._container is None or self._stream is None:
            raise self._over or RuntimeError("the recorder is not open")
        if self._first_ns is None:
            self._first_ns = frame.captured_ns
        pts = round((frame.captured_ns - self._first_ns) * _TICKS_HZ / 1e9)
        self._last_pts = max(pts, self._last_pts + 1)
        try:
            picture = self._picture(frame.pixels)
            picture.pts, picture.time_base = self._last_pts, Fraction(1, _TICKS_HZ)
            picture.duration = round(_TICKS_HZ / self._rate_hz)
            self._container.mux(self._stream.encode(picture))
        except (av.FFmpegError, OSError) as error:
            self._over = _unwritable(self._path, error)
            self.close()
            raise self._over from error

    def close(self) -> None:
        """Finish the file. Raises SinkError where its end cannot be written; what is there stays playable."""
        container, stream, disk = self._container, self._stream, self._disk
        self._container = self._stream = self._disk = None
        if container is None or stream is None or disk is None:
            return
        failed = self._over
        try:
            if failed is None:
                container.mux(stream.encode())
            container.close()
        except (av.FFmpegError, OSError) as error:
            failed = self._over or _unwritable(self._path, error)
        finally:
            disk.close()
        self._over = failed or SinkError(f"{self.label} is finished", hint="Record to another file.")
        if self._last_pts < 0 or (failed is not None and not _plays(self._path)):
            disk.discard()
        if failed is not None:
            raise failed

    def discard(self) -> None:
        """Close and remove the file, as after a failed conversion; does nothing where none was made."""
        made = self._disk is not None or self._last_pts >= 0
        with suppress(SinkError):
            self.close()
        if made:
            self._path.unlink(missing_ok=True)

    def _picture(self, pixels: BGR) -> VideoFrame:
        if not self._is_odd:
            # Five times as fast as FFmpeg's own conversion, and without its bias of one to two levels.
            planes = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420), np.uint8)
            return VideoFrame.from_ndarray(planes, format="yuv420p")
        picture = VideoFrame.from_ndarray(pixels, format="bgr24")
        wanted = self._stream.pix_fmt if self._stream is not None else None
        return picture.reformat(format=wanted, dst_colorspace=_MATRIX, dst_color_range=_RANGE)

    def _usable_codec(self) -> str:
        for name in self._codecs:
            try:
                av.codec.Codec(name, "w")
            except ValueError:
                continue
            return name
        raise SinkError(
            "this PyAV can encode no video", hint="Install it from its own wheel: `pip install av`."
        )

    def _start(self, codec: str, disk: "_Disk") -> tuple[OutputContainer, VideoStream]:
        container = av.open(disk, "w", format="mp4", container_options=_CONTAINER)
        stream = container.add_stream(
            codec, rate=Fraction(self._rate_hz).limit_denominator(1001), options=_QUALITY.get(codec, {})
        )
        assert isinstance(stream, VideoStream)  # noqa: S101 - every codec tried is one for video
        stream.width, stream.height = self._size
        # Halved chroma needs even sides; an odd size keeps all of its chroma instead of losing a row.
        stream.pix_fmt = "yuv444p" if self._is_odd and codec == "libx264" else "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, _TICKS_HZ)
        context.gop_size = max(round(2 * self._rate_hz), 1)
        context.colorspace, context.color_range = int(_MATRIX), int(_RANGE)
        # The head of the file is left to the first frame: FFmpeg crashes on ending a film that has none.
        context.open()
        return container, stream


class _Disk:
    """The file that FFmpeg writes to: unbuffered, so that what was written survives the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw = path.open("wb", buffering=0)

    def write(self, data: bytes) -> int:
        """Write all of `data`. Raises OSError."""
        left = memoryview(data)
        while left:
            left = left[self._raw.write(left) :]
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move the place of the next write."""
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        """The place of the next write."""
        return self._raw.tell()

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def discard(self) -> None:
        """Close and remove the file."""
        self._raw.close()
        self._path.unlink(missing_ok=True)


def _plays(path: Path) -> bool:
    try:
        with av.open(str(path)) as container:
            return next(container.decode(video=0), None) is not None
    except av.FFmpegError:
        return False


def _unwritable(path: Path, error: Exception) -> SinkError:
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC:
        return SinkError(f"the disk is full: {path.name}", hint="Make room, then record to a new file.")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SinkError(f"{path} may not be written", hint="Choose a folder that is yours.")
    reason = getattr(error, "strerror", None) or error
    return SinkError(f"{path} cannot be written: {reason}", hint="Choose another file or folder.")
