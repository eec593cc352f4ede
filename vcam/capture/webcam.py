"""A real camera, read through OpenCV: the newest frame wins, and a blocked driver blocks nobody."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Generator
from typing import Protocol

import cv2
import numpy as np

from vcam.capture.names import Camera, cameras, find
from vcam.capture.permission import wait_for_permission
from vcam.capture.trouble import why_not
from vcam.errors import CameraError
from vcam.types import BGR, Frame, Size, SourceFormat

log = logging.getLogger(__name__)

LOOK_UP_S = 0.25
"""`frames` yields None when nothing came for so long."""
SILENCE_S = 5.0
"""A camera that delivers nothing for so long counts as lost."""
OPENING_S = 15.0
"""The same until its first picture: some drivers take many seconds to start."""


class Device(Protocol):
    """The part of cv2.VideoCapture that is used."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device could be opened."""

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Wait for the next picture; False where the device is lost."""

    def set(self, prop: int, value: float, /) -> bool:
        """Ask for a property."""

    def get(self, prop: int, /) -> float:
        """What a property is."""

    def release(self) -> None:
        """Close the device."""


def open_device(camera: Camera) -> Device:
    """The camera opened by OpenCV, which writes its own warnings to the terminal unless told not to."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2.VideoCapture(camera.index, camera.backend)


class Webcam:
    """A camera by name, index or `auto`; asks for MJPG at the wished size and rate, takes what it gets.

    The name is looked up anew by every `frames`, so a camera that comes back under another index is found.
    `wished` is what was asked for, `format` what comes. `exclude`: names and paths that are never opened.
    """

    def __init__(
        self,
        wanted: str,
        size: Size,
        rate_hz: float,
        *,
        exclude: Collection[str] = (),
        list_cameras: Callable[[], list[Camera]] = cameras,
        open_device: Callable[[Camera], Device] = open_device,
    ) -> None:
        self.wished = SourceFormat(size, rate_hz)
        self._wanted = wanted
        self._exclude = frozenset(exclude)
        self._list_cameras = list_cameras
        self._open_device = open_device
        self._camera: Camera | None = None
        self._format: SourceFormat | None = None

    @property
    def label(self) -> str:
        """The camera's name; what was asked for until it is found."""
        return self._camera.name if self._camera else self._wanted

    @property
    def format(self) -> SourceFormat | None:
        """Size of the frames that come, and the rate that the camera promises."""
        return self._format

    def frames(self) -> Generator[Frame | None]:
        """Yield frames as `FrameSource` says. Raises CameraError: missing, busy, not permitted, lost."""
        try:
            camera = find(self._list_cameras(), self._wanted, exclude=self._exclude)
        except CameraError as error:
            if self._camera is None:
                raise
            raise CameraError(
                f"{self._camera.name} is not plugged in", hint="Plug it in; vcam waits for it."
            ) from error
        if self._camera is None and not self._wanted.isdecimal():
            self._wanted = camera.name  # from now on this very one, also where `auto` would now differ
        self._camera = camera
        yield from wait_for_permission()
        reader = _Reader(lambda: self._open_device(camera), self.wished)
        reader.start()
        try:
            yield from self._read(camera, reader)
        finally:
            reader.close()

    def _read(self, camera: Camera, reader: "_Reader") -> Generator[Frame | None]:
        seq = 0
        heard_s = time.monotonic()
        while True:
            taken = reader.take(LOOK_UP_S)
            if taken is not None:
                captured_ns, pixels = taken
                size = Size(pixels.shape[1], pixels.shape[0])
                self._format = SourceFormat(size, reader.rate_hz)
                if seq == 0:
                    log.info("%s: asked for %s, got %s", camera.name, self.wished, self._format)
                heard_s = time.monotonic()
                yield Frame(seq, captured_ns, pixels)
                seq += 1
                continue
            if reader.ended:
                if reader.error is not None:
                    raise reader.error
                raise why_not(camera) if seq == 0 else _lost(camera)
            if time.monotonic() - heard_s > (SILENCE_S if seq else OPENING_S):
                raise _lost(camera)
            yield None


class _Reader(threading.Thread):
    """Owns the device: opens, reads and releases it in a thread of its own, keeping the newest picture.

    The driver may hold `read` for many seconds when a cable is pulled; whoever waits here does not.
    """

    def __init__(self, open_device: Callable[[], Device], wished: SourceFormat) -> None:
        super().__init__(name="camera", daemon=True)
        self.rate_hz = 0.0
        self.ended = False
        self.error: CameraError | None = None
        self._open_device = open_device
        self._wished = wished
        self._changed = threading.Condition()
        self._newest: tuple[int, BGR] | None = None
        self._closing = False

    def take(self, timeout_s: float) -> tuple[int, BGR] | None:
        """The newest picture and its time; None where none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self.ended, timeout_s)
            newest, self._newest = self._newest, None
            return newest

    def close(self) -> None:
        """Ask the thread to release the device, and wait a moment for that."""
        self._closing = True
        self.join(1.0)
        if self.is_alive():
            log.warning("the camera's driver does not answer; the device is released when it does")

    def run(self) -> None:
        try:
            device = self._open_device()
            try:
                self._pump(device)
            finally:
                device.release()
        except Exception as error:
            log.exception("reading the camera failed")
            hint = "Unplug the camera and plug it in again."
            self.error = CameraError(f"the camera failed: {error}", hint=hint)
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()

    def _pump(self, device: Device) -> None:
        if not device.isOpened():
            return
        size, rate_hz = self._wished
        # The pixel format comes first: without MJPG, USB 2 has no room for 720p at 30 Hz and drivers refuse.
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, size.width)
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, size.height)
        device.set(cv2.CAP_PROP_FPS, rate_hz)
        self.rate_hz = max(device.get(cv2.CAP_PROP_FPS), 0.0)
        while not self._closing:
            ok, picture = device.read()
            now_ns = time.monotonic_ns()
            if not ok or picture is None:
                return
            pixels = _as_bgr(picture)
            with self._changed:
                self._newest = now_ns, pixels
                self._changed.notify_all()


def _as_bgr(picture: np.ndarray) -> BGR:
    if picture.ndim == 2 or picture.shape[2] == 1:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    return np.ascontiguousarray(picture, np.uint8)


def _lost(camera: Camera) -> CameraError:
    return CameraError(f"{camera.name} stopped sending pictures", hint="Check its cable; vcam waits for it.")
