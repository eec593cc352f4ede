import sys

import cv2
import numpy as np
import pytest

from vcam.app.checks import probe_cameras
from vcam.app.checks.state import LinuxState, LoopbackState, WindowsState
from vcam.config import Settings
from vcam.types import Size


class _Capture:
    """A webcam of 640x480 that gives one brightness; `alive` False opens without pictures."""

    def __init__(self, opened: bool = True, alive: bool = True) -> None:
        self.opened, self.alive, self.released = opened, alive, False

    def set(self, _property: int, _value: float) -> bool:
        return True

    def isOpened(self) -> bool:  # noqa: N802  OpenCV's name
        return self.opened

    def read(self) -> tuple[bool, np.ndarray | None]:
        return self.alive, np.full((480, 640, 3), 90, np.uint8) if self.alive else None

    def release(self) -> None:
        self.released = True


@pytest.fixture
def one_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_cameras, "_listed", lambda: [(0, "C920", "/dev/video0")])
    monkeypatch.setattr(probe_cameras, "SETTLE_S", 0.01)
    monkeypatch.setattr(probe_cameras.os, "access", lambda path, mode: True)


@pytest.mark.usefixtures("one_camera")
def test_size_rate_and_brightness_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = _Capture()
    monkeypatch.setattr(cv2, "VideoCapture", lambda index: capture)
    (camera,) = probe_cameras.probe(Settings(), LinuxState("debian"), None)
    assert camera.size == Size(640, 480)
    assert camera.luma == pytest.approx(90)
    assert camera.rate_hz
    assert capture.released


@pytest.mark.usefixtures("one_camera")
@pytest.mark.parametrize(("opened", "word"), [(False, "cannot be opened"), (True, "no picture")])
def test_a_camera_without_a_picture(monkeypatch: pytest.MonkeyPatch, opened: bool, word: str) -> None:
    capture = _Capture(opened, alive=False)
    monkeypatch.setattr(cv2, "VideoCapture", lambda index: capture)
    (camera,) = probe_cameras.probe(Settings(), LinuxState("debian"), None)
    assert word in camera.error
    assert capture.released


@pytest.mark.usefixtures("one_camera")
@pytest.mark.skipif(sys.platform != "linux", reason="devices are files on Linux only")
def test_a_camera_in_use_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from vcam.app.checks import probe_linux

    monkeypatch.setattr(probe_linux, "device_users", lambda: {"/dev/video0": ("zoom",)})
    monkeypatch.setattr(cv2, "VideoCapture", lambda index: pytest.fail("it was opened"))
    (camera,) = probe_cameras.probe(Settings(), LinuxState("debian"), None)
    assert camera.busy_by == ("zoom",)


@pytest.mark.usefixtures("one_camera")
def test_windows_tells_the_users_of_any_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_cameras.sys, "platform", "win32")
    monkeypatch.setattr(cv2, "VideoCapture", lambda index: _Capture(opened=False))
    (camera,) = probe_cameras.probe(Settings(), None, WindowsState(camera_users=("Zoom.exe",)))
    assert camera.busy_by == ("Zoom.exe",)


def test_virtual_cameras_are_no_webcams(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [(0, "OBS Virtual Camera", ""), (1, "vcam", "/dev/video9"), (2, "Dummy", "/dev/video10")]
    monkeypatch.setattr(probe_cameras, "_listed", lambda: listed)
    linux = LinuxState("debian", loopbacks=(LoopbackState("/dev/video10", "Dummy"),))
    assert probe_cameras.probe(Settings(), linux, None) == ()
