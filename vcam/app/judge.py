"""Judges released frames from the outside: whether any part of a face is shown as the camera saw it.

Nothing of the pipeline's own state is used. Where the faces are is asked of the official MediaPipe landmarker
(where its bundle is given) and of both BlazeFace ranges, each on every frame by itself, with no memory; what
is shown is asked of the pixels.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGR, Box, Frame

Outline = NDArray[np.float32]
"""(n, 2) float32: a convex polygon in pixels of the frame."""

EXPOSED_SHARE = 0.02
"""A face is exposed where more than this share of its hull shows unaltered camera pixels."""
CLAIM_SCORE = 0.3
"""A detection of this score, in either range, is taken for a face: far below MediaPipe's default of 0.5."""
SURE_SCORE = 0.5
"""MediaPipe's default: at this score a face was findable."""
_TOLERANCE = 8
"""Levels within which a pixel counts as the camera's own."""
_GAIN = 0.3
"""The picture of a face shows through where at least this much of its contrast is left ..."""
_CORRELATION = 0.93
"""... and what is shown follows the camera this closely, within windows of ..."""
_WINDOW_PX = 9
_CONTRAST = 5.0
"""Windows of the camera's picture with a smaller deviation than this (levels) show nothing of a face."""


class Found(Protocol):
    """What a detector returns for one face."""

    @property
    def box(self) -> Box:
        """Where, in pixels."""

    @property
    def score(self) -> float:
        """How surely, 0 to 1."""


class Finds(Protocol):
    """A face detector."""

    def detect(self, pixels: BGR, min_score: float) -> Sequence[Found]:
        """The faces in (H, W, 3) uint8 BGR."""


class FoundFace(NamedTuple):
    """A face in the camera's picture; `sure` where anybody would say so, else a low-threshold claim."""

    outline: Outline
    sure: bool


class Judge:
    """Finds the faces of a frame, and tells how much of each a released frame exposes.

    `reference`: the file of MediaPipe's `face_landmarker.task`, or None. Use as a context manager.
    """

    def __init__(self, short_range: Finds, full_range: Finds, reference: Path | None = None) -> None:
        self._short, self._full = short_range, full_range
        self._landmarker = None
        if reference is not None:
            from mediapipe.tasks.python import BaseOptions
            from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions

            self._landmarker = FaceLandmarker.create_from_options(
                FaceLandmarkerOptions(
                    base_options=BaseOptions(model_asset_path=str(reference)),
                    num_faces=4,
                )
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the landmarker."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def faces(self, frame: Frame) -> list[FoundFace]:
        """All faces in the camera's picture, each once: hulls of landmarks, ovals in the detectors' boxes."""
        faces: list[FoundFace] = []
        for outline in self._hulls(frame):
            x, y = outline.mean(axis=0).tolist()
            if not any(_inside(face.outline, (x, y)) for face in faces):
                faces.append(FoundFace(outline, sure=True))
        claims = [
            *self._short.detect(frame.pixels, CLAIM_SCORE),
            *self._full.detect(frame.pixels, CLAIM_SCORE),
        ]
        for claim in sorted(claims, key=lambda claim: -claim.score):
            if not any(_inside(face.outline, claim.box.center) for face in faces):
                sure = claim.score >= SURE_SCORE and self._landmarker is None
                faces.append(FoundFace(_oval(claim.box), sure))
        return faces

    def _hulls(self, frame: Frame) -> list[Outline]:
        if self._landmarker is None:
            return []
        from mediapipe import Image, ImageFormat

        picture = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2RGB))
        result = self._landmarker.detect(picture)
        width, height = frame.size
        return [
            hull(np.array([(point.x * width, point.y * height) for point in face[:468]], np.float32))
            for face in result.face_landmarks
        ]


def hull(points: NDArray[np.float32]) -> Outline:
    """The convex hull of (n, 2) float32 points."""
    return np.asarray(cv2.convexHull(points).reshape(-1, 2), np.float32)


def exposed_share(
    camera: BGR, shown: BGR, outline: Outline, occluder: NDArray[np.bool_] | None = None
) -> float:
    """The share of a face's outline, 0 to 1, in which `shown` lets the camera's pixels be seen.

    `camera`, `shown`: (H, W, 3) uint8 BGR. `occluder`, (H, W) bool, marks pixels of something in front of the
    face, which may be shown. A pixel is the camera's own where it and its neighbours differ by at most 8
    levels in every channel, or where the picture around it follows the camera's (a translucent mask). Where
    the camera's picture is flat (black, overexposed), there is nothing to be seen.
    """
    height, width = camera.shape[:2]
    x0, y0 = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 1, (width, height))
    if x0 >= x1 or y0 >= y1:
        return 0.0
    area = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillConvexPoly(area, np.rint(outline - (x0, y0)).astype(np.int32), 255)
    face = area > 0
    if occluder is not None:
        face &= ~occluder[y0:y1, x0:x1]
    total = int(np.count_nonzero(face))
    if total == 0:
        return 0.0
    was = np.ascontiguousarray(camera[y0:y1, x0:x1])
    now = np.ascontiguousarray(shown[y0:y1, x0:x1])
    return float(np.count_nonzero((_unaltered(was, now) | _follows(was, now)) & face)) / total


def _unaltered(was: BGR, now: BGR) -> NDArray[np.bool_]:
    """Pixels that are the camera's own, with their neighbours: single ones are chance."""
    square = np.ones((3, 3), np.uint8)
    same = (cv2.absdiff(was, now).max(axis=2) <= _TOLERANCE).astype(np.uint8)
    steps = cv2.morphologyEx(was, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)).max(axis=2)
    return np.asarray((cv2.morphologyEx(same, cv2.MORPH_OPEN, square) > 0) & (steps > 2))


def _follows(was: BGR, now: BGR) -> NDArray[np.bool_]:
    """Pixels around which the shown picture is the camera's times a gain plus a constant (least squares)."""
    before, after = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32) for picture in (was, now))

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(values, (_WINDOW_PX, _WINDOW_PX)), np.float32)

    mean_before, mean_after = mean(before), mean(after)
    variance = mean(before * before) - mean_before**2
    spread = mean(after * after) - mean_after**2
    together = mean(before * after) - mean_before * mean_after
    gain = together / np.maximum(variance, 1e-3)
    correlation = together / np.sqrt(np.maximum(variance * spread, 1e-3))
    follows = ((variance > _CONTRAST**2) & (gain > _GAIN) & (correlation > _CORRELATION)).astype(np.uint8)
    # A window that looks over the edge of a mask follows the background: such strips are narrow.
    return np.asarray(cv2.morphologyEx(follows, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)) > 0)


def _oval(box: Box) -> Outline:
    """The part of a detector's box that its face surely fills."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    half = np.array([box.width * 0.42, box.height * 0.45])
    return np.asarray(box.center + np.stack([np.cos(angles), np.sin(angles)], axis=1) * half, np.float32)


def _inside(outline: Outline, point: tuple[float, float]) -> bool:
    return cv2.pointPolygonTest(outline.reshape(-1, 1, 2), point, measureDist=False) >= 0
