"""The virtual camera that meeting apps can select, through pyvirtualcam."""

import logging
import platform

import pyvirtualcam  # type: ignore[import-untyped]

from vcam.errors import SinkError
from vcam.types import Frame, Size

log = logging.getLogger(__name__)

_HOW = {
    "Linux": (
        "Install the virtual camera once: `sudo apt install v4l2loopback-dkms` (or your system's package),",
        'then load it: `sudo modprobe v4l2loopback exclusive_caps=1 card_label="vcam"`.',
    ),
    "Darwin": (
        "Install OBS Studio 30 or newer from obsproject.com,",
        "press Start Virtual Camera in it once, allow it in System Settings, then quit OBS.",
    ),
    "Windows": (
        "Install OBS Studio from obsproject.com; its virtual camera comes with it.",
        "If OBS runs, press Stop Virtual Camera there: only one program can feed it.",
    ),
}


def how_to_get_one(system: str | None = None) -> tuple[str, str]:
    """Two lines that tell how to get a virtual camera on this system (or on `system`)."""
    system = system or platform.system()
    return _HOW.get(system, (f"There is no virtual camera for {system} yet;", "use --output preview."))


class VirtualCamera:
    """A system camera fed by vcam: OBS's on macOS and Windows, Unity Capture, v4l2loopback on Linux.

    `device` is the name that apps show (on Linux the device's path); empty takes the first that works.
    """

    def __init__(self, size: Size, rate_hz: float, *, device: str = "") -> None:
        self._size = size
        self._rate_hz = rate_hz
        self._device = device
        self._camera: pyvirtualcam.Camera | None = None

    @property
    def label(self) -> str:
        """The name of the device in use; what was asked for until it is open."""
        if self._camera is not None:
            return str(self._camera.device)
        return self._device or "virtual camera"

    @property
    def size(self) -> Size:
        """The size given."""
        return self._size

    @property
    def rate_hz(self) -> float:
        """The rate given."""
        return self._rate_hz

    def watched(self) -> bool | None:
        """None: who reads the camera cannot be known."""
        return None

    def open(self) -> None:
        """Open the device. Raises SinkError where there is none, or another program feeds it."""
        try:
            self._camera = pyvirtualcam.Camera(
                self._size.width,
                self._size.height,
                self._rate_hz,
                fmt=pyvirtualcam.PixelFormat.BGR,
                device=self._device or None,
            )
        except (RuntimeError, ValueError, OSError) as error:
            log.debug("no virtual camera", exc_info=True)
            what = f"the virtual camera {self._device}" if self._device else "a virtual camera"
            reason = " ".join(str(error).split())
            raise SinkError(
                f"{what} could not be opened: {reason}", hint=" ".join(how_to_get_one())
            ) from error

    def send(self, frame: Frame) -> None:
        """Put the frame out. Raises SinkError where the device is lost, ValueError for another size."""
        if frame.size != self._size:
            raise ValueError(f"{frame.size} was sent to a virtual camera of {self._size}")
        if self._camera is None:
            raise RuntimeError("the virtual camera is not open")
        try:
            self._camera.send(frame.pixels)
        except (RuntimeError, OSError) as error:
            raise SinkError(
                f"{self.label} was lost: {error}", hint="Check that its driver is still loaded."
            ) from error

    def close(self) -> None:
        """Close the device; it stays selectable where the driver keeps it."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()
