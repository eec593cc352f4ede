import threading
from collections.abc import Generator

import pytest

from vcam.app.checks import probe_loop
from vcam.app.checks.loop import ALIKE
from vcam.errors import CameraError, SinkError
from vcam.types import Frame, Size, SourceFormat


class _Cable:
    """A virtual camera in memory: what is sent can be read, mirrored if wished."""

    label, size, rate_hz = "vcam", Size(64, 36), 1000.0
    format = SourceFormat(Size(64, 36), 1000.0)

    def __init__(self, *, there: bool = True, silent: bool = False, mirrored: bool = False) -> None:
        self._there, self._silent, self._mirrored = there, silent, mirrored
        self._frame: Frame | None = None
        self.closed = False
        self.names: list[str] = []

    def open(self) -> None:
        if not self._there:
            raise SinkError("there is no virtual camera", hint="Get one.")

    def send(self, frame: Frame) -> None:
        self._frame = frame

    def watched(self) -> bool | None:
        return None

    def close(self) -> None:
        self.closed = True

    def frames(self) -> Generator[Frame | None]:
        while True:
            if self._silent or self._frame is None:
                yield None
            elif self._mirrored:
                yield Frame(0, 0, self._frame.pixels[:, ::-1].copy())
            else:
                yield self._frame

    def source(self, name: str) -> "_Cable":
        self.names.append(name)
        return self


def test_the_card_comes_back() -> None:
    cable = _Cable()
    state = probe_loop.probe(cable, cable.source)
    assert state
    assert (state.device, state.error) == ("vcam", "")
    assert state.difference < ALIKE
    assert cable.names == ["vcam"]
    assert cable.closed
    assert not [thread for thread in threading.enumerate() if thread.name == "test card"]


def test_a_mirrored_card_is_seen() -> None:
    cable = _Cable(mirrored=True)
    state = probe_loop.probe(cable, cable.source)
    assert state
    assert state.difference > ALIKE


def test_nothing_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_loop, "PATIENCE_S", 0.01)
    cable = _Cable(silent=True)
    state = probe_loop.probe(cable, cable.source)
    assert state
    assert "no picture" in state.error
    assert cable.closed


def test_without_a_virtual_camera_there_is_nothing_to_say() -> None:
    cable = _Cable(there=False)
    assert probe_loop.probe(cable, cable.source) is None


def test_a_camera_that_cannot_be_read() -> None:
    def missing(name: str) -> _Cable:
        raise CameraError("no camera is called vcam", hint="Look.")

    cable = _Cable()
    state = probe_loop.probe(cable, missing)
    assert state
    assert (state.error, state.hint) == ("no camera is called vcam", "Look.")
    assert cable.closed
