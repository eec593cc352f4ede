"""The live status line of `vcam run`, and the lines of its `--stats` file."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import TextIO

import psutil

from vcam.runtime.stats import Snapshot, State

PLAIN_EVERY_S = 5.0
"""How often a line is printed where it cannot be overwritten."""


def describe(snapshot: Snapshot) -> str:
    """The session in one line: camera, rates, faces, expression, step times, drops, and what is wrong."""
    parts = [snapshot.state.value]
    if snapshot.source:
        size = f" {snapshot.format.size}" if snapshot.format else ""
        parts.append(f"{snapshot.source}{size}")
    parts.append(f"{snapshot.fps_in:.1f} > {snapshot.fps_out:.1f} fps")
    if snapshot.state is State.LIVE:
        faces = "1 face" if snapshot.faces == 1 else f"{snapshot.faces} faces"
        parts.append(f"{faces} {snapshot.expression}".rstrip())
        parts.append(f"step {snapshot.step_ms_p50:.1f}/{snapshot.step_ms_p95:.1f} ms")
    parts.append(f"{snapshot.dropped} dropped")
    if snapshot.problem:
        parts.append(f"{snapshot.problem}. {snapshot.hint}")
    return " | ".join(parts)


class StatusLine:
    """Shows the session on a terminal in one line that is overwritten, else in a plain line now and then."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._overwrites = out.isatty()
        self._next_s = 0.0

    def show(self, snapshot: Snapshot) -> None:
        """Show the session as it is now; to be called a few times a second."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        text = describe(snapshot)
        if self._overwrites:
            columns = shutil.get_terminal_size().columns
            self._out.write(f"\r\x1b[K{text[: columns - 1]}")
            self._next_s = now_s + 0.25
        else:
            self._out.write(f"{text}\n")
            self._next_s = now_s + PLAIN_EVERY_S
        self._out.flush()

    def end(self) -> None:
        """Leave the line standing."""
        if self._overwrites:
            self._out.write("\n")


class Figures:
    """What `--stats` writes: the snapshot, this process's memory and CPU time, and how fast it started."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._started_s = time.monotonic() - _age_s(self._process)
        self._first_frame_s: float | None = None
        self._first_live_frame_s: float | None = None
        self._peak_memory_mb = 0.0

    def note(self, snapshot: Snapshot) -> None:
        """Look at the session; to be called often enough to catch its first frames."""
        elapsed_s = round(time.monotonic() - self._started_s, 3)
        if self._first_frame_s is None and snapshot.frames_out > 0:
            self._first_frame_s = elapsed_s
        if self._first_live_frame_s is None and snapshot.state is State.LIVE:
            self._first_live_frame_s = elapsed_s
        memory_mb = self._process.memory_info().rss / 2**20
        self._peak_memory_mb = round(max(memory_mb, self._peak_memory_mb), 1)

    def as_dict(self, snapshot: Snapshot) -> dict[str, object]:
        """One line of the file, as plain JSON types."""
        times = self._process.cpu_times()
        return {
            "elapsed_s": round(time.monotonic() - self._started_s, 3),
            **snapshot.as_dict(),
            "first_frame_s": self._first_frame_s,
            "first_live_frame_s": self._first_live_frame_s,
            "cpu_s": round(times.user + times.system, 3),
            "peak_memory_mb": self._peak_memory_mb,
        }


def _age_s(process: psutil.Process) -> float:
    """Seconds since the process began, interpreter and imports included.

    Linux gives its own start in ticks since boot; as a wall-clock time it would be off by up to a second,
    because the time of the boot is known in whole seconds only.
    """
    if sys.platform == "linux":
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        started_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s
    return time.time() - process.create_time()
