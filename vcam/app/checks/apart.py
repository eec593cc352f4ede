"""What is tried in a process of its own: native code that may end the process instead of raising an error.

A wheel that was built for a newer processor ends with SIGILL, a broken driver with SIGSEGV; the doctor must
be able to say so.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vcam.types import Size

_IMPORT = """
import importlib, json, sys
for name in sys.argv[1:]:
    print(json.dumps([name, None]), flush=True)
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(json.dumps([name, str(error) or type(error).__name__]), flush=True)
    else:
        print(json.dumps([name, ""]), flush=True)
"""
_STEP = "import sys; from vcam.app.checks.apart import measure; measure(sys.argv[1], int(sys.argv[2]))"
_WARM_UP, _MEASURED = 10, 40
_PATIENCE_S = 120.0


def import_problems(modules: Sequence[str]) -> dict[str, str]:
    """Why each module cannot be imported; '' where it can."""
    problems: dict[str, Any] = {}
    while waiting := [name for name in modules if name not in problems]:
        printed, ending = _run([_IMPORT, *waiting])
        for line in printed.splitlines():
            if line.startswith("["):  # a package may print, too
                name, problem = json.loads(line)
                problems[name] = problem
        unknown = [name for name in waiting if problems.get(name) is None]
        if not unknown:
            break
        # The first without a result took the process with it.
        problems[unknown[0]] = f"it ends Python ({ending or 'without a word'})"
        for name in unknown[1:]:
            problems.pop(name, None)
    return problems


def step_ms(size: Size, rate_hz: float) -> float | None:
    """The median time of a picture of the demo through the whole pipeline; None where it cannot be run."""
    printed, ending = _run([_STEP, str(size), str(round(rate_hz))])
    try:
        return None if ending else float(printed.split()[-1])
    except (ValueError, IndexError):
        return None


def measure(size: str, fps: int) -> None:
    """Run the pipeline on the demo and print the median of a step in ms: what the other process does."""
    import contextlib

    from vcam import config
    from vcam.app import build
    from vcam.capture.demo import Demo
    from vcam.config import Settings
    from vcam.types import Frame

    settings = Settings(size=config.parse("size", size), fps=fps)
    demo = Demo(settings.size, fps)
    times_ms = []
    with contextlib.closing(build.pipeline(settings)) as pipeline:
        for index in range(_WARM_UP + _MEASURED):
            frame = Frame(index, round(index * 1e9 / fps), demo.render(index))
            began_ns = time.perf_counter_ns()
            pipeline.step(frame)
            times_ms.append((time.perf_counter_ns() - began_ns) / 1e6)
    print(statistics.median(times_ms[_WARM_UP:]))


def _run(arguments: Sequence[str]) -> tuple[str, str]:
    """What `python -c ARGUMENTS` printed, and how it ended: '' for well, else a few words."""
    root = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-c", *arguments],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        printed, _ = process.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        printed, _ = process.communicate()
        return printed, "no end"
    return printed, _ending(process.returncode)


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit status {code}" if code else ""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
