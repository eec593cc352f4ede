"""Absolute deadlines: ticks that stay on their grid however late one of them was."""

import time
from collections.abc import Callable

NS_PER_S = 1_000_000_000

# Linux stops CLOCK_MONOTONIC while the machine sleeps; a picture from before the sleep must count as old.
_BOOT_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def now_ns() -> int:
    """Nanoseconds on a clock that never goes back and, where the system has one, also counts sleep."""
    if _BOOT_CLOCK is not None:
        return time.clock_gettime_ns(_BOOT_CLOCK)
    return time.monotonic_ns()


class Pacer:
    """Waits for tick 0, 1, 2, … at `start + tick / rate_hz`, on the grid for ever.

    Nothing accumulates: a late tick does not move the later ones, and the ticks that passed by completely
    are skipped and counted in `missed`. The first `wait` returns at once and starts the grid.
    Raises ValueError for a rate that is not positive.
    """

    def __init__(
        self,
        rate_hz: float,
        *,
        clock: Callable[[], int] = now_ns,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if rate_hz <= 0:
            raise ValueError(f"rate_hz must be positive, not {rate_hz}")
        self.rate_hz = rate_hz
        self.missed = 0
        self._clock = clock
        self._sleep = sleep
        self._start_ns: int | None = None
        self._tick = -1

    def deadline_ns(self, tick: int) -> int:
        """When `tick` is due, in nanoseconds of the clock. Raises ValueError before the first `wait`."""
        if self._start_ns is None:
            raise ValueError("the grid starts with the first wait()")
        return self._start_ns + round(tick * NS_PER_S / self.rate_hz)

    def wait(self) -> int:
        """Sleep until the next tick that is not yet over is due; returns its number."""
        now = self._clock()
        if self._start_ns is None:
            self._start_ns = now
        following = self._tick + 1
        running = int((now - self._start_ns) * self.rate_hz / NS_PER_S)
        self.missed += max(running - following, 0)
        self._tick = max(running, following)
        due_ns = self.deadline_ns(self._tick)
        while (left_ns := due_ns - self._clock()) > 0:
            self._sleep(left_ns / NS_PER_S)
        return self._tick
