"""Draws vector art from strangers in a process of its own first: one that crashes there never gets in here.

The vector renderer is C++ that takes malformed files for the author's mistake. The checks before it keep out
what is known to be hostile; this keeps out what is not. Run as a module, it is that process.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from vcam.animate.art.loader import ArtSource, Kind
from vcam.errors import PackError

START_S = 15.0
EACH_S = 2.0
"""Time for the start of Python, and for each picture: generous, because the machine may be busy."""
SLOWEST_S = 0.5
"""Processor time for one drawing of HEIGHT_PX: a picture that takes longer would stop the camera's."""
HEIGHT_PX = 512
SMALL_HEIGHT_PX = 32
"""The height at which every frame is drawn; at HEIGHT_PX some are, and timed."""
MEMORY_BYTES = 3 * 2**30
"""Address space; the libraries alone reserve a third of it. Not bounded on Windows and macOS."""

_TIMED_FRAMES = 8
_COMMAND = [sys.executable, "-P", "-m", "vcam.animate.art.trial"]


def try_drawing(sources: Sequence[ArtSource], *, timeout_s: float | None = None) -> None:
    """Draw vector art in another process.

    Raises PackError, with the file's name, for the first that crashes it, takes too long (`timeout_s` for all
    together; by default START_S and EACH_S) or too much memory.
    """
    limit_s = START_S + EACH_S * len(sources) if timeout_s is None else timeout_s
    root = str(Path(__file__).resolve().parents[3])
    environment = os.environ | {"PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        process = subprocess.run(
            _COMMAND,
            input=_packed(sources),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=limit_s,
            check=False,
        )
        said, ended = process.stdout, process.returncode == 0
        reason = "the vector renderer crashes on it"
    except subprocess.TimeoutExpired as error:
        said, ended = error.stdout or b"", False
        reason = f"it is not drawn within {limit_s:g} seconds"
    times_s = [float(line) for line in said.splitlines() if line.strip()]
    for source, time_s in zip(sources, times_s, strict=False):
        if time_s > SLOWEST_S:
            raise PackError(
                f"{source.name}: it takes {time_s:.1f} seconds to draw",
                hint="Simplify it: fewer shapes, no blur, no dashes.",
            )
    if not ended or len(times_s) < len(sources):
        raise PackError(
            f"{sources[min(len(times_s), len(sources) - 1)].name}: {reason}",
            hint="Save it again from a drawing program in a simpler form, or as PNG.",
        )


def _packed(sources: Sequence[ArtSource]) -> bytes:
    heads = [asdict(source) | {"data": len(source.data)} for source in sources]
    return json.dumps(heads).encode() + b"\n" + b"".join(source.data for source in sources)


def _unpacked(content: bytes) -> list[ArtSource]:
    head, _, rest = content.partition(b"\n")
    sources = []
    for fields in json.loads(head):
        data, rest = rest[: fields["data"]], rest[fields["data"] :]
        sources.append(ArtSource(**fields | {"kind": Kind(fields["kind"]), "data": data}))
    return sources


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        for limit, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
            with contextlib.suppress(ValueError, OSError):  # macOS has the first in name only
                resource.setrlimit(limit, (most, most))


def _slowest_s(source: ArtSource) -> float:
    started_s = time.process_time()
    try:
        picture = source.picture()
    except PackError:  # the camera's own process will find the same, and say where
        return 0.0
    slowest_s = 0.0 if source.frames > 1 else time.process_time() - started_s
    for frame in range(source.frames):
        picture.draw(frame, SMALL_HEIGHT_PX)
    for frame in range(0, source.frames, max(1, source.frames // _TIMED_FRAMES)):
        started_s = time.process_time()
        picture.draw(frame, HEIGHT_PX)
        slowest_s = max(slowest_s, time.process_time() - started_s)
    return slowest_s


def _main() -> None:
    _limit_memory()
    for source in _unpacked(sys.stdin.buffer.read()):
        sys.stdout.write(f"{_slowest_s(source):.3f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
