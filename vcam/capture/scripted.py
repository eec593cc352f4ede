"""A source for tests that does what a script says: frames, stalls, errors, an end."""

import threading
from collections.abc import Generator, Iterable

from vcam.errors import CameraError
from vcam.types import Frame, SourceFormat


class Scripted:
    """Plays `script` from its start each time it is opened; `opened` and `closed` count.

    A Frame is yielded, None is a moment without a frame, an exception is raised, and a threading.Event is
    waited for, with None yielded every 10 ms meanwhile.
    """

    def __init__(
        self,
        script: Iterable[Frame | Exception | threading.Event | None],
        *,
        label: str = "scripted",
        rate_hz: float = 30.0,
    ) -> None:
        self.opened = 0
        self.closed = 0
        self._script = script
        self._label = label
        self._rate_hz = rate_hz
        self._format: SourceFormat | None = None

    @property
    def label(self) -> str:
        """The name given."""
        return self._label

    @property
    def format(self) -> SourceFormat | None:
        """Size of the last frame and the rate given; None before the first frame."""
        return self._format

    def frames(self) -> Generator[Frame | None]:
        """Play the script. Raises what the script holds, such as CameraError."""
        self.opened += 1
        try:
            for act in self._script:
                if isinstance(act, Exception):
                    raise act
                if isinstance(act, threading.Event):
                    while not act.wait(0.01):
                        yield None
                    continue
                if act is not None:
                    self._format = SourceFormat(act.size, self._rate_hz)
                yield act
        finally:
            self.closed += 1


def unplugged() -> CameraError:
    """The error of a camera that is not there."""
    return CameraError("the camera is gone", hint="Plug it in again.")
