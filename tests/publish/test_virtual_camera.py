import numpy as np
import pytest

from vcam.errors import SinkError
from vcam.publish import virtual_camera
from vcam.publish.virtual_camera import VirtualCamera, how_to_get_one
from vcam.types import BGR, Frame, Size

SIZE = Size(64, 48)


class Backend:
    """pyvirtualcam.Camera as far as it is used."""

    made: "list[Backend]" = []  # noqa: RUF012

    def __init__(self, width: int, height: int, fps: float, *, fmt: object, device: str | None) -> None:
        self.size, self.fps, self.asked = Size(width, height), fps, device
        self.device = device or "OBS Virtual Camera"
        self.sent: list[BGR] = []
        self.lost = False
        self.closed = 0
        Backend.made.append(self)

    def send(self, pixels: BGR) -> None:
        if self.lost:
            raise RuntimeError("device gone")
        self.sent.append(pixels)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> type[Backend]:
    monkeypatch.setattr(virtual_camera.pyvirtualcam, "Camera", Backend)
    Backend.made.clear()
    return Backend


def _frame(size: Size = SIZE) -> Frame:
    return Frame(0, 0, np.zeros((size.height, size.width, 3), np.uint8))


def test_frames_go_to_the_device_of_that_name(backend: type[Backend]) -> None:
    sink = VirtualCamera(SIZE, 30, device="Unity Video Capture")
    assert sink.label == "Unity Video Capture"
    sink.open()
    sink.send(_frame())
    device = backend.made[0]
    assert (device.asked, device.size, device.fps) == ("Unity Video Capture", SIZE, 30)
    assert len(device.sent) == 1
    sink.close()
    sink.close()
    assert device.closed == 1


def test_without_a_name_the_first_device_is_taken_and_named(backend: type[Backend]) -> None:
    sink = VirtualCamera(SIZE, 30)
    sink.open()
    assert backend.made[0].asked is None
    assert sink.label == "OBS Virtual Camera"
    assert sink.watched() is None


def test_a_lost_device_is_a_sink_error(backend: type[Backend]) -> None:
    sink = VirtualCamera(SIZE, 30)
    sink.open()
    backend.made[0].lost = True
    with pytest.raises(SinkError, match="was lost: device gone"):
        sink.send(_frame())


def test_none_there_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> Backend:
        raise RuntimeError("'obs' backend: OBS Virtual Camera device\nnot found")

    monkeypatch.setattr(virtual_camera.pyvirtualcam, "Camera", missing)
    with pytest.raises(SinkError, match="device not found") as caught:
        VirtualCamera(SIZE, 30).open()
    assert caught.value.hint == " ".join(how_to_get_one())


@pytest.mark.parametrize(
    ("system", "word"),
    [("Linux", "v4l2loopback"), ("Darwin", "OBS"), ("Windows", "OBS"), ("Plan9", "preview")],
)
def test_two_lines_for_every_system(system: str, word: str) -> None:
    lines = how_to_get_one(system)
    assert len(lines) == 2
    assert word in " ".join(lines)


def test_misuse_is_refused(backend: type[Backend]) -> None:
    sink = VirtualCamera(SIZE, 30)
    with pytest.raises(RuntimeError, match="not open"):
        sink.send(_frame())
    sink.open()
    with pytest.raises(ValueError, match="8x8"):
        sink.send(_frame(Size(8, 8)))
