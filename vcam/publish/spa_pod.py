"""SPA pods: the tagged values with which PipeWire negotiates formats and buffers.

A pod is `uint32 size, uint32 type`, then `size` bytes of body, then zeros up to a multiple of 8, everything
in the machine's byte order. Source of layout and numbers: PipeWire's headers `spa/pod/pod.h`,
`spa/utils/type.h`, `spa/buffer/meta.h`, `spa/param/{param,format,buffers}.h` and `spa/param/video/*.h`. They
are the wire format between client and daemon, and stay the same in all of libpipewire 0.3 and 1.x.
"""

import struct
from collections.abc import Mapping
from enum import IntEnum
from fractions import Fraction

from vcam.publish.yuv import YuvFormat
from vcam.types import Size


class PodType(IntEnum):
    """`SPA_TYPE_*`: what a pod holds."""

    ID = 3
    INT = 4
    RECTANGLE = 10
    FRACTION = 11
    OBJECT = 15
    CHOICE = 19


class ObjectType(IntEnum):
    """`SPA_TYPE_OBJECT_*`: what an object pod describes."""

    FORMAT = 0x40003
    BUFFERS = 0x40004
    META = 0x40005


class ParamId(IntEnum):
    """`SPA_PARAM_*`: which parameter of a port an object pod sets."""

    ENUM_FORMAT = 3
    FORMAT = 4
    BUFFERS = 5
    META = 6


class FormatKey(IntEnum):
    """`SPA_FORMAT_*`: properties of a format object."""

    MEDIA_TYPE = 1
    MEDIA_SUBTYPE = 2
    VIDEO_FORMAT = 0x20001
    VIDEO_SIZE = 0x20003
    VIDEO_FRAMERATE = 0x20004
    VIDEO_COLOR_RANGE = 0x2000C
    VIDEO_COLOR_MATRIX = 0x2000D


MEDIA_TYPE_VIDEO = 2
MEDIA_SUBTYPE_RAW = 1
COLOR_RANGE_16_235 = 2
COLOR_MATRIX_BT601 = 4
META_HEADER, META_HEADER_BYTES = 1, 32
META_BUSY, META_BUSY_BYTES = 6, 8
VIDEO_FORMATS = {YuvFormat.I420: 2, YuvFormat.YUY2: 4, YuvFormat.NV12: 23}

_CHOICE_RANGE = 1
_BODIES = {
    PodType.ID: struct.Struct("=I"),
    PodType.INT: struct.Struct("=i"),
    PodType.RECTANGLE: struct.Struct("=II"),
    PodType.FRACTION: struct.Struct("=II"),
}


def _pod(kind: PodType, body: bytes) -> bytes:
    return struct.pack("=II", len(body), kind) + body + bytes(-len(body) % 8)


def _value(kind: PodType, *numbers: int) -> bytes:
    return _pod(kind, _BODIES[kind].pack(*numbers))


def _int_range(preferred: int, least: int, most: int) -> bytes:
    """A choice of any integer from `least` to `most`."""
    return _pod(
        PodType.CHOICE, struct.pack("=IIIIiii", _CHOICE_RANGE, 0, 4, PodType.INT, preferred, least, most)
    )


def _object(kind: ObjectType, param: ParamId, properties: Mapping[int, bytes]) -> bytes:
    parts = [struct.pack("=II", kind, param)]
    parts += [struct.pack("=II", key, 0) + pod for key, pod in properties.items()]
    return _pod(PodType.OBJECT, b"".join(parts))


def video_format(layout: YuvFormat, size: Size, rate_hz: float) -> bytes:
    """One format that a camera offers. To offer several, send one pod each, best first.

    A single pod with a choice of layouts means the same, but Chromium then takes none of them.
    """
    rate = Fraction(rate_hz).limit_denominator(1001)
    return _object(
        ObjectType.FORMAT,
        ParamId.ENUM_FORMAT,
        {
            FormatKey.MEDIA_TYPE: _value(PodType.ID, MEDIA_TYPE_VIDEO),
            FormatKey.MEDIA_SUBTYPE: _value(PodType.ID, MEDIA_SUBTYPE_RAW),
            FormatKey.VIDEO_FORMAT: _value(PodType.ID, VIDEO_FORMATS[layout]),
            FormatKey.VIDEO_SIZE: _value(PodType.RECTANGLE, *size),
            FormatKey.VIDEO_FRAMERATE: _value(PodType.FRACTION, rate.numerator, rate.denominator),
            FormatKey.VIDEO_COLOR_RANGE: _value(PodType.ID, COLOR_RANGE_16_235),
            FormatKey.VIDEO_COLOR_MATRIX: _value(PodType.ID, COLOR_MATRIX_BT601),
        },
    )


def buffers(byte_count: int, stride: int, count: int, most: int) -> bytes:
    """Asks for `count` buffers (2 to `most`), each of one block of `byte_count` bytes."""
    return _object(
        ObjectType.BUFFERS,
        ParamId.BUFFERS,
        {
            1: _int_range(count, 2, most),
            2: _value(PodType.INT, 1),
            3: _value(PodType.INT, byte_count),
            4: _value(PodType.INT, stride),
        },
    )


def metadata(kind: int, byte_count: int) -> bytes:
    """Asks for a block of metadata (`META_HEADER`, `META_BUSY`) beside every buffer."""
    return _object(
        ObjectType.META, ParamId.META, {1: _value(PodType.ID, kind), 2: _value(PodType.INT, byte_count)}
    )


def video_layout(format_pod: bytes) -> YuvFormat | None:
    """The layout that a negotiated format object names; None where it names none of ours.

    Raises ValueError where the bytes are not a format object.
    """
    number = _single_ids(format_pod).get(FormatKey.VIDEO_FORMAT)
    return next((layout for layout, known in VIDEO_FORMATS.items() if known == number), None)


def _single_ids(format_pod: bytes) -> dict[int, int]:
    """Properties of a format object that hold an id (or a choice of ids: its first), by key."""
    try:
        size, kind, described = struct.unpack_from("=III", format_pod)
        if kind != PodType.OBJECT or described != ObjectType.FORMAT or size + 8 > len(format_pod):
            raise ValueError("not a format object")
        found = {}
        offset = 16
        while offset < size + 8:
            key, _, value_size, value_kind = struct.unpack_from("=IIII", format_pod, offset)
            body = offset + 16
            if value_kind == PodType.ID:
                found[key] = struct.unpack_from("=I", format_pod, body)[0]
            elif (
                value_kind == PodType.CHOICE
                and struct.unpack_from("=I", format_pod, body + 12)[0] == PodType.ID
            ):
                found[key] = struct.unpack_from("=I", format_pod, body + 16)[0]
            offset = body + value_size + -value_size % 8
    except struct.error as error:
        raise ValueError("a format object that ends too early") from error
    return found
