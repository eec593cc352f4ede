"""Why a camera does not open: missing, not permitted, or held by another program; said so that it helps."""

import os
import platform
from pathlib import Path

from vcam.capture.names import Camera
from vcam.errors import CameraError

_PRIVACY = {
    "Windows": "Allow desktop apps to use the camera: Settings > Privacy & security > Camera.",
    "Darwin": "Allow it for your terminal or vcam: System Settings > Privacy & Security > Camera.",
}


def why_not(camera: Camera, proc: Path = Path("/proc")) -> CameraError:
    """The error to raise where `camera` could not be opened or gave no picture."""
    if camera.path.startswith("/dev/"):
        device = Path(camera.path)
        if not device.exists():
            return CameraError(f"{camera.name} is not plugged in", hint="Plug it in; vcam waits for it.")
        if not os.access(device, os.R_OK | os.W_OK):
            return CameraError(
                f"{camera.name} may not be used by this user",
                hint="Join the group of the device (`sudo usermod -aG video $USER`) and log in again.",
            )
        if programs := holders(device, proc):
            return CameraError(
                f"{camera.name} is in use by {', '.join(programs)}", hint="Close it there; vcam waits for it."
            )
    return CameraError(
        f"{camera.name} cannot be opened",
        hint=_PRIVACY.get(
            platform.system(), "Close other programs that use it, or unplug it and plug it in again."
        )
        if not camera.path.startswith("/dev/")
        else "Close other programs that use it, or unplug it and plug it in again.",
    )


def holders(device: Path, proc: Path = Path("/proc")) -> list[str]:
    """Names and ids of the other programs of this user that have `device` open (Linux; else empty).

    A media server such as PipeWire is named only where nothing else holds the device: it opens every camera
    to look at it.
    """
    found: dict[int, str] = {}
    try:
        target = device.resolve()
        processes = [entry for entry in proc.iterdir() if entry.name.isdecimal()]
    except OSError:
        return []
    for process in processes:
        if int(process.name) == os.getpid():
            continue
        try:
            if any(link.readlink() == target for link in (process / "fd").iterdir()):
                found[int(process.name)] = (process / "comm").read_text(encoding="utf-8").strip()
        except OSError:
            continue  # another user's process, or one that ended meanwhile
    servers = {pid for pid, name in found.items() if name in ("pipewire", "wireplumber")}
    named = {pid: name for pid, name in found.items() if pid not in servers} or found
    return [f"{name} ({pid})" for pid, name in sorted(named.items())]
