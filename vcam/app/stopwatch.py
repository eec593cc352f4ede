"""Measures parts of the pipeline from outside, so that the pipeline itself needs no clock."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np


class Stopwatch:
    """Wall-clock times by stage, summed up over one frame at a time."""

    def __init__(self, clock: Callable[[], int] = time.perf_counter_ns) -> None:
        self._clock = clock
        self._running: dict[str, int] = defaultdict(int)
        self._frames: dict[str, list[int]] = defaultdict(list)

    def around(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time counted for `stage`."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            started_ns = self._clock()
            try:
                return call(*args, **kwargs)
            finally:
                self._running[stage] += self._clock() - started_ns

        return timed

    def watch(self, stage: str, owner: object, method: str) -> None:
        """Count every call of `owner`'s method for `stage` from now on."""
        setattr(owner, method, self.around(stage, getattr(owner, method)))

    def lap(self, *, count: bool = True) -> None:
        """A frame is done: keep its times, or drop them (a warm-up)."""
        if count:
            for stage, spent_ns in self._running.items():
                self._frames[stage].append(spent_ns)
        self._running.clear()

    def figures(self) -> dict[str, dict[str, float]]:
        """By stage, over the frames in which it ran: `p50_ms`, `p95_ms`, `max_ms`."""
        return {
            stage: {
                "p50_ms": round(float(np.percentile(times, 50)) / 1e6, 3),
                "p95_ms": round(float(np.percentile(times, 95)) / 1e6, 3),
                "max_ms": round(max(times) / 1e6, 3),
            }
            for stage, times in self._frames.items()
        }
