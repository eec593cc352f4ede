"""The part of libpipewire-0.3 that a camera needs, for ctypes: structures, constants, functions.

The library is the system's own (every desktop that has PipeWire has it); there is no binding on PyPI that
carries video streams. Source of every declaration: `pipewire/stream.h`, `pipewire/thread-loop.h`,
`pipewire/properties.h`, `spa/buffer/buffer.h` and `spa/buffer/meta.h`; nothing newer than 0.3.34 is used.
"""

import ctypes
import functools
import sys
from collections.abc import Callable
from ctypes import POINTER, Structure, c_char_p, c_int, c_int32, c_int64, c_uint32, c_uint64, c_void_p
from enum import IntEnum
from typing import Any

DIRECTION_OUTPUT = 1
ANY_NODE = 0xFFFFFFFF
FLAG_MAP_BUFFERS = 1 << 2
FLAG_DRIVER = 1 << 3


class StreamState(IntEnum):
    """`enum pw_stream_state`."""

    ERROR = -1
    UNCONNECTED = 0
    CONNECTING = 1
    PAUSED = 2
    STREAMING = 3


class Chunk(Structure):
    """`struct spa_chunk`: the part of a block that holds data."""

    _fields_ = (("offset", c_uint32), ("size", c_uint32), ("stride", c_int32), ("flags", c_int32))


class Data(Structure):
    """`struct spa_data`: one block of a buffer."""

    _fields_ = (
        ("type", c_uint32),
        ("flags", c_uint32),
        ("fd", c_int64),
        ("map_offset", c_uint32),
        ("max_size", c_uint32),
        ("data", c_void_p),
        ("chunk", POINTER(Chunk)),
    )


class Meta(Structure):
    """`struct spa_meta`: one block of metadata."""

    _fields_ = (("type", c_uint32), ("size", c_uint32), ("data", c_void_p))


class MetaHeader(Structure):
    """`struct spa_meta_header`: sequence number and presentation time (ns, CLOCK_MONOTONIC)."""

    _fields_ = (
        ("flags", c_uint32),
        ("offset", c_uint32),
        ("pts", c_int64),
        ("dts_offset", c_int64),
        ("seq", c_uint64),
    )


class SpaBuffer(Structure):
    """`struct spa_buffer`."""

    _fields_ = (
        ("n_metas", c_uint32),
        ("n_datas", c_uint32),
        ("metas", POINTER(Meta)),
        ("datas", POINTER(Data)),
    )


class StreamBuffer(Structure):
    """`struct pw_buffer`, as far as it is the same in every version."""

    _fields_ = (("buffer", POINTER(SpaBuffer)), ("user_data", c_void_p), ("size", c_uint64))


StateChanged = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_int, c_char_p)
ParamChanged = ctypes.CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)


class StreamEvents(Structure):
    """`struct pw_stream_events`, version 0; a callback left NULL is not called."""

    _fields_ = (
        ("version", c_uint32),
        ("destroy", c_void_p),
        ("state_changed", StateChanged),
        ("control_info", c_void_p),
        ("io_changed", c_void_p),
        ("param_changed", ParamChanged),
        ("add_buffer", c_void_p),
        ("remove_buffer", c_void_p),
        ("process", c_void_p),
        ("drained", c_void_p),
    )


_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "pw_init": (None, [c_void_p, c_void_p]),
    "pw_get_library_version": (c_char_p, []),
    "pw_thread_loop_new": (c_void_p, [c_char_p, c_void_p]),
    "pw_thread_loop_get_loop": (c_void_p, [c_void_p]),
    "pw_thread_loop_start": (c_int, [c_void_p]),
    "pw_thread_loop_lock": (None, [c_void_p]),
    "pw_thread_loop_unlock": (None, [c_void_p]),
    "pw_thread_loop_stop": (None, [c_void_p]),
    "pw_thread_loop_destroy": (None, [c_void_p]),
    "pw_properties_new_string": (c_void_p, [c_char_p]),
    "pw_stream_new_simple": (c_void_p, [c_void_p, c_char_p, c_void_p, POINTER(StreamEvents), c_void_p]),
    "pw_stream_connect": (c_int, [c_void_p, c_int, c_uint32, c_int, POINTER(c_void_p), c_uint32]),
    "pw_stream_update_params": (c_int, [c_void_p, POINTER(c_void_p), c_uint32]),
    "pw_stream_dequeue_buffer": (POINTER(StreamBuffer), [c_void_p]),
    "pw_stream_queue_buffer": (c_int, [c_void_p, POINTER(StreamBuffer)]),
    "pw_stream_trigger_process": (c_int, [c_void_p]),
    "pw_stream_destroy": (None, [c_void_p]),
}


@functools.cache
def library() -> ctypes.CDLL:
    """The initialised library. Raises OSError where this system has none, AttributeError where it is too old.

    Calls release the interpreter's lock, so a callback on the library's own thread can always take it.
    """
    if not sys.platform.startswith("linux"):
        raise OSError(f"PipeWire does not exist on {sys.platform}")
    found = ctypes.CDLL("libpipewire-0.3.so.0", use_errno=True)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(found, name)
        function.restype = result
        function.argtypes = arguments
    found.pw_init(None, None)
    return found


def with_params(call: Callable[[Any, int], int], *pods: bytes) -> int:
    """Return `call(params, n_params)`, called with an array of pods that lives as long as the call."""
    # The library reads pods as 64-bit words, hence memory that ctypes aligns for them.
    copies = [(c_uint64 * (len(pod) // 8)).from_buffer_copy(pod) for pod in pods]
    addresses = (c_void_p * len(copies))(*(ctypes.addressof(copy) for copy in copies))
    return call(addresses, len(copies))
