"""A long run, watched: whether memory grows, the output drifts from its grid, or the delay grows."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import psutil

from vcam.runtime.pacer import NS_PER_S, now_ns
from vcam.runtime.runner import Runner


@dataclass(frozen=True, slots=True)
class SoakReport:
    """What a long run showed.

    `memory_growth_mb`: resident memory (MiB) in the last tenth of the run against that in the tenth after
    warm-up, medians of both. `drift_ms`: by how much the output's ticks, sent and skipped ones counted, fell
    behind the clock between the same two tenths. `age_ms_p95_first` and `_last`: delay from a frame's arrival
    to its output in them.
    """

    frames_in: int
    frames_stepped: int
    frames_out: int
    seconds: float
    fps_stepped: float
    memory_mb: float
    memory_growth_mb: float
    drift_ms: float
    late: int
    age_ms_p95_first: float
    age_ms_p95_last: float
    problem: str


def soak(
    runner: Runner,
    frames: int,
    *,
    progress: Callable[[int], object] = lambda _stepped: None,
    poll_s: float = 0.5,
    warm_up: float = 0.1,
) -> SoakReport:
    """Start `runner`, wait until it has stepped `frames` frames (or has ended), stop it, and report.

    The runner's sinks should be fast ones and their rate as high as its source and step can feed.
    `progress` is told how many frames were stepped. Raises SinkError as `Runner.start` does, and ValueError
    where `frames` is not positive.
    """
    if frames < 1:
        raise ValueError(f"frames must be positive, not {frames}")
    process = psutil.Process()
    samples: list[tuple[float, ...]] = []  # frames stepped, MiB, age in ms, ms by which ticks are behind
    start_ns = now_ns()
    runner.start()
    try:
        while (now := runner.stats.snapshot()).frames_stepped < frames and not runner.wait(0):
            behind_s = (now_ns() - start_ns) / NS_PER_S - (now.frames_out + now.late) / runner.rate_hz
            memory_mb = process.memory_info().rss / 2**20
            samples.append((now.frames_stepped, memory_mb, now.age_ms_p95, 1000 * behind_s))
            progress(now.frames_stepped)
            time.sleep(poll_s)
        seconds = (now_ns() - start_ns) / NS_PER_S
    finally:
        runner.stop()
    now = runner.stats.snapshot()
    warm = [sample for sample in samples if sample[0] >= warm_up * frames] or samples[-1:]
    part = max(len(warm) // 10, 1)
    early, late = np.median(warm[:part], axis=0), np.median(warm[-part:], axis=0)
    return SoakReport(
        frames_in=now.frames_in,
        frames_stepped=now.frames_stepped,
        frames_out=now.frames_out,
        seconds=seconds,
        fps_stepped=now.frames_stepped / seconds,
        memory_mb=float(late[1]),
        memory_growth_mb=float(late[1] - early[1]),
        drift_ms=float(late[3] - early[3]),
        late=now.late,
        age_ms_p95_first=float(early[2]),
        age_ms_p95_last=float(late[2]),
        problem=now.problem,
    )
