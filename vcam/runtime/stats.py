"""What happens, in numbers: collected by the workers, read as one snapshot."""

import dataclasses
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vcam.runtime.pacer import NS_PER_S, now_ns
from vcam.types import SourceFormat

WINDOW_S = 5.0
"""Rates and percentiles describe the last so many seconds."""
_SAMPLES = 2048


class State(StrEnum):
    """What the output shows, and why."""

    STARTING = "starting"
    LIVE = "live"
    STANDBY = "standby"
    ASLEEP = "asleep"
    RECONNECTING = "reconnecting"
    SWITCHING = "switching"
    HOLDING = "holding"
    FAILED = "failed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The running session at one moment; rates in Hz, times in ms, both over the last seconds.

    `dropped` counts frames of the camera that a newer one replaced before they were processed, `repeated`
    output ticks that showed a picture again, `late` ticks that were skipped because the output was busy.
    `age_ms_p95` is the time from a frame's arrival to its first appearance in the output. `problem` and
    `hint` say what is wrong right now; both are empty when all is well.
    """

    state: State = State.STARTING
    source: str = ""
    format: SourceFormat | None = None
    outputs: tuple[str, ...] = ()
    fps_in: float = 0.0
    fps_out: float = 0.0
    faces: int = 0
    expression: str = ""
    step_ms_p50: float = 0.0
    step_ms_p95: float = 0.0
    age_ms_p95: float = 0.0
    frames_in: int = 0
    frames_stepped: int = 0
    frames_out: int = 0
    dropped: int = 0
    repeated: int = 0
    late: int = 0
    problem: str = ""
    hint: str = ""

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON types; `format` becomes `width`, `height` and `rate_hz` (or null)."""
        plain: dict[str, object] = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in {"state", "format", "outputs"}
        }
        size, rate_hz = self.format if self.format else (None, None)
        plain |= {"state": self.state.value, "outputs": list(self.outputs), "rate_hz": rate_hz}
        return plain | {"width": size and size.width, "height": size and size.height}


class Stats:
    """Collects what the workers note; `snapshot` may be taken from any thread at any time."""

    def __init__(self, *, clock: Callable[[], int] = now_ns) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._now = Snapshot()
        self._arrivals: deque[int] = deque(maxlen=_SAMPLES)
        self._sends: deque[int] = deque(maxlen=_SAMPLES)
        self._steps: deque[tuple[int, float]] = deque(maxlen=_SAMPLES)
        self._ages: deque[tuple[int, float]] = deque(maxlen=_SAMPLES)

    def note(self, **changes: object) -> None:
        """Replace fields of the snapshot that are plain facts, such as `state`, `source` or `problem`."""
        with self._lock:
            self._now = dataclasses.replace(self._now, **changes)  # type: ignore[arg-type]

    def saw(self, faces: int, expression: str) -> None:
        """A frame showed so many faces; `expression` is that of the first one."""
        self.note(faces=faces, expression=expression)

    def arrived(self, dropped: int) -> None:
        """A frame came from the source; `dropped` so far in all."""
        with self._lock:
            self._arrivals.append(self._clock())
            self._now = dataclasses.replace(self._now, frames_in=self._now.frames_in + 1, dropped=dropped)

    def stepped(self, step_ms: float) -> None:
        """A frame was processed in `step_ms`."""
        with self._lock:
            self._steps.append((self._clock(), step_ms))
            self._now = dataclasses.replace(self._now, frames_stepped=self._now.frames_stepped + 1)

    def sent(self, *, repeated: bool, late: int, age_ms: float | None) -> None:
        """A frame went out; `late` ticks were skipped so far, `age_ms` where it is a new live picture."""
        with self._lock:
            self._sends.append(self._clock())
            if age_ms is not None:
                self._ages.append((self._clock(), age_ms))
            out, again = self._now.frames_out + 1, self._now.repeated + repeated
            self._now = dataclasses.replace(self._now, frames_out=out, repeated=again, late=late)

    def snapshot(self) -> Snapshot:
        """The state of the session now."""
        with self._lock:
            now = self._clock()
            oldest = now - round(WINDOW_S * NS_PER_S)
            for times in (self._arrivals, self._sends):
                while times and times[0] < oldest:
                    times.popleft()
            for timed in (self._steps, self._ages):
                while timed and timed[0][0] < oldest:
                    timed.popleft()
            p50, p95 = _percentiles(ms for _, ms in self._steps)
            return dataclasses.replace(
                self._now,
                fps_in=_rate_hz(self._arrivals, now),
                fps_out=_rate_hz(self._sends, now),
                step_ms_p50=p50,
                step_ms_p95=p95,
                age_ms_p95=_percentiles(ms for _, ms in self._ages)[1],
            )


def _rate_hz(times: deque[int], now: int) -> float:
    # Counted to the present moment, so that the rate falls to 0 when nothing comes any more.
    return (len(times) - 1) * NS_PER_S / (now - times[0]) if len(times) > 1 and now > times[0] else 0.0


def _percentiles(values: Iterable[float]) -> tuple[float, float]:
    found = np.fromiter(values, float)
    if not found.size:
        return 0.0, 0.0
    p50, p95 = np.percentile(found, [50, 95])
    return float(p50), float(p95)
