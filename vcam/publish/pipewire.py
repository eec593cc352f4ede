"""vcam as a camera of PipeWire: on Linux, without a kernel module and without root.

Readers are browsers that use the camera portal (Chromium, Firefox), OBS, and everything on GStreamer's
`pipewiresrc`. The camera is a node of the session's daemon; when the daemon restarts, the node comes back.
"""

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vcam.errors import SinkError
from vcam.publish.pipewire_abi import StreamState, library
from vcam.publish.pipewire_node import CameraNode
from vcam.types import Frame, Size

_log = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 3.0
RECONNECT_EVERY_S = 1.0


def available() -> bool:
    """Whether this system has libpipewire, and a daemon that answers in this session."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        library()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(str(_daemon_socket()))
    except (OSError, AttributeError):
        return False
    return True


def _daemon_socket() -> Path:
    """Where the daemon listens, by the rules of `pipewire(1)`."""
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR") or "/run/pipewire"
    return Path(folder) / os.environ.get("PIPEWIRE_REMOTE", "pipewire-0")


class PipeWireCamera:
    """A FrameSink that is a PipeWire camera of one size and rate.

    A lost daemon is no error: `send` drops pictures and tries once a second to come back, without waiting.
    """

    def __init__(
        self,
        size: Size,
        rate_hz: float,
        label: str = "vcam",
        *,
        connect: Callable[[str, Size, float, Callable[[], None]], CameraNode] = CameraNode,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._size = size
        self._rate_hz = rate_hz
        self._label = label
        self._connect = connect
        self._clock = clock
        self._changed = threading.Event()
        self._node: CameraNode | None = None
        self._retry_at_s = 0.0

    @property
    def label(self) -> str:
        """The name under which apps list the camera."""
        return self._label

    @property
    def size(self) -> Size:
        """The only size that `send` takes."""
        return self._size

    @property
    def rate_hz(self) -> float:
        """The rate that the camera announces."""
        return self._rate_hz

    def watched(self) -> bool | None:
        """Whether an app reads the camera now; None while the sink is closed."""
        node = self._node
        return None if node is None else node.state is StreamState.STREAMING

    def open(self) -> None:
        """Publish the camera. Raises SinkError where PipeWire is missing or does not answer within 3 s."""
        if self._node is not None:
            return
        node = self._connect(self._label, self._size, self._rate_hz, self._changed.set)
        deadline_s = self._clock() + OPEN_TIMEOUT_S
        while node.state is StreamState.CONNECTING and self._clock() < deadline_s:
            self._changed.clear()
            self._changed.wait(0.05)
        if node.state not in (StreamState.PAUSED, StreamState.STREAMING):
            reason = node.reason or f"still {node.state.name.lower()}"
            node.close()
            raise SinkError(
                f"PipeWire did not take the camera: {reason}",
                hint="Restart PipeWire (systemctl --user restart pipewire wireplumber) and start vcam again.",
            )
        self._node = node

    def send(self, frame: Frame) -> None:
        """Give one frame to the readers, if there are any. Raises ValueError for another size."""
        if frame.size != self._size:
            raise ValueError(f"a {frame.size} frame for a {self._size} camera")
        if self._node is None:
            raise SinkError("the PipeWire camera is not open", hint="Start vcam again.")
        if self._node.lost:
            self._reconnect()
        else:
            self._node.put(frame.pixels)

    def _reconnect(self) -> None:
        now_s = self._clock()
        if self._node is None or now_s < self._retry_at_s:
            return
        self._retry_at_s = now_s + RECONNECT_EVERY_S
        self._node.close()
        try:
            self._node = self._connect(self._label, self._size, self._rate_hz, self._changed.set)
        except SinkError as error:
            _log.debug("PipeWire is still away: %s", error)
        else:
            _log.info("PipeWire is back; the camera is published again")

    def close(self) -> None:
        """Take the camera away; a second call does nothing."""
        node, self._node = self._node, None
        if node is not None:
            node.close()
