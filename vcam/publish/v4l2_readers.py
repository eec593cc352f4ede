"""Whether anybody reads a v4l2loopback device, as far as its version lets one know.

From 0.13 the module tells a writer when reading starts and ends. Before that, other programs' opens and
closes of the device are counted; one that only looks at the device then counts as a reader for that moment.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable

from vcam.publish import v4l2, v4l2_abi

_IN_OPEN, _IN_CLOSE_WRITE, _IN_CLOSE_NOWRITE, _IN_Q_OVERFLOW = 0x20, 0x08, 0x10, 0x4000
_INOTIFY_EVENT = struct.Struct("=iIII")


class ClientUsage:
    """Follows the module's own events on the writer's descriptor, which must not block.

    Raises OSError where the module has no such event (before 0.13).
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._count = 0
        v4l2_abi.subscribe_client_usage(fd)

    def watched(self) -> bool:
        """Whether a program streams from the device now. Raises OSError where the device is gone."""
        try:
            while True:
                count = v4l2_abi.next_client_usage(self._fd)
                self._count = self._count if count is None else count
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.EAGAIN):
                raise
        return self._count > 0

    def close(self) -> None:
        """Nothing to do: the subscription ends with the writer's descriptor."""


class OpenCount:
    """Counts other programs' opens and closes of the device with inotify.

    To be made after this process opened the device. Raises OSError where inotify is not to be had.
    """

    def __init__(
        self,
        path: str,
        others: Callable[[str], list[tuple[int, str]]] = v4l2.readers_and_writers,
    ) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._path = path
        self._others = others
        self._fd: int | None = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        mask = _IN_OPEN | _IN_CLOSE_WRITE | _IN_CLOSE_NOWRITE
        if self._fd < 0 or libc.inotify_add_watch(self._fd, os.fsencode(path), mask) < 0:
            raise OSError(ctypes.get_errno(), "inotify", path)
        self._count = len(others(path))

    def watched(self) -> bool:
        """Whether another program has the device open now."""
        fd = self._fd
        if fd is None:
            return False
        try:
            while events := os.read(fd, 4096):
                self._apply(events)
        except BlockingIOError:
            pass
        return self._count > 0

    def _apply(self, events: bytes) -> None:
        offset = 0
        while offset < len(events):
            _, mask, _, name_bytes = _INOTIFY_EVENT.unpack_from(events, offset)
            offset += _INOTIFY_EVENT.size + name_bytes
            if mask & _IN_Q_OVERFLOW:
                self._count = len(self._others(self._path))
            elif mask & _IN_OPEN:
                self._count += 1
            elif mask & (_IN_CLOSE_WRITE | _IN_CLOSE_NOWRITE):
                self._count = max(self._count - 1, 0)

    def close(self) -> None:
        """Stop counting; a second call does nothing."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
