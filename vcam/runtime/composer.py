"""The compose worker: makes the step, runs it on the newest frame, and makes it anew when it crashes."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Protocol

from vcam.errors import VcamError
from vcam.runtime.capturer import Shot
from vcam.runtime.fit import fit
from vcam.runtime.latest import LatestSlot
from vcam.runtime.pacer import NS_PER_S
from vcam.runtime.situation import Gap, Part, Situation
from vcam.runtime.stats import State, Stats
from vcam.types import Frame, Size

log = logging.getLogger(__name__)

MAX_CRASHES = 5
"""So many crashes within `CRASH_WINDOW_S` seconds, and the worker stops trying."""
CRASH_WINDOW_S = 60.0


class Step(Protocol):
    """What happens to a frame between camera and output; used by one thread only."""

    def step(self, frame: Frame) -> Frame | None:
        """The picture that may be shown for this frame, of the same size; None where none may."""

    def close(self) -> None:
        """Give back what the step holds."""


class Composer:
    """Takes shots, steps them at the output's size, and puts the results into `out`.

    `make_step` may be slow (it loads models) and is called in this worker. Where it raises VcamError it is
    called again after a while, for ever: a missing file may come. A step that raises is closed and made anew
    at most `MAX_CRASHES` times a minute; after that the worker waits for `replace`.
    """

    def __init__(
        self,
        make_step: Callable[[], Step],
        size: Size,
        shots: LatestSlot[Shot],
        out: LatestSlot[Shot],
        situation: Situation,
        stats: Stats,
        *,
        clock: Callable[[], int],
        backoff_s: Sequence[float],
    ) -> None:
        self.mirror = False
        self._make_step = make_step
        self._size = size
        self._shots = shots
        self._out = out
        self._situation = situation
        self._stats = stats
        self._clock = clock
        self._backoff_s = backoff_s
        self._crashes_ns: deque[int] = deque(maxlen=MAX_CRASHES)
        self._look_up = threading.Event()
        self._generation = 0
        self._stopped = False

    def replace(self, make_step: Callable[[], Step]) -> None:
        """Close the present step and go on with another one, also after the worker gave up."""
        self._make_step = make_step
        self._generation += 1
        self._look_up.set()

    def stop(self) -> None:
        """Make `run` return soon; may be called from any thread."""
        self._stopped = True
        self._look_up.set()

    def run(self) -> bool:
        """Work until `stop` (returns False), or until the shots end (returns True)."""
        failures = 0
        generation = -1
        while True:
            # Cleared before the switches are read: what is switched from here on ends every wait below.
            self._look_up.clear()
            if self._stopped:
                return False
            if generation != self._generation:
                generation, failures = self._generation, 0
                self._crashes_ns.clear()
                self._situation.set(Part.COMPOSE, Gap(State.STARTING))
            try:
                step = self._make_step()
            except VcamError as error:
                log.warning("%s", error)
                self._situation.set(Part.COMPOSE, Gap(State.STARTING, error))
                self._pause(failures)
                failures += 1
                continue
            except Exception as error:
                log.exception("the step could not be made")
                self._crashed(error)
                continue
            self._situation.set(Part.COMPOSE, None)
            try:
                with closing(step):
                    if self._work(step, generation):
                        return True
            except Exception as error:
                log.exception("a frame could not be processed")
                self._crashed(error)

    def _work(self, step: Step, generation: int) -> bool:
        """Run the step on shots; True where they ended, False where it was interrupted."""
        while not self._stopped and generation == self._generation:
            shot = self._shots.take(0.25)
            if generation != self._generation:
                return False
            if shot is None:
                if self._shots.closed:
                    return not self._stopped
                continue
            started_ns = self._clock()
            frame = step.step(fit(shot.frame, self._size, mirror=self.mirror))
            self._stats.stepped((self._clock() - started_ns) / 1e6)
            if frame is not None:
                if frame.size != self._size:
                    raise ValueError(f"the step made {frame.size} of {self._size}")
                self._out.put(Shot(frame, shot.arrived_ns))
        return False

    def _crashed(self, error: Exception) -> None:
        now = self._clock()
        self._crashes_ns.append(now)
        recent = now - self._crashes_ns[0] <= CRASH_WINDOW_S * NS_PER_S
        if len(self._crashes_ns) == MAX_CRASHES and recent:
            reason = VcamError(
                f"processing failed {MAX_CRASHES} times within a minute: {error}",
                hint="Choose another pack or camera, or restart vcam; if it goes on, run `vcam doctor`.",
            )
            self._situation.set(Part.COMPOSE, Gap(State.FAILED, reason))
            self._look_up.wait()
            return
        reason = VcamError(f"processing failed: {error}", hint="vcam starts it again by itself.")
        self._situation.set(Part.COMPOSE, Gap(State.HOLDING, reason))
        if len(self._crashes_ns) > 1:
            self._pause(len(self._crashes_ns) - 2)

    def _pause(self, failures: int) -> None:
        self._look_up.wait(self._backoff_s[min(failures, len(self._backoff_s) - 1)])
