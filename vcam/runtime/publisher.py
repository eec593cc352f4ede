"""The publish worker: feeds every sink at its full rate, with the live picture or with the card."""

import logging
import threading
from collections.abc import Callable, Sequence

import numpy as np

from vcam.errors import SinkError, VcamError
from vcam.runtime.capturer import Shot
from vcam.runtime.latest import LatestSlot
from vcam.runtime.pacer import NS_PER_S, Pacer
from vcam.runtime.situation import LINES, Gap, Part, Situation
from vcam.runtime.stats import State, Stats
from vcam.types import BGR, Frame, FrameSink

log = logging.getLogger(__name__)

MAX_AGE_NS = 500_000_000
"""No picture is shown as live longer than this after its frame arrived from the camera."""
PATIENCE = 0.4
"""A tick waits so many of its intervals for a picture that is due."""
STALE, DUE = 0.8, 1.6
"""A successor is due while a picture is between so many intervals old (once shown: below the second)."""


class Outlet:
    """One sink with its fate: open, or lost and tried again later."""

    def __init__(self, sink: FrameSink, backoff_s: Sequence[float]) -> None:
        self.sink = sink
        self.error: VcamError | None = None
        self._backoff_s = backoff_s
        self._failures = 0
        self._retry_ns: int | None = None

    def open(self) -> None:
        """Open the sink for the first time. Raises SinkError."""
        self.sink.open()

    def send(self, frame: Frame, now_ns: int) -> None:
        """Put the frame out, or try to get the sink back when its time has come; never raises."""
        if self._retry_ns is not None and now_ns < self._retry_ns:
            return
        try:
            if self._retry_ns is not None:
                self.sink.open()
                log.info("%s is back", self.sink.label)
            self.sink.send(frame)
        except SinkError as error:
            self._lose(error, now_ns)
        except Exception as error:
            log.exception("%s failed", self.sink.label)
            hint = "vcam tries again by itself; the log says more."
            self._lose(SinkError(f"{self.sink.label} failed: {error}", hint=hint), now_ns)
        else:
            self.error, self._retry_ns, self._failures = None, None, 0

    def close(self) -> None:
        """Close the sink; an error is kept in `error`, not raised."""
        try:
            self.sink.close()
        except VcamError as error:
            log.warning("%s", error)
            self.error = error
        except Exception:
            log.exception("%s could not be closed", self.sink.label)

    def _lose(self, error: VcamError, now_ns: int) -> None:
        if str(error) != str(self.error):
            log.warning("%s", error)
        self.close()
        self.error = error
        wait_s = self._backoff_s[min(self._failures, len(self._backoff_s) - 1)]
        self._retry_ns = now_ns + round(wait_s * NS_PER_S)
        self._failures += 1


class Publisher:
    """Opens the sinks, then sends one frame on every tick until the end.

    Sent frames are numbered by tick, and their `captured_ns` is the tick's time since the start, whatever
    they show: the output has its own even clock.
    """

    def __init__(
        self,
        sinks: Sequence[FrameSink],
        shots: LatestSlot[Shot],
        card: Callable[[str], Frame],
        situation: Situation,
        stats: Stats,
        *,
        clock: Callable[[], int],
        sleep: Callable[[float], object],
        backoff_s: Sequence[float],
    ) -> None:
        self.opened = threading.Event()
        self.open_error: Exception | None = None
        self.standby = False
        self._outlets = [Outlet(sink, backoff_s) for sink in sinks]
        self._size = sinks[0].size
        self._shots = shots
        self._card = card
        self._situation = situation
        self._stats = stats
        self._clock = clock
        self._pacer = Pacer(sinks[0].rate_hz, clock=clock, sleep=sleep)
        self._held: Shot | None = None
        self._shown: Shot | None = None
        self._cut_ns = -1
        self._stopped = False
        self._finishing = False
        self._told: tuple[State, VcamError | None] | None = None

    def cut(self) -> None:
        """From now on show nothing that was made from a frame that arrived before this moment."""
        self._cut_ns = self._clock()

    def finish(self) -> None:
        """No more shots will come: show the last one, then return from `run`."""
        self._finishing = True

    def stop(self) -> None:
        """Make `run` return soon; may be called from any thread."""
        self._stopped = True

    def run(self) -> None:
        """Feed the sinks until `stop` or `finish`. The first error in opening ends it: see `open_error`."""
        try:
            if self._open():
                self._feed()
        finally:
            for outlet in self._outlets:
                outlet.close()
            self._situation.set(Part.PUBLISH, self._trouble())
            self._stats.note(state=State.ENDED)
            self.opened.set()

    def _open(self) -> bool:
        for outlet in self._outlets:
            try:
                outlet.open()
            except Exception as error:  # noqa: BLE001 - handed to whoever starts the session
                self.open_error = error
                return False
        self._stats.note(outputs=tuple(outlet.sink.label for outlet in self._outlets))
        self._draw(State.STARTING)  # the slowest card is the first one: drawn before the grid of ticks starts
        return True

    def _feed(self) -> None:
        while not self._stopped:
            tick = self._pacer.wait()
            last = self._finishing
            if self._stopped:
                return
            if self._rests(tick):
                continue
            self._publish(tick)
            self.opened.set()
            if last:
                return

    def _rests(self, tick: int) -> bool:
        """Asleep, nobody looks: one card a second keeps the device, and the rest of the work is saved."""
        asleep = self._told is not None and self._told[0] is State.ASLEEP
        return (
            asleep
            and self._situation.state() is State.ASLEEP
            and tick % max(round(self._pacer.rate_hz), 1) != 0
        )

    def _publish(self, tick: int) -> None:
        self._held = self._newest()
        now = self._clock()
        pixels, state = self._choose(now)
        since_start_ns = self._pacer.deadline_ns(tick) - self._pacer.deadline_ns(0)
        frame = Frame(tick, since_start_ns, pixels)
        for outlet in self._outlets:
            outlet.send(frame, now)
        live = self._held if state is State.LIVE else None
        fresh = live is not None and live is not self._shown
        self._stats.sent(
            repeated=not fresh,
            late=self._pacer.missed,
            age_ms=(now - live.arrived_ns) / 1e6 if live is not None and fresh else None,
        )
        self._shown = live
        self._situation.set(Part.PUBLISH, self._trouble())
        self._tell(state)

    def _newest(self) -> Shot | None:
        """The picture for this tick, after a short wait where a newer one is due.

        A camera of the output's rate has a grid of its own. Where its pictures come close to the ticks, each
        would be in time or late by chance, and be shown twice or lost. So a tick waits for the picture that
        is due: when the last one has been shown, and when the one at hand came just after the tick before.
        """
        newest = self._shots.take(0.0) or self._held
        if newest is None or self.standby:
            return newest
        age_intervals = (self._clock() - newest.arrived_ns) / NS_PER_S * self._pacer.rate_hz
        if (newest is self._shown or age_intervals > STALE) and age_intervals < DUE:
            return self._shots.take(PATIENCE / self._pacer.rate_hz) or newest
        return newest

    def _choose(self, now_ns: int) -> tuple[BGR, State]:
        held = self._held
        if held is not None and (held.arrived_ns <= self._cut_ns or now_ns - held.arrived_ns > MAX_AGE_NS):
            self._held = held = None
        state = State.STANDBY if self.standby else State.LIVE if held else self._situation.state()
        if held is not None and state is State.LIVE:
            return held.frame.pixels, state
        return self._draw(state), state

    def _draw(self, state: State) -> BGR:
        try:
            return self._card(LINES[state]).pixels
        except Exception:
            log.exception("the standby card could not be drawn")
            return np.zeros((self._size.height, self._size.width, 3), np.uint8)

    def _trouble(self) -> Gap | None:
        error = next((outlet.error for outlet in self._outlets if outlet.error), None)
        return Gap(State.HOLDING, error) if error else None

    def _tell(self, state: State) -> None:
        error = self._situation.error()
        if self._told != (state, error):
            self._told = state, error
            self._stats.note(state=state, problem=str(error or ""), hint=error.hint if error else "")
            if state is not State.LIVE:
                self._stats.saw(0, "")  # of a picture that is not shown, nothing is told either
