"""The sink against a scripted device."""

import errno
import sys

import numpy as np
import pytest

from vcam.errors import SinkError
from vcam.publish import loopback, v4l2, v4l2_abi
from vcam.publish.loopback import LoopbackCamera
from vcam.publish.v4l2 import Condition, Loopback
from vcam.publish.v4l2_abi import FOURCC_YU12, PixFormat
from vcam.types import Frame, Size

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="v4l2loopback is Linux's")
SIZE = Size(64, 48)
BYTES = 64 * 48 * 3 // 2


class Device:
    """What the kernel would answer, and what it was given."""

    def __init__(self):
        self.condition = Condition.READY
        self.held = PixFormat(SIZE, FOURCC_YU12, BYTES)
        self.format_errno = 0
        self.write_errno = 0
        self.usage_errno = 0
        self.readers = 0
        self.written = []
        self.open_fds = set()

    def discover(self):
        return [Loopback("/dev/video10", "vcam", (0, 15, 4), self.condition)]

    def open(self, path, flags):
        self.open_fds.add(7)
        return 7

    def close(self, fd):
        self.open_fds.remove(fd)

    def set_output_format(self, fd, size):
        if self.format_errno:
            raise OSError(self.format_errno, "no")
        return self.held

    def subscribe(self, fd):
        if self.usage_errno:
            raise OSError(self.usage_errno, "no")

    def next_client_usage(self, fd):
        if self.readers is None:
            raise OSError(errno.ENOENT, "none")
        count, self.readers = self.readers, None
        return count

    def write(self, fd, data):
        if self.write_errno:
            raise OSError(self.write_errno, "gone")
        self.written.append(bytes(data))
        return min(len(data), self.held.byte_count)


@pytest.fixture
def device(monkeypatch):
    fake = Device()
    for name in ("open", "close", "write"):
        monkeypatch.setattr(loopback.os, name, getattr(fake, name))
    monkeypatch.setattr(v4l2_abi, "set_output_format", fake.set_output_format)
    monkeypatch.setattr(v4l2_abi, "get_format", lambda fd, kind: fake.held)
    monkeypatch.setattr(v4l2_abi, "set_rate", lambda fd, rate_hz: None)
    monkeypatch.setattr(v4l2_abi, "subscribe_client_usage", fake.subscribe)
    monkeypatch.setattr(v4l2_abi, "next_client_usage", fake.next_client_usage)
    monkeypatch.setattr(v4l2, "readers_and_writers", lambda path: [(77, "firefox")])
    return fake


def _camera(device):
    return LoopbackCamera(SIZE, 30.0, discover=device.discover)


def _frame(size=SIZE):
    return Frame(0, 0, np.full((size.height, size.width, 3), 128, np.uint8))


def test_frames_are_written_as_i420(device):
    camera = _camera(device)
    assert (camera.label, camera.size, camera.rate_hz, camera.watched()) == ("vcam", SIZE, 30.0, None)
    camera.open()
    camera.open()
    camera.send(_frame())
    assert len(device.written) == 1
    assert len(device.written[0]) == BYTES
    luma, chroma = device.written[0][: 64 * 48], device.written[0][64 * 48 :]
    assert set(luma) == {126}
    assert set(chroma) == {128}
    camera.close()
    camera.close()
    assert device.open_fds == set()


def test_readers_are_known_from_the_module(device):
    camera = _camera(device)
    camera.open()
    assert camera.watched() is False
    device.readers = 1
    assert camera.watched() is True
    assert camera.watched() is True
    camera.close()
    assert camera.watched() is None


def test_readers_are_counted_where_the_module_is_silent(device, monkeypatch):
    class Count:
        def __init__(self, path):
            self.path = path

        def watched(self):
            return True

        def close(self):
            pass

    device.usage_errno = errno.EINVAL
    monkeypatch.setattr(loopback, "OpenCount", Count)
    camera = _camera(device)
    camera.open()
    assert camera.watched() is True


def test_readers_may_stay_unknown(device, monkeypatch):
    def refused(path):
        raise OSError(errno.EMFILE, "too many")

    device.usage_errno = errno.EINVAL
    monkeypatch.setattr(loopback, "OpenCount", refused)
    camera = _camera(device)
    camera.open()
    assert camera.watched() is None


@pytest.mark.parametrize(
    ("format_errno", "held", "message", "hint"),
    [
        (0, PixFormat(Size(32, 24), FOURCC_YU12, 1152), "fixed at 32x24, not 64x48", "--size 32x24"),
        (errno.EBUSY, PixFormat(Size(32, 24), FOURCC_YU12, 1152), "fixed at 32x24", "--size 32x24"),
        (errno.EBUSY, PixFormat(SIZE, FOURCC_YU12, BYTES), "has a writer already: firefox", "Close"),
        (errno.EINVAL, PixFormat(SIZE, FOURCC_YU12, BYTES), "does not take 64x48", "modprobe"),
    ],
)
def test_a_device_that_keeps_its_format_is_explained_and_closed(device, format_errno, held, message, hint):
    device.format_errno, device.held = format_errno, held
    with pytest.raises(SinkError, match=message) as caught:
        _camera(device).open()
    assert hint in caught.value.hint
    assert device.open_fds == set()


def test_a_device_that_goes_away_is_a_sink_error_and_can_come_back(device):
    camera = _camera(device)
    camera.open()
    device.write_errno = errno.ENODEV
    with pytest.raises(SinkError, match="takes no pictures"):
        camera.send(_frame())
    camera.close()
    device.write_errno = 0
    camera.open()
    camera.send(_frame())
    assert len(device.written) == 1


def test_a_picture_that_does_not_fit_is_not_passed_over(device):
    camera = _camera(device)
    camera.open()
    device.held = PixFormat(Size(32, 24), FOURCC_YU12, 1152)
    with pytest.raises(SinkError, match="fixed at 32x24"):
        camera.send(_frame())


def test_misuse(device):
    camera = _camera(device)
    with pytest.raises(SinkError, match="not open"):
        camera.send(_frame())
    with pytest.raises(ValueError, match="64x48"):
        camera.send(_frame(Size(48, 64)))
