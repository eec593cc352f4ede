"""The requests against a scripted ioctl, whose bytes are laid out by hand after videodev2.h."""

import struct
import sys

import pytest

from vcam.publish import v4l2_abi
from vcam.types import Size

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Video4Linux2 is Linux's")


@pytest.fixture
def ioctl(monkeypatch):
    """Records (request, bytes sent) and answers by writing `answer` into the buffer."""

    class Script:
        def __init__(self):
            self.calls = []
            self.answer = b""

        def __call__(self, fd, request, buffer):
            self.calls.append((request, bytes(buffer)))
            if self.answer:
                buffer[: len(self.answer)] = self.answer
            return 0

    script = Script()
    monkeypatch.setattr("fcntl.ioctl", script)
    return script


@pytest.mark.parametrize(
    ("bits", "output", "capture"),
    [
        (0x05200002, True, False),
        (0x05200001, False, True),
        (0x05200003, True, True),
        (0x05200000, False, False),
    ],
)
def test_capabilities_are_those_of_the_device_node(ioctl, bits, output, capture):
    ioctl.answer = (
        b"v4l2 loopback".ljust(16, b"\0")
        + "vcam ü".encode().ljust(32, b"\0")
        + b"platform:v4l2loopback-000".ljust(32, b"\0")
        + struct.pack("=III", 0x060100, 0x85200003, bits)
    )
    found = v4l2_abi.query_capability(3)
    assert (found.driver, found.label, found.output, found.capture) == (
        "v4l2 loopback",
        "vcam ü",
        output,
        capture,
    )
    assert [(request, len(sent)) for request, sent in ioctl.calls] == [(0x80685600, 104)]


def test_a_format_is_asked_for_in_the_layout_of_the_header(ioctl):
    got = v4l2_abi.set_output_format(3, Size(640, 360))
    request, sent = ioctl.calls[0]
    assert (request, len(sent)) == (0xC0D05605, 208)
    assert struct.unpack_from("=II4sIIII", sent, 8) == (640, 360, b"YU12", 1, 640, 345600, 1)
    assert struct.unpack_from("=I", sent) == (2,)
    assert got == (Size(640, 360), v4l2_abi.FOURCC_YU12, 345600)


def test_the_format_that_was_set_instead_is_told(ioctl):
    ioctl.answer = struct.pack("=IxxxxII4sIII", 2, 320, 240, b"YUYV", 1, 640, 153600)
    assert v4l2_abi.set_output_format(3, Size(640, 360)) == (
        Size(320, 240),
        int.from_bytes(b"YUYV", "little"),
        153600,
    )
    assert v4l2_abi.get_format(3, v4l2_abi.CAPTURE).size == Size(320, 240)
    assert ioctl.calls[1][0] == 0xC0D05604
    assert ioctl.calls[1][1][:4] == struct.pack("=I", 1)


def test_a_rate_is_told_as_the_time_between_pictures(ioctl):
    v4l2_abi.set_rate(3, 29.97)
    request, sent = ioctl.calls[0]
    assert (request, len(sent)) == (0xC0CC5616, 204)
    assert struct.unpack_from("=I", sent) == (2,)
    assert struct.unpack_from("=II", sent, 12) == (1000, 29970)


def test_streaming_and_subscription_requests(ioctl):
    v4l2_abi.stream_on(3)
    v4l2_abi.subscribe_client_usage(3)
    assert ioctl.calls == [
        (0x40045612, struct.pack("=i", 2)),
        (0x4020565A, struct.pack("=III20x", 0x10E00001, 0, 1)),
    ]


@pytest.mark.parametrize(("kind", "expected"), [(0x10E00001, 1), (3, None)])
def test_client_usage_events_are_told_from_others(ioctl, kind, expected):
    ioctl.answer = struct.pack("=IxxxxI", kind, 1)
    assert v4l2_abi.next_client_usage(3) == expected
    assert [(request, len(sent)) for request, sent in ioctl.calls] == [(0x80885659, 136)]
