"""Opens each webcam for a moment and reads what it gives: see `CameraState`."""

import logging
import os
import sys
import time
from collections.abc import Iterable

from vcam.app.checks.state import CameraState, LinuxState, WindowsState
from vcam.config import Settings
from vcam.types import Size

log = logging.getLogger(__name__)

SETTLE_S = 1.2
"""How long a webcam is watched: automatic exposure needs about a second."""
VIRTUAL = ("obs virtual camera", "unity video capture", "vcam")
"""Cameras that programs feed, vcam among them: no source of a face."""


def probe(
    settings: Settings, linux: LinuxState | None, windows: WindowsState | None
) -> tuple[CameraState, ...]:
    """Every webcam with what a second of its picture tells; those in use elsewhere are not touched."""
    loopbacks = {device.path for device in linux.loopbacks} if linux else set()
    return tuple(
        _look(index, name, path, settings, _users(path, windows))
        for index, name, path in _listed()
        if path not in loopbacks and not name.lower().startswith(VIRTUAL)
    )


def _listed() -> Iterable[tuple[int, str, str]]:
    import cv2
    from cv2_enumerate_cameras import enumerate_cameras

    backend = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}.get(sys.platform)
    for camera in enumerate_cameras(cv2.CAP_ANY if backend is None else backend):
        yield camera.index, camera.name, camera.path or ""


def _users(path: str, windows: WindowsState | None) -> tuple[str, ...]:
    if windows:
        return windows.camera_users
    if sys.platform == "linux":
        from vcam.app.checks.probe_linux import device_users

        return device_users().get(path, ())
    return ()


def _look(index: int, name: str, path: str, settings: Settings, users: tuple[str, ...]) -> CameraState:
    if sys.platform == "linux" and not os.access(path, os.R_OK | os.W_OK):
        return CameraState(name, path, permitted=False)
    if users and sys.platform == "linux":
        return CameraState(name, path, busy_by=users)
    import cv2

    capture = cv2.VideoCapture(index)
    try:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.size.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.size.height)
        capture.set(cv2.CAP_PROP_FPS, settings.fps)
        if not capture.isOpened():
            return CameraState(name, path, busy_by=users, error="it cannot be opened")
        begin, count, picture = time.monotonic(), 0, None
        while time.monotonic() < begin + SETTLE_S:
            good, latest = capture.read()
            if good:
                picture, count = latest, count + 1
        if picture is None:
            return CameraState(name, path, busy_by=users, error="it opens but gives no picture")
        rate_hz = count / (time.monotonic() - begin)
        size = Size(picture.shape[1], picture.shape[0])
        return CameraState(name, path, size=size, rate_hz=rate_hz, luma=float(picture.mean()))

    finally:
        capture.release()
