"""The node against a scripted libpipewire: real structures in memory, no daemon."""

import ctypes

import numpy as np
import pytest

from vcam.errors import SinkError
from vcam.publish import pipewire_node, spa_pod
from vcam.publish.pipewire_abi import Chunk, Data, Meta, MetaHeader, SpaBuffer, StreamBuffer, StreamState
from vcam.publish.yuv import YuvConverter, YuvFormat
from vcam.types import Size

SIZE = Size(64, 48)
BYTES = YuvFormat.I420.byte_count(SIZE)
GREY = np.full((48, 64, 3), 128, np.uint8)


class ScriptedLibrary:
    """Answers every function with 1, records the calls, and hands out one buffer at a time."""

    def __init__(self, byte_count=BYTES):
        self.calls = []
        self.answers = {}
        self.memory = (ctypes.c_uint8 * byte_count)()
        self.header = MetaHeader(pts=-1)
        self.chunk = Chunk()
        self._data = Data(
            max_size=byte_count, data=ctypes.addressof(self.memory), chunk=ctypes.pointer(self.chunk)
        )
        self._meta = Meta(type=1, size=32, data=ctypes.addressof(self.header))
        self._spa = SpaBuffer(1, 1, ctypes.pointer(self._meta), ctypes.pointer(self._data))
        self.buffer = ctypes.pointer(StreamBuffer(buffer=ctypes.pointer(self._spa)))

    def __getattr__(self, name):
        def function(*arguments):
            self.calls.append(name)
            if name == "pw_stream_dequeue_buffer":
                return self.buffer
            return self.answers.get(name, 1)

        return function


@pytest.fixture
def library(monkeypatch):
    scripted = ScriptedLibrary()
    monkeypatch.setattr(pipewire_node, "library", lambda: scripted)
    return scripted


def _streaming(layout=YuvFormat.I420):
    node = pipewire_node.CameraNode("vcam", SIZE, 30.0)
    pod = ctypes.create_string_buffer(spa_pod.video_format(layout, SIZE, 30.0))
    node._on_param(None, spa_pod.ParamId.FORMAT, ctypes.addressof(pod))
    node._on_state(None, 2, StreamState.STREAMING, None)
    return node


def test_a_picture_lands_in_the_buffer_with_its_header(library):
    node = _streaming()
    library.calls.clear()
    assert node.put(GREY)
    assert library.calls == [
        "pw_thread_loop_lock",
        "pw_stream_dequeue_buffer",
        "pw_stream_queue_buffer",
        "pw_stream_trigger_process",
        "pw_thread_loop_unlock",
    ]
    expected = np.empty(BYTES, np.uint8)
    YuvConverter(YuvFormat.I420, SIZE).convert(GREY, expected)
    assert bytes(library.memory) == expected.tobytes()
    assert (library.chunk.offset, library.chunk.size, library.chunk.stride) == (0, BYTES, 64)
    assert library.header.pts > 0
    assert node.put(GREY)
    assert library.header.seq == 1


def test_every_layout_is_offered_by_itself(library, monkeypatch):
    offered = []

    def with_params(call, *pods):
        offered.extend(pods)
        return 1

    monkeypatch.setattr(pipewire_node, "with_params", with_params)
    pipewire_node.CameraNode("vcam", SIZE, 30.0)
    assert offered == [spa_pod.video_format(layout, SIZE, 30.0) for layout in ("I420", "NV12", "YUY2")]


def test_nothing_is_touched_while_nobody_reads(library):
    node = pipewire_node.CameraNode("vcam", SIZE, 30.0)
    node._on_state(None, 1, StreamState.PAUSED, None)
    library.calls.clear()
    assert not node.put(GREY)
    assert library.calls == []


def test_readers_that_hold_every_buffer_cost_the_picture_only(library):
    node = _streaming()
    library.buffer = None
    assert not node.put(GREY)
    assert "pw_stream_queue_buffer" not in library.calls


@pytest.mark.parametrize("spoil", ["no format", "small buffer", "unmapped buffer"])
def test_a_buffer_that_cannot_be_filled_goes_back_empty(library, spoil):
    node = _streaming()
    if spoil == "no format":
        node._on_param(None, spa_pod.ParamId.FORMAT, None)
    elif spoil == "small buffer":
        library._data.max_size = BYTES - 1
    else:
        library._data.data = None
    library.chunk.size = 7
    assert not node.put(GREY)
    assert library.chunk.size == 0
    assert library.calls[-3:-1] == ["pw_stream_queue_buffer", "pw_stream_trigger_process"]


def test_a_buffer_goes_back_and_the_lock_opens_when_the_picture_is_wrong(library):
    node = _streaming()
    with pytest.raises(ValueError, match="I420"):
        node.put(GREY[:24])
    assert library.calls[-3:] == [
        "pw_stream_queue_buffer",
        "pw_stream_trigger_process",
        "pw_thread_loop_unlock",
    ]


def test_callbacks_never_raise_into_c(library, caplog):
    node = pipewire_node.CameraNode("vcam", SIZE, 30.0)
    junk = ctypes.create_string_buffer(bytes(16))
    node._on_param(None, spa_pod.ParamId.FORMAT, ctypes.addressof(junk))
    node._on_state(None, 0, 99, b"\xff")
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert not node.put(GREY)


def test_a_format_that_was_not_offered_is_not_sent(library, caplog):
    node = _streaming()
    pod = bytearray(spa_pod.video_format(YuvFormat.I420, SIZE, 30.0))
    at = pod.index((0x20001).to_bytes(4, "little")) + 16
    pod[at : at + 4] = (15).to_bytes(4, "little")
    raw = (ctypes.c_uint8 * len(pod)).from_buffer(pod)
    node._on_param(None, spa_pod.ParamId.FORMAT, ctypes.addressof(raw))
    assert not node.put(GREY)
    assert "not offered" in caplog.text


def test_a_daemon_that_does_not_answer_is_a_sink_error_and_leaves_nothing_behind(library):
    library.answers["pw_stream_connect"] = -112
    with pytest.raises(SinkError, match="112") as caught:
        pipewire_node.CameraNode("vcam", SIZE, 30.0)
    assert "PipeWire" in caught.value.hint
    assert library.calls[-2:] == ["pw_thread_loop_stop", "pw_thread_loop_destroy"]
    assert "pw_stream_destroy" in library.calls


def test_a_missing_library_is_a_sink_error(monkeypatch):
    def missing():
        raise OSError("cannot open shared object file")

    monkeypatch.setattr(pipewire_node, "library", missing)
    with pytest.raises(SinkError, match="libpipewire"):
        pipewire_node.CameraNode("vcam", SIZE, 30.0)


def test_closing_twice_destroys_once(library):
    node = _streaming()
    node.close()
    node.close()
    assert library.calls.count("pw_stream_destroy") == library.calls.count("pw_thread_loop_destroy") == 1
    assert node.lost
