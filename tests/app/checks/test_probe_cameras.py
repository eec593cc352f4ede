from collections.abc import Generator

import numpy as np
import pytest

from vcam.app.checks import probe_cameras
from vcam.app.checks.state import CameraState, WindowsState
from vcam.capture.names import Camera
from vcam.config import Settings
from vcam.errors import CameraError
from vcam.types import Frame, FrameSource, Size, SourceFormat

C920 = Camera("C920", 0, 200, "/dev/video0", virtual=False)


class _Source:
    """A webcam of 640x480 that gives so many frames of one brightness, then raises what it was given."""

    label = "C920"

    def __init__(self, frames: int = 1000, error: CameraError | None = None) -> None:
        self._frames, self._error = frames, error
        self.format: SourceFormat | None = None
        self.closed = False

    def frames(self) -> Generator[Frame | None]:
        try:
            yield None
            for seq in range(self._frames):
                self.format = SourceFormat(Size(640, 480), 30.0)
                yield Frame(seq, seq, np.full((480, 640, 3), 90, np.uint8))
            if self._error:
                raise self._error
        finally:
            self.closed = True


def _probe(source: FrameSource, windows: WindowsState | None = None) -> CameraState:
    (state,) = probe_cameras.probe(
        Settings(), windows, list_cameras=lambda: [C920], open_source=lambda name, settings: source
    )
    return state


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_cameras, "SETTLE_S", 0.001)


def test_size_rate_and_brightness_are_measured() -> None:
    source = _Source()
    state = _probe(source)
    assert state.size == Size(640, 480)
    assert state.luma == pytest.approx(90)
    assert state.rate_hz
    assert source.closed


def test_a_camera_that_is_in_use() -> None:
    error = CameraError("C920 is in use by zoom (7)", hint="Close it there.")
    state = _probe(_Source(0, error))
    assert (state.busy, state.error, state.hint) == (True, str(error), error.hint)


def test_a_camera_that_does_not_work() -> None:
    state = _probe(_Source(0, CameraError("C920 cannot be opened", hint="Replug it.")))
    assert not state.busy
    assert state.error == "C920 cannot be opened"


def test_a_camera_that_ends_without_a_picture() -> None:
    assert _probe(_Source(0)).error


def test_windows_tells_who_uses_cameras() -> None:
    error = CameraError("C920 cannot be opened", hint="Look.")
    state = _probe(_Source(0, error), WindowsState(camera_users=("Zoom.exe",)))
    assert state.busy
    assert "Zoom.exe" in state.error


def test_virtual_cameras_are_no_webcams() -> None:
    listed = [Camera("OBS Virtual Camera", 0, 700, "", virtual=True)]
    found = probe_cameras.probe(
        Settings(), None, list_cameras=lambda: listed, open_source=lambda *_: pytest.fail("it was opened")
    )
    assert found == ()
