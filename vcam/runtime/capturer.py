"""The capture worker: keeps a source open, brings it back when it is lost, and passes its frames on."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

from vcam.errors import CameraError, VcamError
from vcam.runtime.latest import LatestSlot
from vcam.runtime.situation import Gap, Part, Situation
from vcam.runtime.stats import State, Stats
from vcam.types import Frame, FrameSource

log = logging.getLogger(__name__)

FORGET_NS = 1_500_000_000
"""A source's first frame is stamped so long after the last one of the source before, at least: what is
remembered of faces is too old by then, even where the new picture happens to look alike."""


class Shot(NamedTuple):
    """A frame with the time at which it arrived, on the runner's clock."""

    frame: Frame
    arrived_ns: int


class Capturer:
    """Opens sources one after another and puts every frame into `out`.

    Frames get consecutive `seq` and a `captured_ns` that keeps rising across reconnections, loops and
    switches: each source's clock is moved onto the runner's when its first frame comes.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        out: LatestSlot[Shot],
        situation: Situation,
        stats: Stats,
        *,
        clock: Callable[[], int],
        backoff_s: Sequence[float],
    ) -> None:
        self._open_source = open_source
        self._out = out
        self._situation = situation
        self._stats = stats
        self._clock = clock
        self._backoff_s = backoff_s
        self._look_up = threading.Event()
        self._stopped = False
        self._asleep = False
        self._generation = 0
        self._seq = 0
        self._stamp_ns = 0

    @property
    def asleep(self) -> bool:
        """Whether the source is closed on purpose; setting it closes or reopens the source."""
        return self._asleep

    @asleep.setter
    def asleep(self, asleep: bool) -> None:
        self._asleep = asleep
        self._interrupt()

    def switch(self, open_source: Callable[[], FrameSource]) -> None:
        """Close the present source and go on with another one."""
        self._open_source = open_source
        self._situation.set(Part.CAPTURE, Gap(State.SWITCHING))
        self._interrupt()

    def stop(self) -> None:
        """Make `run` return soon; may be called from any thread."""
        self._stopped = True
        self._interrupt()

    def run(self) -> bool:
        """Work until `stop` (returns False), or until a source ends by itself (returns True)."""
        failures = 0
        told = ""
        while True:
            # Cleared before the switches are read: what is switched from here on ends every wait below.
            self._look_up.clear()
            if self._stopped:
                return False
            generation = self._generation
            if self._asleep:
                self._situation.set(Part.CAPTURE, Gap(State.ASLEEP))
                self._look_up.wait()
                self._situation.set(Part.CAPTURE, Gap(State.STARTING))
                continue
            before = self._seq
            try:
                if self._drain(self._open_source(), generation):
                    return True
                failures = 0
                continue
            except CameraError as error:
                trouble: VcamError = error
                if str(error) != told or self._seq > before:
                    told = str(error)
                    log.warning("%s", error)
            except Exception as error:
                log.exception("the source failed")
                trouble = CameraError(
                    f"the camera failed: {error}", hint="vcam tries again by itself; the log says more."
                )
            if generation != self._generation:
                continue
            self._situation.set(Part.CAPTURE, Gap(State.RECONNECTING, trouble))
            failures = 0 if self._seq > before else failures
            self._look_up.wait(self._backoff_s[min(failures, len(self._backoff_s) - 1)])
            failures += 1

    def _drain(self, source: FrameSource, generation: int) -> bool:
        """Pass the source's frames on; True where it ended by itself, False where it was interrupted."""
        self._stats.note(source=source.label)
        offset_ns: int | None = None
        with closing(source.frames()) as frames:
            for frame in frames:
                # The time comes first: a frame that slips past this check is older than the cut of a switch.
                now = self._clock()
                if self._stopped or generation != self._generation:
                    return False
                if frame is None:
                    continue
                if offset_ns is None:
                    offset_ns = max(now, self._stamp_ns + FORGET_NS) - frame.captured_ns
                    self._stats.note(source=source.label, format=source.format)
                self._stamp_ns = max(frame.captured_ns + offset_ns, self._stamp_ns + 1)
                self._out.put(Shot(Frame(self._seq, self._stamp_ns, frame.pixels), now))
                self._seq += 1
                self._stats.arrived(self._out.dropped)
                self._situation.set(Part.CAPTURE, None)
        return True

    def _interrupt(self) -> None:
        self._generation += 1
        self._look_up.set()
