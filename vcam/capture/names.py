"""Which cameras the system has, by name, and which of them a user means."""

import platform
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from vcam.errors import CameraError

_VIRTUAL = re.compile(
    r"\b(virtual|dummy|loopback|vcam|obs|unity video capture|manycam|snap camera)\b", re.IGNORECASE
)
# DirectShow goes before Media Foundation, which may take many seconds to open a camera (OpenCV issue 17687).
_BACKENDS = {
    "Linux": (cv2.CAP_V4L2,),
    "Darwin": (cv2.CAP_AVFOUNDATION,),
    "Windows": (cv2.CAP_DSHOW, cv2.CAP_MSMF),
}


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera: its name (unique in a listing), and how OpenCV opens it.

    `path` is the device's path or system id, possibly empty. `virtual`: its picture comes from a program.
    """

    name: str
    index: int
    backend: int
    path: str
    virtual: bool


def cameras() -> list[Camera]:
    """The cameras of this system in its own order; a second one of the same name gets " (2)"."""
    found: list[Camera] = []
    for backend in _BACKENDS.get(platform.system(), ()):
        seen = {camera.name for camera in found}
        count: Counter[str] = Counter()
        for info in sorted(enumerate_cameras(backend), key=lambda info: info.index):
            label = str(info.name or f"Camera {info.index}").strip()
            count[label] += 1
            name = label if count[label] == 1 else f"{label} ({count[label]})"
            path = str(info.path or "")
            if name not in seen:
                found.append(Camera(name, info.index, backend, path, is_virtual(label, path)))
    return found


def is_virtual(name: str, path: str = "") -> bool:
    """Whether a camera of this name at this device path is fed by a program, as vcam's own output is."""
    if path.startswith("/dev/"):
        # The kernel files devices without hardware, v4l2loopback's among them, under /sys/devices/virtual.
        node = Path("/sys/class/video4linux") / Path(path).name
        if "virtual" in node.resolve().parts:
            return True
    return bool(_VIRTUAL.search(name))


def find(listed: Sequence[Camera], wanted: str, *, exclude: Collection[str] = ()) -> Camera:
    """The camera that `wanted` means: `auto`, an index, a name, or a part of one (letter case aside).

    `auto` takes the first that is not virtual. `exclude` holds names and paths that are never taken: what
    vcam publishes to. Raises CameraError where none or several fit.
    """
    usable = [camera for camera in listed if not {camera.name, camera.path} & set(exclude)]
    if wanted == "auto":
        fitting = [camera for camera in usable if not camera.virtual][:1]
    elif wanted.isdecimal():
        fitting = [camera for camera in usable if camera.index == int(wanted)][:1]
    else:
        low = wanted.casefold()
        fitting = [camera for camera in usable if low in (camera.name.casefold(), camera.path.casefold())]
        fitting = fitting or [camera for camera in usable if low in camera.name.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(camera.name for camera in fitting or usable)
    if fitting:
        raise CameraError(f"several cameras are called {wanted}: {names}", hint="Give more of the name.")
    if wanted == "auto":
        raise CameraError("no camera was found", hint="Plug one in, or use --source demo or a video file.")
    hint = f"There is: {names}." if names else "Plug it in, or use --source demo or a video file."
    raise CameraError(f"no camera is called {wanted}", hint=hint)
