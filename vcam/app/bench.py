"""`vcam bench`: how long every stage takes, what a session costs, and how fast it starts."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vcam.app import build, options, soak
from vcam.app.stopwatch import Stopwatch
from vcam.config import Settings
from vcam.errors import ModelError, VcamError
from vcam.runtime.fit import fit
from vcam.types import Frame

if TYPE_CHECKING:
    from vcam.pipeline import Pipeline

STAGES = ("detect", "mesh", "track", "classify", "animate", "composite", "guard", "step", "publish")
_WARM_UP = 15
_SESSION_S = 8.0


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench", help="measure how fast vcam is on this machine")
    options.add(parser, "source", "size", "mode", "pack")
    parser.add_argument("--frames", type=int, default=300, metavar="N", help="how many frames (default: 300)")
    parser.add_argument(
        "--reference", type=Path, metavar="TASK_FILE", help="time MediaPipe's FaceLandmarker bundle beside it"
    )
    parser.add_argument(
        "--soak",
        type=int,
        metavar="FRAMES",
        help="instead: run so many frames at full speed, watch the memory",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(handler=_bench)


def _bench(arguments: argparse.Namespace) -> int:
    if arguments.frames < 1:
        raise VcamError("--frames must be at least 1", hint="300 frames give steady figures.")
    settings = options.settings(arguments)
    if settings.source == "auto":
        settings = replace(settings, source=build.DEMO)
    if arguments.soak is not None:
        soak.run(settings, arguments.soak, as_json=arguments.json)
        return 0
    figures = _stages(settings, arguments.frames, arguments.reference) | _session(settings)
    if arguments.json:
        print(json.dumps(figures))
    else:
        _print_table(figures)
    return 0


def _stages(settings: Settings, count: int, reference: Path | None) -> dict[str, Any]:
    """Step `count` frames; times by stage, and the CPU time of step and publish together."""
    from tqdm import tqdm

    from vcam.publish.yuv import YuvConverter, YuvFormat

    stopwatch = Stopwatch()
    planes = np.empty(YuvFormat.I420.byte_count(settings.size), np.uint8)
    publish = stopwatch.around("publish", YuvConverter(YuvFormat.I420, settings.size).convert)
    cpu_ns = 0
    look = _reference(reference) if reference else nullcontext(None)
    with closing(build.pipeline(settings)) as pipeline, look as compare:
        _watch(stopwatch, pipeline)
        step = stopwatch.around("step", pipeline.step)
        compared = stopwatch.around("reference", compare) if compare else None
        frames = _frames(settings)
        with closing(frames), tqdm(total=count, desc="Measuring", unit=" frames", leave=False) as bar:
            for index in range(-_WARM_UP, count):
                frame = next(frames)
                started_ns = time.process_time_ns()
                publish(step(frame).frame.pixels, planes)
                cpu_ns += time.process_time_ns() - started_ns if index >= 0 else 0
                if compared:
                    compared(frame)
                stopwatch.lap(count=index >= 0)
                bar.update(index >= 0)
    return {"stages": stopwatch.figures(), "cpu_ms_per_frame": round(cpu_ns / count / 1e6, 3)}


def _watch(stopwatch: Stopwatch, pipeline: "Pipeline") -> None:
    tracker = pipeline.tracker
    for detector in (tracker.lookout.near, tracker.lookout.far):
        stopwatch.watch("detect", detector, "detect")
    stopwatch.watch("mesh", tracker.mesh, "locate")
    stopwatch.watch("track", tracker, "track")
    stopwatch.watch("classify", pipeline.classifier, "classify")
    stopwatch.watch("animate", pipeline.animator, "animate")
    stopwatch.watch("composite", pipeline.compositor, "composite")
    stopwatch.watch("guard", pipeline.guard, "wants")
    stopwatch.watch("guard", pipeline.guard, "release")


def _frames(settings: Settings) -> Generator[Frame]:
    """Frames of the source at the settings' size, over and over, each decoded outside of what is measured."""
    if build.is_file(settings.source):
        from vcam.capture.clip import Clip

        for frame in Clip(Path(settings.source), realtime=False, loop=True).frames():
            if frame is not None:
                yield fit(frame, settings.size)
        return
    from vcam.capture.demo import Demo

    demo = Demo(settings.size, settings.fps)
    index = 0
    while True:
        yield Frame(index, index * 1_000_000_000 // settings.fps, demo.render(index))
        index += 1


class _reference:  # noqa: N801 - a context manager, used like a function
    """MediaPipe's stock FaceLandmarker on the same frames: a function while inside.

    Raises ModelError where the bundle cannot be loaded.
    """

    def __init__(self, task_file: Path) -> None:
        from mediapipe.tasks import python as tasks
        from mediapipe.tasks.python import vision

        try:
            self._landmarker = vision.FaceLandmarker.create_from_options(
                vision.FaceLandmarkerOptions(
                    base_options=tasks.BaseOptions(model_asset_buffer=task_file.read_bytes()),
                    running_mode=vision.RunningMode.VIDEO,
                )
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"{task_file} cannot be used: {error}", hint="Give MediaPipe's face_landmarker.task."
            ) from error

    def __enter__(self) -> Callable[[Frame], object]:
        import cv2
        import mediapipe as mp

        def look(frame: Frame) -> object:
            rgb = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2RGB)
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
            return self._landmarker.detect_for_video(image, frame.captured_ns // 1_000_000)

        return look

    def __exit__(self, *_: object) -> None:
        self._landmarker.close()


def _session(settings: Settings) -> dict[str, Any]:
    """A real session in a process of its own: start-up times and peak memory; None where it did not run."""
    with tempfile.TemporaryDirectory() as folder:
        stats = Path(folder) / "stats.jsonl"
        command = [sys.executable, "-m", "vcam", "run", "--output", "preview", "--idle-s", "0"]
        command += ["--source", settings.source, "--size", str(settings.size), "--mode", settings.mode]
        command += ["--pack", settings.pack, "--seconds", str(_SESSION_S), "--stats", str(stats)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            print(f"The session did not run: {ran.stderr.strip()}", file=sys.stderr)
        last = json.loads(stats.read_text(encoding="utf-8").splitlines()[-1]) if ran.returncode == 0 else {}
    return {name: last.get(name) for name in ("peak_memory_mb", "first_frame_s", "first_live_frame_s")}


def _print_table(figures: dict[str, Any]) -> None:
    print(f"{'stage':<12}{'p50':>9}{'p95':>9}{'max':>9}  ms")
    rows = [stage for stage in (*STAGES, "reference") if stage in figures["stages"]]
    for stage in rows:
        times = figures["stages"][stage]
        print(f"{stage:<12}{times['p50_ms']:>9.2f}{times['p95_ms']:>9.2f}{times['max_ms']:>9.2f}")
    print(f"CPU time of step and publish: {figures['cpu_ms_per_frame']} ms a frame")
    print(f"Peak memory of a session: {figures['peak_memory_mb']} MB")
    print(f"First frame after {figures['first_frame_s']} s, first live one {figures['first_live_frame_s']} s")
