"""Why there is no live picture just now: what each worker says, and which of it counts."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from vcam.errors import VcamError
from vcam.runtime.stats import State

LINES: Mapping[State, str] = {
    State.STARTING: "Starting…",
    State.STANDBY: "On standby",
    State.ASLEEP: "Camera asleep",
    State.RECONNECTING: "Camera reconnecting…",
    State.SWITCHING: "Switching camera…",
    State.HOLDING: "One moment…",
    State.FAILED: "Paused: choose another pack, or restart vcam",
    State.ENDED: "The end",
}
"""The card's line in each state. Everybody in the call reads it: it names no device and no program."""


class Part(IntEnum):
    """Who has something to say; the smaller number is heard first."""

    WORKER = 0
    COMPOSE = 1
    CAPTURE = 2
    PUBLISH = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A reason for showing the card; `error` is what the user is told on the own screen."""

    state: State
    error: VcamError | None = None


class Situation:
    """The gaps of all parts; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gaps: dict[Part, Gap] = {}

    def set(self, part: Part, gap: Gap | None) -> None:
        """`part` has this reason, or none any more."""
        with self._lock:
            if gap is None:
                self._gaps.pop(part, None)
            else:
                self._gaps[part] = gap

    def state(self) -> State:
        """What the card should say: the first part's reason; `HOLDING` where no part has any.

        A camera's trouble goes before models that are still loading: it is what the user can act on.
        """
        with self._lock:
            gaps = dict(self._gaps)
        gaps.pop(Part.PUBLISH, None)  # the output's own trouble cannot be seen in the output
        first = min(gaps, default=None)
        if first is Part.COMPOSE and gaps[first].state is State.STARTING:
            first = max(gaps)
        return State.HOLDING if first is None else gaps[first].state

    def error(self) -> VcamError | None:
        """The first part's error that still holds, None when all is well."""
        with self._lock:
            return next((gap.error for _, gap in sorted(self._gaps.items()) if gap.error), None)
