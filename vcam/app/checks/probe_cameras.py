"""Opens each webcam for a moment, as a running vcam would, and reads what it gives: see `CameraState`."""

import contextlib
import time
from collections.abc import Callable

from vcam.app.checks.state import CameraState, WindowsState
from vcam.capture.names import Camera, cameras
from vcam.capture.trouble import why_not
from vcam.capture.webcam import Webcam
from vcam.config import Settings
from vcam.errors import CameraError
from vcam.types import FrameSource

SETTLE_S = 1.2
"""How long a webcam is watched: automatic exposure needs about a second."""


def probe(
    settings: Settings,
    windows: WindowsState | None,
    *,
    list_cameras: Callable[[], list[Camera]] = cameras,
    open_source: Callable[[str, Settings], FrameSource] | None = None,
) -> tuple[CameraState, ...]:
    """Every webcam with what a second of its picture tells; cameras that programs feed are left out."""
    open_source = open_source or (lambda name, settings: Webcam(name, settings.size, settings.fps))
    return tuple(
        _look(camera, open_source(camera.name, settings), windows)
        for camera in list_cameras()
        if not camera.virtual
    )


def _look(camera: Camera, source: FrameSource, windows: WindowsState | None) -> CameraState:
    first_s, last_s, count, luma = 0.0, 0.0, 0, 0.0
    try:
        with contextlib.closing(source.frames()) as frames:
            for frame in frames:
                now_s = time.monotonic()
                if frame is None:
                    continue
                count, last_s = count + 1, now_s
                first_s = first_s or now_s
                if now_s - first_s >= SETTLE_S:
                    luma = float(frame.pixels.mean())
                    break
    except CameraError as error:
        if windows and windows.camera_users:
            users = ", ".join(windows.camera_users)
            return CameraState(camera.name, True, f"{camera.name} is in use by {users}", "Close it there.")
        return CameraState(camera.name, " in use by " in str(error), str(error), error.hint)
    if source.format is None or last_s <= first_s:
        reason = why_not(camera)
        return CameraState(camera.name, error=str(reason), hint=reason.hint)
    rate_hz = (count - 1) / (last_s - first_s)
    return CameraState(camera.name, size=source.format.size, rate_hz=rate_hz, luma=luma)
