"""Every tracked face's expression: aligned, read up to ten times a second, smoothed over time."""

import math
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from vcam.classify.align import aligned_crop
from vcam.classify.network import ExpressionNetwork
from vcam.classify.smoothing import Smoother, Smoothing
from vcam.types import Expression, Face, Frame, Label

MIN_FACE_PX = 24
"""A face whose box is narrower or lower than this shows too little to judge."""


class _Track:
    """What is kept about one face between frames."""

    def __init__(self, smoother: Smoother, expression: Expression) -> None:
        self.smoother = smoother
        self.expression = expression
        self.read_ns: int | None = None
        self.present_ns = 0


class Classifier:
    """Turns faces into expressions; one instance follows one stream of frames.

    Each face is read every `interval_s`, by the frame's own time, and keeps its last expression in between;
    every `calm_interval_s` while its readings bring no news, and as soon as it counts while its label is
    about to change, so that a change shows within 0.3 s. With many faces the readings are spread over frames.
    A face that is too small, out of the picture, only remembered by the tracker, or unreadable is not certain
    and keeps its label. Tracks unseen for `forget_s` are forgotten, and a stream whose time goes backwards
    starts afresh. Raises ModelError where the network's files are missing or damaged.
    """

    def __init__(
        self,
        model_file: Path,
        metadata_file: Path,
        smoothing: Smoothing | None = None,
        *,
        interval_s: float = 0.09,
        calm_interval_s: float = 0.19,
        forget_s: float = 2.0,
    ) -> None:
        self._network = ExpressionNetwork(model_file, metadata_file)
        self._smoothing = smoothing or Smoothing()
        self._interval_ns = round(interval_s * 1e9)
        self._calm_interval_ns = round(calm_interval_s * 1e9)
        self._forget_ns = round(forget_s * 1e9)
        self._tracks: dict[int, _Track] = {}
        self._now_ns = 0

    def classify(self, frame: Frame, faces: Sequence[Face]) -> tuple[Expression, ...]:
        """One expression for each face, in the same order."""
        now_ns = frame.captured_ns
        if now_ns < self._now_ns:
            self._tracks.clear()
        self._now_ns = now_ns
        for face in faces:
            self._track(face.track_id).present_ns = now_ns
        for face in self._due(faces):
            self._read(frame, face, self._tracks[face.track_id])
        expressions = tuple(self._tracks[face.track_id].expression for face in faces)
        for track_id in [key for key, t in self._tracks.items() if now_ns - t.present_ns > self._forget_ns]:
            del self._tracks[track_id]
        return expressions

    def still(self, frame: Frame, faces: Sequence[Face]) -> tuple[Expression, ...]:
        """One expression for each face of a single picture: nothing is smoothed, kept or looked up.

        There is time here, so the face and its mirror image are both read. The label is the most likely class
        (`neutral` where the face cannot be judged); `certain` says whether it is more than a guess.
        """
        found = []
        for face in faces:
            chances = self._look(frame, face, mirrored_too=True)
            smoother = Smoother(self._smoothing, len(Label), self._network.labels.index(Label.NEUTRAL))
            if chances is not None:
                smoother.update(chances, frame.captured_ns)
                smoother.label = int(chances.argmax())
            found.append(self._expression(smoother))
        return tuple(found)

    def _track(self, track_id: int) -> _Track:
        if track_id not in self._tracks:
            smoother = Smoother(self._smoothing, len(Label), self._network.labels.index(Label.NEUTRAL))
            self._tracks[track_id] = _Track(smoother, self._expression(smoother))
        return self._tracks[track_id]

    def _due(self, faces: Sequence[Face]) -> list[Face]:
        """Faces to read now: new ones, then those that have waited longest, a third of all at most."""
        tracks = [self._tracks[face.track_id] for face in faces]
        never = [face for face, track in zip(faces, tracks, strict=True) if track.read_ns is None]
        waited = [
            (self._now_ns - track.read_ns, face)
            for face, track in zip(faces, tracks, strict=True)
            if track.read_ns is not None and self._now_ns - track.read_ns >= self._pause_ns(track)
        ]
        waited.sort(key=lambda pair: pair[0], reverse=True)
        share = max(0, math.ceil(len(faces) / 3) - len(never))
        return never + [face for _, face in waited[:share]]

    def _pause_ns(self, track: _Track) -> int:
        if track.smoother.turning:
            return min(round(self._smoothing.hold_s * 1e9), self._interval_ns)
        return self._calm_interval_ns if track.smoother.calm else self._interval_ns

    def _read(self, frame: Frame, face: Face, track: _Track) -> None:
        chances = self._look(frame, face)
        track.read_ns = frame.captured_ns
        if chances is None:
            track.smoother.miss()
        else:
            track.smoother.update(chances, frame.captured_ns)
        track.expression = self._expression(track.smoother)

    def _look(self, frame: Frame, face: Face, *, mirrored_too: bool = False) -> NDArray[np.float32] | None:
        """The network's opinion of a face in this frame, None where there is none to be had."""
        remembered = face.seen_ns < frame.captured_ns
        if remembered or not min(face.box.width, face.box.height) >= MIN_FACE_PX:
            return None
        crop = aligned_crop(frame.pixels, face.landmarks, self._network.template)
        if crop is None:
            return None
        views = (crop, crop[:, ::-1]) if mirrored_too else (crop,)
        opinions = [chances for view in views if (chances := self._network.probabilities(view)) is not None]
        return np.mean(opinions, axis=0, dtype=np.float32) if opinions else None

    def _expression(self, smoother: Smoother) -> Expression:
        labels = self._network.labels
        chances = {label: float(p) for label, p in zip(labels, smoother.probabilities, strict=True)}
        return Expression(labels[smoother.label], MappingProxyType(chances), smoother.certain)
