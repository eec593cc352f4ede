import threading
from collections.abc import Iterable, Iterator
from contextlib import closing

import cv2
import numpy as np
import pytest

from vcam.capture import webcam
from vcam.capture.names import Camera
from vcam.capture.webcam import Webcam
from vcam.errors import CameraError
from vcam.types import BGR, Frame, Size

CAMERA = Camera("My Cam", 3, 200, "", virtual=False)


class Driver:
    """A cv2.VideoCapture that plays `pictures`; an Event in them blocks the read until it is set."""

    def __init__(self, pictures: Iterable[BGR | threading.Event | None], *, opens: bool = True) -> None:
        self.asked: list[tuple[int, float]] = []
        self.released = threading.Event()
        self._pictures = iter(pictures)
        self._opens = opens

    def isOpened(self) -> bool:  # noqa: N802
        return self._opens

    def read(self) -> tuple[bool, BGR | None]:
        act = next(self._pictures, None)
        if isinstance(act, threading.Event):
            act.wait(20)
            act = next(self._pictures, None)
        return act is not None, act

    def set(self, prop: int, value: float) -> bool:
        self.asked.append((prop, value))
        return True

    def get(self, prop: int) -> float:
        return 25.0 if prop == cv2.CAP_PROP_FPS else 0.0

    def release(self) -> None:
        self.released.set()


def _webcam(driver: Driver, wanted: str = "auto", listed: list[Camera] | None = None) -> Webcam:
    return Webcam(
        wanted,
        Size(1280, 720),
        30,
        list_cameras=lambda: [CAMERA] if listed is None else listed,
        open_device=lambda camera: driver,
    )


def _picture(value: int = 0) -> BGR:
    return np.full((48, 64, 3), value, np.uint8)


def _gated(count: int) -> tuple[list[threading.Event], Iterator[BGR | threading.Event]]:
    gates = [threading.Event() for _ in range(count)]

    def pictures() -> Iterator[BGR | threading.Event]:
        for value, gate in enumerate(gates):
            yield gate
            yield _picture(value)

    return gates, pictures()


def _next(frames: Iterator[Frame | None]) -> Frame:
    return next(frame for frame in frames if frame is not None)


def test_it_asks_for_mjpg_first_and_reports_what_it_gets() -> None:
    gates, pictures = _gated(2)
    driver = Driver(pictures)
    camera = _webcam(driver)
    assert (camera.label, camera.format) == ("auto", None)
    with closing(camera.frames()) as frames:
        gates[0].set()
        first = _next(frames)
        gates[1].set()
        second = _next(frames)
    assert driver.released.is_set()
    assert [prop for prop, _ in driver.asked][:2] == [cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH]
    assert driver.asked[0][1] == cv2.VideoWriter.fourcc(*"MJPG")
    assert camera.label == "My Cam"
    assert camera.wished == (Size(1280, 720), 30)
    assert camera.format == (Size(64, 48), 25.0)
    assert [first.seq, second.seq] == [0, 1]
    assert [first.pixels[0, 0, 0], second.pixels[0, 0, 0]] == [0, 1]
    assert second.captured_ns > first.captured_ns


def test_the_newest_frame_wins() -> None:
    begin, end, read = threading.Event(), threading.Event(), threading.Event()

    def pictures() -> Iterator[BGR | threading.Event]:
        yield _picture()
        yield begin
        yield from (_picture(value) for value in range(50))
        read.set()
        yield end

    driver = Driver(pictures())
    with closing(_webcam(driver).frames()) as frames:
        assert _next(frames).pixels[0, 0, 0] == 0
        begin.set()
        assert read.wait(20)
        assert _next(frames).pixels[0, 0, 0] == 49
        end.set()


def test_a_driver_that_blocks_yields_none_and_does_not_block_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webcam, "LOOK_UP_S", 0.0)
    gate = threading.Event()
    driver = Driver([gate])
    frames = _webcam(driver).frames()
    assert next(frames) is None
    gate.set()
    frames.close()
    assert driver.released.wait(20)


def test_a_camera_that_stays_silent_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webcam, "LOOK_UP_S", 0.0)
    monkeypatch.setattr(webcam, "OPENING_S", 0.0)
    gate = threading.Event()
    with closing(_webcam(Driver([gate])).frames()) as frames:
        with pytest.raises(CameraError, match="stopped sending"):
            list(frames)
        gate.set()


def test_a_camera_that_falls_silent_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webcam, "LOOK_UP_S", 0.01)
    monkeypatch.setattr(webcam, "SILENCE_S", 0.0)
    gate = threading.Event()
    with closing(_webcam(Driver([_picture(), gate])).frames()) as frames:
        assert _next(frames).seq == 0
        with pytest.raises(CameraError, match="stopped sending"):
            list(frames)
        gate.set()


def test_an_unplugged_camera_is_lost_after_its_last_frame() -> None:
    frames = _webcam(Driver([_picture()])).frames()
    assert isinstance(next(frames), Frame)
    with pytest.raises(CameraError, match="stopped sending"):
        list(frames)


def test_a_camera_that_does_not_open_says_why() -> None:
    driver = Driver([], opens=False)
    with pytest.raises(CameraError, match="My Cam cannot be opened"):
        list(_webcam(driver).frames())
    assert driver.released.is_set()


def test_an_error_of_the_library_becomes_a_camera_error() -> None:
    class Broken(Driver):
        def read(self) -> tuple[bool, BGR | None]:
            raise cv2.error("bad format")

    with pytest.raises(CameraError, match="bad format"):
        list(_webcam(Broken([])).frames())


def test_no_camera_at_all() -> None:
    with pytest.raises(CameraError, match="no camera was found"):
        next(_webcam(Driver([]), listed=[]).frames())


def test_a_camera_that_returns_is_the_same_one_by_name() -> None:
    listed = [CAMERA]
    opened: list[Camera] = []

    def open_device(camera: Camera) -> Driver:
        opened.append(camera)
        return Driver([_picture()])

    source = Webcam("auto", Size(64, 48), 30, list_cameras=lambda: listed, open_device=open_device)
    with closing(source.frames()) as frames:
        next(frames)
    other = Camera("Another", 0, 200, "", virtual=False)
    moved = Camera("My Cam", 7, 200, "", virtual=False)
    listed[:] = [other]
    with pytest.raises(CameraError, match="My Cam is not plugged in"):
        next(source.frames())
    listed[:] = [other, moved]
    with closing(source.frames()) as frames:
        next(frames)
    assert opened == [CAMERA, moved]


def test_grey_pictures_become_bgr() -> None:
    with closing(_webcam(Driver([np.full((48, 64), 9, np.uint8)])).frames()) as frames:
        assert _next(frames).pixels.shape == (48, 64, 3)
