"""A sink for tests that keeps what it is sent, and fails when told to."""

import threading
from collections import deque

from vcam.errors import SinkError
from vcam.types import Frame, Size


class Memory:
    """Keeps the newest `keep` frames with copied pixels; `count` counts all, `opened` and `closed` too.

    While `broken` is True, `open` and `send` raise SinkError.
    """

    def __init__(self, size: Size, rate_hz: float, *, keep: int = 1000, label: str = "memory") -> None:
        self.broken = False
        self.opened = 0
        self.closed = 0
        self.count = 0
        self._size = size
        self._rate_hz = rate_hz
        self._label = label
        self._frames: deque[Frame] = deque(maxlen=keep)
        self._changed = threading.Condition()
        self._is_open = False

    @property
    def label(self) -> str:
        """The name given."""
        return self._label

    @property
    def size(self) -> Size:
        """The size given."""
        return self._size

    @property
    def rate_hz(self) -> float:
        """The rate given."""
        return self._rate_hz

    @property
    def frames(self) -> list[Frame]:
        """The newest frames, oldest first."""
        with self._changed:
            return list(self._frames)

    def wait_for(self, count: int, timeout_s: float = 10.0) -> bool:
        """Wait until `count` frames were sent in all; False where that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count >= count, timeout_s)

    def watched(self) -> bool | None:
        """None: who looks at the frames cannot be known."""
        return None

    def open(self) -> None:
        """Begin to take frames. Raises SinkError while broken."""
        if self.broken:
            raise SinkError("the memory sink is broken", hint="Set broken to False.")
        self._is_open = True
        self.opened += 1

    def send(self, frame: Frame) -> None:
        """Keep the frame.

        Raises SinkError while broken, RuntimeError where it is not open, ValueError for another size.
        """
        if self.broken:
            raise SinkError("the memory sink is broken", hint="Set broken to False.")
        if not self._is_open:
            raise RuntimeError("the sink is not open")
        if frame.size != self._size:
            raise ValueError(f"{frame.size} was sent to a sink of {self._size}")
        with self._changed:
            self._frames.append(Frame(frame.seq, frame.captured_ns, frame.pixels.copy()))
            self.count += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Take no more frames."""
        if self._is_open:
            self._is_open = False
            self.closed += 1
