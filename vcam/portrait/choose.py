"""Keeps the best picture of each expression: the sharpest of those on which the network is certain."""

from dataclasses import dataclass

import cv2
import numpy as np

from vcam.types import Expression, Face, Frame, Label

_MEASURED_PX = 160
_SMALLEST_FACE_PX = 80
"""A face lower than this has too few pixels for an emoji."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A frame, the face in it, and how good it is as a picture of its expression."""

    frame: Frame
    face: Face
    quality: float


class Best:
    """The best shot of each expression so far."""

    def __init__(self) -> None:
        self.shots: dict[Label, Shot] = {}

    def offer(self, frame: Frame, face: Face, expression: Expression, *, wanted: Label | None = None) -> bool:
        """Take the shot if it is the best of its expression (of `wanted`, if given); whether it was taken.

        A face that was not found in this very frame, that is too small, or of which the network is not
        certain is never taken.
        """
        label = expression.label
        found = face.seen_ns == frame.captured_ns and face.box.height >= _SMALLEST_FACE_PX
        if not found or not expression.certain or wanted not in (None, label):
            return False
        quality = expression.probabilities[label] ** 2 * np.log1p(sharpness(frame, face))
        if label in self.shots and self.shots[label].quality >= quality:
            return False
        self.shots[label] = Shot(frame, face, float(quality))
        return True


def sharpness(frame: Frame, face: Face) -> float:
    """How sharp the face is, whatever its size: the variance of the Laplacian of its grey levels.

    Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000. 0 for a face outside.
    """
    width, height = frame.size
    x0, y0 = max(int(face.box.x0), 0), max(int(face.box.y0), 0)
    x1, y1 = min(int(face.box.x1), width), min(int(face.box.y1), height)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return 0.0
    part = np.ascontiguousarray(frame.pixels[y0:y1, x0:x1])
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_MEASURED_PX, _MEASURED_PX), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_32F).var())
