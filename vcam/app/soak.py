"""`vcam bench --soak FRAMES`: a long call at full speed, watched for growth, drift and delay."""

import dataclasses
import json
from pathlib import Path

from vcam.app import build
from vcam.config import Settings
from vcam.errors import VcamError
from vcam.publish import card
from vcam.publish.memory import Memory
from vcam.runtime.runner import Runner
from vcam.runtime.soak import SoakReport, soak
from vcam.types import Frame, FrameSource

OUTPUT_HZ = 240
"""Faster than any step, so that the output never holds the run up."""


def run(settings: Settings, frames: int, *, as_json: bool = False) -> SoakReport:
    """Step `frames` frames of the source, over and over, as fast as they go; prints and returns the report.

    Raises VcamError where the number makes no sense or the session had trouble.
    """
    from tqdm import tqdm

    if frames < 1:
        raise VcamError("--soak must be at least 1", hint="100000 frames are an hour's call at full speed.")
    runner = Runner(
        lambda: _endless(settings),
        [Memory(settings.size, OUTPUT_HZ, keep=1)],
        lambda: _Step(settings),
        lambda line: card.standby(settings.size, line),
    )
    with tqdm(total=frames, desc="Soaking", unit=" frames") as bar:
        report = soak(runner, frames, progress=lambda stepped: bar.update(min(stepped, frames) - bar.n))
    if as_json:
        print(json.dumps(dataclasses.asdict(report)))
    else:
        for name, value in dataclasses.asdict(report).items():
            print(f"{name:<18} {value:.2f}" if isinstance(value, float) else f"{name:<18} {value}")
    if report.problem:
        raise VcamError(f"the run had trouble: {report.problem}", hint="Run it again with --debug.")
    return report


def _endless(settings: Settings) -> FrameSource:
    if build.is_file(settings.source):
        from vcam.capture.clip import Clip

        return Clip(Path(settings.source), realtime=False, loop=True)
    from vcam.capture.demo import Demo

    return Demo(settings.size, settings.fps, realtime=False)


class _Step:
    """The pipeline as a step that gives its pictures alone."""

    def __init__(self, settings: Settings) -> None:
        self._pipeline = build.pipeline(settings)

    def step(self, frame: Frame) -> Frame:
        return self._pipeline.step(frame).frame

    def close(self) -> None:
        self._pipeline.close()
