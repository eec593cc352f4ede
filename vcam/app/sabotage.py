"""What can go wrong in the stages of a pipeline, made to go wrong: in bursts, each stage as its room is."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from vcam.app.faults import in_burst
from vcam.pipeline import Pipeline
from vcam.types import Box, Detectors, Face, Frame, Placement, Sighting

LATE_FRAMES = 6
BLIND = "blind: neither faces nor sightings"
BLIND_DETECTORS = "detectors blind"


class BrokenStageError(RuntimeError):
    """What a stage raises that is made to fail."""


class _Stage:
    """Stands in for a stage: passes everything on, but for what a subclass spoils."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self._index = -1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def _spoils(self) -> bool:
        """Count one call; True in a burst."""
        self._index += 1
        return in_burst(self._index)


class _Tracker(_Stage):
    """A tracker that forgets to report its faces, its sightings, or both."""

    def __init__(self, real: Any, *, faces: bool, sightings: bool) -> None:
        super().__init__(real)
        self._hides_faces, self._hides_sightings = faces, sightings
        self._now = False

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Nothing while it is blind."""
        return () if self._now and self._hides_sightings else self._real.sightings

    def track(self, frame: Frame, wanted: Detectors = Detectors.NONE) -> tuple[Face, ...]:
        self._now = self._spoils()
        faces: tuple[Face, ...] = self._real.track(frame, wanted)
        return () if self._now and self._hides_faces else faces


class _SlippedMesh(_Stage):
    """A tracker whose landmarks are half a face off, and sure of it."""

    def track(self, frame: Frame, wanted: Detectors = Detectors.NONE) -> tuple[Face, ...]:
        faces: tuple[Face, ...] = self._real.track(frame, wanted)
        return tuple(_moved(face) for face in faces) if self._spoils() else faces


class _LateTracker(_Stage):
    """A tracker that reports where the faces were a fifth of a second ago as if it were now."""

    def __init__(self, real: Any) -> None:
        super().__init__(real)
        self._past: deque[tuple[Face, ...]] = deque(maxlen=LATE_FRAMES)

    def track(self, frame: Frame, wanted: Detectors = Detectors.NONE) -> tuple[Face, ...]:
        faces: tuple[Face, ...] = self._real.track(frame, wanted)
        self._past.append(faces)
        if not self._spoils():
            return faces
        return tuple(replace(face, seen_ns=frame.captured_ns) for face in self._past[0])


class _NoArt(_Stage):
    """An animator that places nothing."""

    def animate(self, *arguments: Any) -> Sequence[Placement]:
        placements: Sequence[Placement] = self._real.animate(*arguments)
        return () if self._spoils() else placements


class _Undrawn(_Stage):
    """A compositor that gives the camera's picture back."""

    def composite(self, frame: Frame, *arguments: Any) -> Frame:
        composed: Frame = self._real.composite(frame, *arguments)
        return frame if self._spoils() else composed


class _Stale(_Stage):
    """A compositor that gives the picture before the last one back."""

    def __init__(self, real: Any) -> None:
        super().__init__(real)
        self._past: deque[Frame] = deque(maxlen=3)

    def composite(self, frame: Frame, *arguments: Any) -> Frame:
        self._past.append(self._real.composite(frame, *arguments))
        return self._past[0] if self._spoils() else self._past[-1]


class _Throwing(_Stage):
    """A stage that raises on two calls of three."""

    def _run(self, method: str, *arguments: Any) -> Any:
        if self._spoils() and self._index % 3:
            raise BrokenStageError(method)
        return getattr(self._real, method)(*arguments)

    def track(self, *arguments: Any) -> Any:
        return self._run("track", *arguments)

    def classify(self, *arguments: Any) -> Any:
        return self._run("classify", *arguments)

    def animate(self, *arguments: Any) -> Any:
        return self._run("animate", *arguments)

    def composite(self, *arguments: Any) -> Any:
        return self._run("composite", *arguments)


def _moved(face: Face) -> Face:
    shift = face.box.width / 2
    landmarks = face.landmarks + np.array([shift, 0, 0], np.float32)
    x0, y0, x1, y1 = face.box
    return replace(face, box=Box(x0 + shift, y0, x1 + shift, y1), landmarks=landmarks)


def _replacing(stage: str, make: Callable[[Any], Any]) -> Callable[[Pipeline], None]:
    def sabotage(pipeline: Pipeline) -> None:
        setattr(pipeline, stage, make(getattr(pipeline, stage)))

    return sabotage


def _faults() -> Iterator[tuple[str, Callable[[Pipeline], None]]]:
    yield (
        "blind: neither faces nor sightings",
        _replacing("tracker", lambda real: _Tracker(real, faces=True, sightings=True)),
    )
    yield "detectors blind", _replacing("tracker", lambda real: _Tracker(real, faces=False, sightings=True))
    yield "mesh blind", _replacing("tracker", lambda real: _Tracker(real, faces=True, sightings=False))
    yield "mesh off by half a face", _replacing("tracker", _SlippedMesh)
    yield "faces late by six frames", _replacing("tracker", _LateTracker)
    for stage in ("tracker", "classifier", "animator", "compositor"):
        yield f"{stage} throws", _replacing(stage, _Throwing)
    yield "no art placed", _replacing("animator", _NoArt)
    yield "art not drawn", _replacing("compositor", _Undrawn)
    yield "stale composite", _replacing("compositor", _Stale)


STAGE_FAULTS: Mapping[str, Callable[[Pipeline], None]] = MappingProxyType(dict(_faults()))
"""Every fault of a stage, by the name that the report shows: each spoils a pipeline for good."""
