"""The session: three supervised workers between a source and the sinks, and the switches a user has.

    capture ──LatestSlot──▶ compose ──LatestSlot──▶ publish

Publish starts first and never waits for the others: the sinks are fed with the card at their full rate until
live pictures come, and again whenever they stop coming.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from vcam.errors import VcamError
from vcam.runtime.capturer import Capturer, Shot
from vcam.runtime.composer import Composer, Step
from vcam.runtime.latest import LatestSlot
from vcam.runtime.pacer import now_ns
from vcam.runtime.publisher import Publisher
from vcam.runtime.situation import Gap, Part, Situation
from vcam.runtime.stats import State, Stats
from vcam.types import Frame, FrameSink, FrameSource

log = logging.getLogger(__name__)

BACKOFF_S = (0.25, 0.5, 1.0, 2.0)
"""Pauses before a lost camera, sink or model is tried again; the last one repeats."""
JOIN_S = 3.0


class Runner:
    """Runs one session from `start` to `stop`, or to the end of a source that ends.

    `open_source` makes a source (cheap; its `frames` opens the device) and is called again after every loss.
    `sinks` all have one size and rate. `make_step` is called in the compose worker and may take its time.
    `card` draws the standby picture with a line of text, of the sinks' size; it should cache.
    `clock` gives nanoseconds, `sleep` waits seconds on that clock.
    Raises ValueError where the sinks are none or not alike.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        sinks: Sequence[FrameSink],
        make_step: Callable[[], Step],
        card: Callable[[str], Frame],
        *,
        stats: Stats | None = None,
        mirror: bool = False,
        standby: bool = False,
        clock: Callable[[], int] = now_ns,
        sleep: Callable[[float], object] = time.sleep,
        backoff_s: Sequence[float] = BACKOFF_S,
    ) -> None:
        if len({(sink.size, sink.rate_hz) for sink in sinks}) != 1:
            raise ValueError("there must be at least one sink, and all of one size and rate")
        self.stats = stats or Stats(clock=clock)
        self._rate_hz = sinks[0].rate_hz
        self._situation = Situation()
        self._situation.set(Part.CAPTURE, Gap(State.STARTING))
        captured: LatestSlot[Shot] = LatestSlot()
        released: LatestSlot[Shot] = LatestSlot()
        self._slots = captured, released
        self._capturer = Capturer(
            open_source, captured, self._situation, self.stats, clock=clock, backoff_s=backoff_s
        )
        self._composer = Composer(
            make_step, sinks[0].size, captured, released, self._situation, self.stats,
            clock=clock, backoff_s=backoff_s,
        )  # fmt: skip
        self._publisher = Publisher(
            sinks, released, card, self._situation, self.stats,
            clock=clock, sleep=sleep, backoff_s=backoff_s,
        )  # fmt: skip
        self.mirror = mirror
        self.standby = standby
        self._threads: list[threading.Thread] = []
        self._over = threading.Event()
        self._source_ended = False
        self._lock = threading.RLock()  # a signal handler may call stop() inside start()

    @property
    def standby(self) -> bool:
        """Whether the card is shown instead of the picture; a change takes effect on the next tick."""
        return self._publisher.standby

    @standby.setter
    def standby(self, standby: bool) -> None:
        self._publisher.standby = standby

    @property
    def mirror(self) -> bool:
        """Whether pictures are flipped left to right before they are processed."""
        return self._composer.mirror

    @mirror.setter
    def mirror(self, mirror: bool) -> None:
        self._composer.mirror = mirror

    @property
    def rate_hz(self) -> float:
        """How many frames a second the sinks are fed with."""
        return self._rate_hz

    @property
    def asleep(self) -> bool:
        """Whether the camera is closed, its light off, while the card goes out."""
        return self._capturer.asleep

    @asleep.setter
    def asleep(self, asleep: bool) -> None:
        self._capturer.asleep = asleep

    @property
    def failure(self) -> VcamError | None:
        """What is wrong right now, or was when the session ended; None when all is well."""
        return self._situation.error()

    def start(self) -> None:
        """Open the sinks, put the first card out and start everything else; returns when that is done.

        Raises SinkError where a sink cannot be opened (all are closed again), RuntimeError on a second call.
        """
        with self._lock:
            if self._threads:
                raise RuntimeError("a runner starts once")
            self._spawn("publish", self._publish)
            self._publisher.opened.wait()
            if self._publisher.open_error is None:
                self._spawn("compose", self._compose)
                self._spawn("capture", self._capture)
                return
            self.stop()
            raise self._publisher.open_error

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the session is over; False where `timeout_s` seconds passed before."""
        return self._over.wait(timeout_s)

    def stop(self) -> None:
        """End the session and join the workers, each within seconds; a second call does nothing more."""
        with self._lock:
            for worker in (self._capturer, self._composer, self._publisher):
                worker.stop()
            for slot in self._slots:
                slot.close()
            for thread in self._threads:
                if thread is not threading.current_thread():
                    thread.join(JOIN_S)
                    if thread.is_alive():
                        log.error("the %s worker did not end within %s s", thread.name, JOIN_S)
            self._over.set()

    def switch_source(self, open_source: Callable[[], FrameSource]) -> None:
        """Go on with another source; the output goes on meanwhile, without pictures of the old one."""
        self._capturer.switch(open_source)
        self._publisher.cut()

    def replace_step(self, make_step: Callable[[], Step]) -> None:
        """Go on with another step, also after too many crashes; nothing that the old one made is shown."""
        self._composer.replace(make_step)
        self._publisher.cut()

    def cut(self) -> None:
        """From now on show nothing that was made from a frame that arrived before this moment.

        To be called after a change of what a step does, such as a more private mode.
        """
        self._publisher.cut()

    def _capture(self) -> None:
        if self._capturer.run():
            self._source_ended = True
            self._slots[0].close()

    def _compose(self) -> None:
        if self._composer.run() and self._source_ended:
            self._publisher.finish()

    def _publish(self) -> None:
        try:
            self._publisher.run()
        finally:
            self._over.set()

    def _spawn(self, name: str, work: Callable[[], object]) -> None:
        # Daemon only as the last resort against a driver that never returns: stop() joins every worker.
        thread = threading.Thread(target=self._supervised, args=(work,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _supervised(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            name = threading.current_thread().name
            log.exception("the %s worker died", name)
            self._capturer.stop()
            self._composer.stop()
            for slot in self._slots:
                slot.close()
            reason = VcamError(f"the {name} worker died: {error}", hint="Restart vcam; the log says more.")
            self._situation.set(Part.WORKER, Gap(State.FAILED, reason))
