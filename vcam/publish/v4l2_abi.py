"""The part of Video4Linux2 that a writer to a loopback device needs: request numbers and structures.

Source of every layout: Linux' `include/uapi/linux/videodev2.h` on 64-bit systems; of the client usage event:
`v4l2loopback.c` of v4l2loopback 0.13. All take an open file descriptor and raise what `ioctl` does (OSError).
"""

import struct
import sys
from dataclasses import dataclass
from typing import NamedTuple

from vcam.types import Size

if sys.platform != "win32":
    import fcntl

CAPTURE, OUTPUT = 1, 2
"""Buffer types, and at the same time the capability bits of a device that is read from and written to."""
FOURCC_YU12 = int.from_bytes(b"YU12", "little")

_QUERYCAP = 0x80685600
_G_FMT, _S_FMT = 0xC0D05604, 0xC0D05605
_S_PARM = 0xC0CC5616
_STREAMON = 0x40045612
_SUBSCRIBE_EVENT, _DQEVENT = 0x4020565A, 0x80885659
_CLIENT_USAGE = 0x08000000 + 0x08E00000 + 1
_SEND_INITIAL = 1
_FIELD_NONE, _COLORSPACE_SMPTE170M = 1, 1
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_PIX_FORMAT = struct.Struct("=IxxxxIIIIIII")
_FORMAT_BYTES, _PARM_BYTES, _EVENT_BYTES = 208, 204, 136


@dataclass(frozen=True, slots=True)
class Capability:
    """What a device says of itself: driver, label, and whether it can be written to and read from now."""

    driver: str
    label: str
    output: bool
    capture: bool


class PixFormat(NamedTuple):
    """The picture format of a device: size, FourCC and bytes of one picture."""

    size: Size
    fourcc: int
    byte_count: int


def query_capability(fd: int) -> Capability:
    """`VIDIOC_QUERYCAP`."""
    buffer = bytearray(_CAPABILITY.size)
    fcntl.ioctl(fd, _QUERYCAP, buffer)
    driver, card, _, _, _, bits = _CAPABILITY.unpack(buffer)
    driver, card = (text.split(b"\0")[0].decode(errors="replace") for text in (driver, card))
    return Capability(driver, card, bool(bits & OUTPUT), bool(bits & CAPTURE))


def get_format(fd: int, kind: int) -> PixFormat:
    """`VIDIOC_G_FMT` of one buffer type."""
    return _exchange_format(fd, _G_FMT, bytearray(struct.pack("=I", kind) + bytes(_FORMAT_BYTES - 4)))


def set_output_format(fd: int, size: Size) -> PixFormat:
    """`VIDIOC_S_FMT`: ask to write I420 in BT.601 of this size; returns what was set instead."""
    width, height = size
    pix = _PIX_FORMAT.pack(
        OUTPUT,
        width,
        height,
        FOURCC_YU12,
        _FIELD_NONE,
        width,
        width * height * 3 // 2,
        _COLORSPACE_SMPTE170M,
    )
    return _exchange_format(fd, _S_FMT, bytearray(pix + bytes(_FORMAT_BYTES - len(pix))))


def _exchange_format(fd: int, request: int, buffer: bytearray) -> PixFormat:
    fcntl.ioctl(fd, request, buffer)
    _, width, height, fourcc, _, _, byte_count, _ = _PIX_FORMAT.unpack_from(buffer)
    return PixFormat(Size(width, height), fourcc, byte_count)


def set_rate(fd: int, rate_hz: float) -> None:
    """`VIDIOC_S_PARM`: tell readers how many pictures a second will be written."""
    interval = struct.pack("=IIIII", OUTPUT, 0, 0, 1000, round(rate_hz * 1000))
    fcntl.ioctl(fd, _S_PARM, bytearray(interval + bytes(_PARM_BYTES - len(interval))))


def stream_on(fd: int) -> None:
    """`VIDIOC_STREAMON` for output."""
    fcntl.ioctl(fd, _STREAMON, struct.pack("=i", OUTPUT))


def subscribe_client_usage(fd: int) -> None:
    """Ask v4l2loopback (0.13 and later) for an event now and whenever reading starts or ends.

    Older versions answer EINVAL or ENOTTY.
    """
    fcntl.ioctl(fd, _SUBSCRIBE_EVENT, struct.pack("=III20x", _CLIENT_USAGE, 0, _SEND_INITIAL))


def next_client_usage(fd: int) -> int | None:
    """The count in the oldest waiting client usage event; None where an event of another kind was waiting.

    Raises OSError (ENOENT) where none waits; `fd` must not block.
    """
    buffer = bytearray(_EVENT_BYTES)
    fcntl.ioctl(fd, _DQEVENT, buffer)
    kind, count = struct.unpack_from("=IxxxxI", buffer)
    return int(count) if kind == _CLIENT_USAGE else None
