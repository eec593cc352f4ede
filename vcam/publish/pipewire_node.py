"""One camera node in a PipeWire daemon: a `Video/Source` stream from connection to loss.

Threads: libpipewire runs a loop thread of its own, which calls `_on_state` and `_on_param` under the loop's
lock. `put` and `close` are called by one other thread and take the same lock, so buffers cannot be taken away
while a picture is written into them. Neither waits for the daemon or for a reader.
"""

import ctypes
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from vcam.errors import SinkError
from vcam.publish import spa_pod
from vcam.publish.pipewire_abi import (
    ANY_NODE,
    DIRECTION_OUTPUT,
    FLAG_DRIVER,
    FLAG_MAP_BUFFERS,
    MetaHeader,
    ParamChanged,
    SpaBuffer,
    StateChanged,
    StreamEvents,
    StreamState,
    library,
    with_params,
)
from vcam.publish.yuv import YuvConverter, unpadded_formats
from vcam.types import BGR, Size

_log = logging.getLogger(__name__)

_HINT = "Start PipeWire and its session manager (systemctl --user start pipewire wireplumber)."
# A reader may keep a few pictures (a browser keeps up to four); the rest lets the camera never wait for it.
_BUFFERS, _MOST_BUFFERS = 8, 16


class CameraNode:
    """A connected camera node. Raises SinkError where library or daemon are missing.

    `changed` is called on the loop's thread after every change of `state`; it must return at once.
    """

    def __init__(
        self, label: str, size: Size, rate_hz: float, changed: Callable[[], None] = lambda: None
    ) -> None:
        try:
            self._pw = library()
        except (OSError, AttributeError) as error:
            raise SinkError(
                f"no usable libpipewire-0.3: {error}", hint="Install PipeWire 0.3.34 or newer."
            ) from error
        self.state = StreamState.UNCONNECTED
        self.reason = ""
        self._changed = changed
        self._size = size
        self._converter: YuvConverter | None = None
        self._seq = 0
        self._events = StreamEvents(
            state_changed=StateChanged(self._on_state), param_changed=ParamChanged(self._on_param)
        )
        self._stream = None
        self._loop = self._pw.pw_thread_loop_new(b"vcam-pipewire", None)
        if not self._loop:
            raise SinkError("PipeWire's loop could not be made", hint=_HINT)
        try:
            self._connect(label, rate_hz)
        except BaseException:
            self.close()
            raise

    def _connect(self, label: str, rate_hz: float) -> None:
        properties = {
            "media.type": "Video",
            "media.class": "Video/Source",
            "media.role": "Camera",
            "media.name": label,
            "node.name": label,
            "node.description": label,
            "node.nick": label,
            "node.virtual": "true",
            "device.api": "virtual",
        }
        with self._locked():
            self._stream = self._pw.pw_stream_new_simple(
                self._pw.pw_thread_loop_get_loop(self._loop),
                label.encode(),
                self._pw.pw_properties_new_string(json.dumps(properties).encode()),
                self._events,
                None,
            )
            if not self._stream:
                raise SinkError("PipeWire's stream could not be made", hint=_HINT)
            result = with_params(
                lambda params, count: self._pw.pw_stream_connect(
                    self._stream,
                    DIRECTION_OUTPUT,
                    ANY_NODE,
                    FLAG_MAP_BUFFERS | FLAG_DRIVER,
                    params,
                    count,
                ),
                *(spa_pod.video_format(one, self._size, rate_hz) for one in unpadded_formats(self._size)),
            )
        if result < 0:
            raise SinkError(f"PipeWire does not answer (error {-result})", hint=_HINT)
        if self._pw.pw_thread_loop_start(self._loop) < 0:
            raise SinkError("PipeWire's loop could not be started", hint=_HINT)

    @property
    def lost(self) -> bool:
        """Whether the daemon has gone or has refused the node; only a new node helps."""
        return self.state in (StreamState.ERROR, StreamState.UNCONNECTED)

    def put(self, pixels: BGR) -> bool:
        """Send one picture, (H, W, 3) uint8 of the node's size, to whoever reads; False where nobody took it.

        That is so while no reader runs, and while the readers hold every buffer.
        """
        if self.state is not StreamState.STREAMING:
            return False
        with self._locked():
            buffer = self._pw.pw_stream_dequeue_buffer(self._stream)
            if not buffer:
                return False
            try:
                return self._fill(buffer.contents.buffer.contents, pixels)
            finally:
                # A buffer that was taken goes back even without a picture, or the stream would lose it.
                self._pw.pw_stream_queue_buffer(self._stream, buffer)
                self._pw.pw_stream_trigger_process(self._stream)

    def _fill(self, buffer: SpaBuffer, pixels: BGR) -> bool:
        block = buffer.datas[0]
        chunk = block.chunk.contents
        chunk.offset = chunk.size = 0
        if self._converter is None or not block.data:
            return False
        byte_count = self._converter.layout.byte_count(self._size)
        if block.max_size < byte_count:
            return False
        memory = (ctypes.c_uint8 * byte_count).from_address(block.data)
        self._converter.convert(pixels, np.ctypeslib.as_array(memory))
        chunk.size = byte_count
        chunk.stride = self._converter.layout.stride(self._size)
        chunk.flags = 0
        for meta in buffer.metas[: buffer.n_metas]:
            if meta.type == spa_pod.META_HEADER and meta.data:
                header = MetaHeader.from_address(meta.data)
                header.flags = header.offset = header.dts_offset = 0
                header.pts = time.monotonic_ns()
                header.seq = self._seq
        self._seq += 1
        return True

    def close(self) -> None:
        """Take the node away; a second call does nothing."""
        if not self._loop:
            return
        if self._stream:
            with self._locked():
                self._pw.pw_stream_destroy(self._stream)
        self._pw.pw_thread_loop_stop(self._loop)
        self._pw.pw_thread_loop_destroy(self._loop)
        self._stream = self._loop = None
        self.state = StreamState.UNCONNECTED

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._pw.pw_thread_loop_lock(self._loop)
        try:
            yield
        finally:
            self._pw.pw_thread_loop_unlock(self._loop)

    def _on_state(self, _data: int | None, _old: int, new: int, error: bytes | None) -> None:
        try:
            self.reason = error.decode(errors="replace") if error else ""
            self.state = StreamState(new)
            _log.debug("PipeWire node: %s %s", self.state.name.lower(), self.reason)
            self._changed()
        except Exception:  # noqa: BLE001 (an exception cannot pass through C)
            _log.exception("PipeWire's state could not be followed")

    def _on_param(self, _data: int | None, param: int, pod: int | None) -> None:
        try:
            if param != spa_pod.ParamId.FORMAT:
                return
            self._converter = None
            if pod is None:
                return
            byte_count = ctypes.c_uint32.from_address(pod).value + 8
            layout = spa_pod.video_layout(ctypes.string_at(pod, byte_count))
            if layout is None:
                _log.error("PipeWire chose a format that was not offered")
                return
            with_params(
                lambda params, count: self._pw.pw_stream_update_params(self._stream, params, count),
                spa_pod.buffers(
                    layout.byte_count(self._size), layout.stride(self._size), _BUFFERS, _MOST_BUFFERS
                ),
                spa_pod.metadata(spa_pod.META_HEADER, spa_pod.META_HEADER_BYTES),
                spa_pod.metadata(spa_pod.META_BUSY, spa_pod.META_BUSY_BYTES),
            )
            self._converter = YuvConverter(layout, self._size)
            _log.info("PipeWire reader takes %s %s", layout, self._size)
        except Exception:  # noqa: BLE001 (an exception cannot pass through C)
            _log.exception("PipeWire's format could not be set")
