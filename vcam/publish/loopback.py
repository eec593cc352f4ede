"""vcam as a v4l2loopback camera: the writer's side of the kernel module, on Linux.

Written without a library between: what pyvirtualcam does on Linux is a dozen lines, and it hides what a call
needs to know (a failed write, a device that keeps another size, who is reading).
"""

import errno
import logging
import os
from collections.abc import Callable

import numpy as np

from vcam.errors import SinkError
from vcam.publish import v4l2, v4l2_abi
from vcam.publish.v4l2_readers import ClientUsage, OpenCount
from vcam.publish.yuv import YuvConverter, YuvFormat
from vcam.types import Frame, Size

_log = logging.getLogger(__name__)


class LoopbackCamera:
    """A FrameSink that writes I420 to a v4l2loopback device.

    `device` is a path or a label; empty takes the device labelled vcam, else the first that works.
    """

    def __init__(
        self,
        size: Size,
        rate_hz: float,
        device: str = "",
        *,
        discover: Callable[[], list[v4l2.Loopback]] = v4l2.discover,
    ) -> None:
        self._size = size
        self._rate_hz = rate_hz
        self._wanted = device
        self._discover = discover
        self._label = device or v4l2.OWN_LABEL
        self._path = ""
        self._fd: int | None = None
        self._readers: ClientUsage | OpenCount | None = None
        self._converter = YuvConverter(YuvFormat.I420, size)
        self._picture = np.empty(YuvFormat.I420.byte_count(size), np.uint8)

    @property
    def label(self) -> str:
        """The name under which apps list the camera: the device's own, once it is open."""
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
        """Whether an app reads the camera now; None while that cannot be known."""
        readers = self._readers  # another thread may close the sink meanwhile
        if readers is None:
            return None
        try:
            return readers.watched()
        except OSError as error:
            _log.debug("%s: readers unknown: %s", self._path, error)
            return None

    def open(self) -> None:
        """Choose a device, repair it where needed, and set it to this size. Raises SinkError."""
        if self._fd is not None:
            return
        device = v4l2.prepare(v4l2.choose(self._discover(), self._wanted))
        self._path, self._label = device.path, device.label
        try:
            fd = os.open(device.path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise SinkError(
                f"{device.path} cannot be opened: {error.strerror}",
                hint="Close the programs that use it, or set the device to another one.",
            ) from error
        try:
            self._set_format(fd)
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd
        self._readers = self._follow_readers(fd)

    def _set_format(self, fd: int) -> None:
        try:
            got = v4l2_abi.set_output_format(fd, self._size)
        except OSError as error:
            if error.errno == errno.EBUSY:
                held = self._held_size(fd)
                if held == self._size:
                    raise v4l2.written(self._path) from error
                raise v4l2.fixed_at(self._path, self._size, held) from error
            raise SinkError(
                f"{self._path} does not take {self._size}: {error.strerror}",
                hint=f"Reload the module: {v4l2.RELOAD}",
            ) from error
        if (got.size, got.fourcc) != (self._size, v4l2_abi.FOURCC_YU12):
            raise v4l2.fixed_at(self._path, self._size, got.size)
        try:
            v4l2_abi.set_rate(fd, self._rate_hz)
        except OSError as error:
            _log.debug("%s keeps its rate: %s", self._path, error)

    def _held_size(self, fd: int) -> Size:
        """The size that keeps a new one out. Both roles are asked: a device may answer for one only."""
        try:
            return v4l2_abi.get_format(fd, v4l2_abi.CAPTURE).size
        except OSError:
            return v4l2_abi.get_format(fd, v4l2_abi.OUTPUT).size

    def _follow_readers(self, fd: int) -> ClientUsage | OpenCount | None:
        try:
            return ClientUsage(fd)
        except OSError:
            _log.debug("%s: the module has no reader events; opens are counted", self._path)
        try:
            return OpenCount(self._path)
        except OSError as error:
            _log.debug("%s: opens cannot be counted: %s", self._path, error)
            return None

    def send(self, frame: Frame) -> None:
        """Write one frame. Raises SinkError where the device is gone, ValueError for another size."""
        if frame.size != self._size:
            raise ValueError(f"a {frame.size} frame for a {self._size} camera")
        if self._fd is None:
            raise SinkError("the camera device is not open", hint="Start vcam again.")
        self._converter.convert(frame.pixels, self._picture)
        try:
            written = os.write(self._fd, self._picture.data)
        except OSError as error:
            raise SinkError(
                f"{self._path} takes no pictures: {error.strerror}",
                hint=f"Load the module again: {v4l2.LOAD}",
            ) from error
        if written != self._picture.size:
            raise v4l2.fixed_at(self._path, self._size, v4l2_abi.get_format(self._fd, v4l2_abi.OUTPUT).size)

    def close(self) -> None:
        """Close the device; a second call does nothing."""
        readers, self._readers = self._readers, None
        if readers is not None:
            readers.close()
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
