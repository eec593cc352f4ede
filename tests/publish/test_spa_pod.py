import struct

import pytest

from vcam.publish import spa_pod
from vcam.publish.yuv import YuvFormat
from vcam.types import Size


def _format(video_format, *, kind=0x40003):
    """A format object as a daemon sends it: media type, subtype, then the given video format property."""
    body = struct.pack("=II", kind, 4)
    for key, value in ((1, struct.pack("=IIIi", 4, 3, 2, 0)), (2, struct.pack("=IIIi", 4, 3, 1, 0))):
        body += struct.pack("=II", key, 0) + value
    body += struct.pack("=II", 0x20001, 0) + video_format
    return struct.pack("=II", len(body), 15) + body


def test_an_offered_format_is_laid_out_as_the_headers_say():
    pod = spa_pod.video_format(YuvFormat.NV12, Size(1280, 720), 30.0)
    size, kind, described, param = struct.unpack_from("=IIII", pod)
    assert (size, kind, described, param) == (len(pod) - 8, 15, 0x40003, 3)
    properties, offset = {}, 16
    while offset < len(pod):
        key, flags, length, value_kind = struct.unpack_from("=IIII", pod, offset)
        assert flags == 0
        properties[key] = (value_kind, pod[offset + 16 : offset + 16 + length])
        offset += 16 + (length + 7) // 8 * 8
    assert offset == len(pod)
    assert properties == {
        1: (3, struct.pack("=I", 2)),
        2: (3, struct.pack("=I", 1)),
        0x20001: (3, struct.pack("=I", 23)),
        0x20003: (10, struct.pack("=II", 1280, 720)),
        0x20004: (11, struct.pack("=II", 30, 1)),
        0x2000C: (3, struct.pack("=I", 2)),
        0x2000D: (3, struct.pack("=I", 4)),
    }


def test_a_broken_rate_becomes_its_fraction():
    pod = spa_pod.video_format(YuvFormat.I420, Size(64, 64), 30000 / 1001)
    assert struct.pack("=IIII", 8, 11, 30000, 1001) in pod


@pytest.mark.parametrize("pod", [spa_pod.buffers(4608, 64, 8, 16), spa_pod.metadata(1, 32)])
def test_every_pod_fills_whole_words(pod):
    assert len(pod) % 8 == 0
    assert struct.unpack_from("=I", pod)[0] == len(pod) - 8


@pytest.mark.parametrize(("number", "layout"), [(2, "I420"), (23, "NV12"), (4, "YUY2"), (8, None)])
def test_the_negotiated_layout_is_read(number, layout):
    assert spa_pod.video_layout(_format(struct.pack("=IIIi", 4, 3, number, 0))) == layout


def test_a_choice_counts_as_its_first_value():
    choice = struct.pack("=IIIIIIII", 24, 19, 0, 0, 4, 3, 23, 2)
    assert spa_pod.video_layout(_format(choice)) is YuvFormat.NV12


def test_what_is_offered_can_be_read_back():
    pod = spa_pod.video_format(YuvFormat.YUY2, Size(64, 64), 30.0)
    assert spa_pod.video_layout(pod) is YuvFormat.YUY2


@pytest.mark.parametrize(
    "pod",
    [b"", b"\0" * 8, spa_pod.metadata(1, 32), _format(struct.pack("=IIIi", 4, 3, 2, 0))[:-4]],
)
def test_anything_else_is_refused(pod):
    with pytest.raises(ValueError, match="format object"):
        spa_pod.video_layout(pod)


def test_buffers_ask_for_one_block_in_a_range_of_counts():
    pod = spa_pod.buffers(4608, 64, 8, 16)
    assert struct.pack("=IIIIIIIiii", 1, 0, 28, 19, 1, 0, 4, 4, 8, 2) + struct.pack("=i", 16) in pod
    for key, value in ((2, 1), (3, 4608), (4, 64)):
        assert struct.pack("=IIIIi", key, 0, 4, 4, value) in pod
