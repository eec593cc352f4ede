"""Face detection: MediaPipe's two BlazeFace networks, run by LiteRT.

Short range sees faces from about a tenth of the picture's longer side; full range sees smaller ones too, at
three times the cost. Both give what MediaPipe's own `FaceDetector` task gives for the same picture (a test
compares them); LiteRT alone takes about two thirds of the task's time and starts without its two seconds of
imports.

BlazeFace: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019. Anchors
and decoding follow MediaPipe's graphs `face_detection_short_range` and `face_detection_full_range`.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.track.network import Network, Tensor
from vcam.types import BGR, Box

Keypoints = NDArray[np.float32]
"""(6, 2) float32, pixels: right eye, left eye, nose tip, mouth, right ear, left ear of the person."""

_LAYERS = {128: ((16, 2), (8, 6)), 192: ((48, 1),)}
"""By input size: (cells a side, anchors a cell) of each layer."""
_VALUES_PER_ANCHOR = 16
_OVERLAP = 0.3
"""Detections whose boxes share more than this (intersection over union) are of one face."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One detected face: box (about forehead to chin), (6, 2) float32 keypoints, score 0 to 1."""

    box: Box
    keypoints: Keypoints
    score: float

    def shifted(self, x: float, y: float) -> "Detection":
        """The same face in a picture whose origin lies (`x`, `y`) pixels to the upper left."""
        x0, y0, x1, y1 = self.box
        keypoints = self.keypoints + np.array([x, y], np.float32)
        return Detection(Box(x0 + x, y0 + y, x1 + x, y1 + y), keypoints, self.score)


class Detector:
    """One BlazeFace network, short or full range by its input size.

    `model`: file or content. Raises ModelError where it cannot be loaded.
    """

    def __init__(self, model: Path | bytes, *, input_px: int) -> None:
        self._anchors = _anchors(input_px)
        count = len(self._anchors)
        self._network = Network(model, output_sizes=(count * _VALUES_PER_ANCHOR, count))
        self._input = np.full((1, input_px, input_px, 3), -1.0, np.float32)
        self._filled: tuple[int, int] | None = None

    def detect(self, pixels: BGR, min_score: float) -> list[Detection]:
        """The faces in `pixels`, (H, W, 3) uint8 BGR, that score at least `min_score`, best first."""
        height, width = pixels.shape[:2]
        left, top, inner_width, inner_height = self._fill(pixels)
        values, logits = self._network.run(self._input)
        logits = logits.reshape(-1)
        kept = np.flatnonzero(logits >= math.log(min_score / (1 - min_score)))
        if not kept.size:
            return []
        points = values.reshape(-1, _VALUES_PER_ANCHOR // 2, 2)[kept] / self._network.input_px
        points[:, 0] += self._anchors[kept]
        points[:, 2:] += self._anchors[kept, None]
        corners = np.stack((points[:, 0] - points[:, 1] / 2, points[:, 0] + points[:, 1] / 2), axis=1)
        shapes = np.concatenate((corners, points[:, 2:]), axis=1) * self._network.input_px
        shapes = (shapes - (left, top)) * (width / inner_width, height / inner_height)
        return _suppress(shapes, 1 / (1 + np.exp(-logits[kept])))

    def _fill(self, pixels: BGR) -> tuple[int, int, int, int]:
        """Put the picture into the input, centred and whole: (left, top, width, height) of its place there.

        Twice the size first, and then an average of four: a tenth of the cost of averaging the whole picture,
        and enough against aliasing.
        """
        height, width = pixels.shape[:2]
        extent = self._network.input_px
        scale = extent / max(height, width)
        inner = max(round(width * scale), 1), max(round(height * scale), 1)
        left, top = (extent - inner[0]) // 2, (extent - inner[1]) // 2
        if self._filled != inner:
            self._input.fill(-1.0)
            self._filled = inner
        twice = (2 * inner[0], 2 * inner[1])
        halfway = cv2.resize(pixels, twice, interpolation=cv2.INTER_LINEAR) if scale < 0.5 else pixels
        small = cv2.resize(halfway, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        place = self._input[0, top : top + inner[1], left : left + inner[0]]
        place[:] = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        place *= 1 / 127.5
        place -= 1.0
        return left, top, *inner


def without_copies(detections: list[Detection]) -> list[Detection]:
    """Each face once, the best detection of it, best first."""
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda one: -one.score):
        if all(detection.box.iou(other.box) <= _OVERLAP for other in kept):
            kept.append(detection)
    return kept


def _anchors(input_px: int) -> Tensor:
    """Centres of the anchors, (count, 2) float32, in units of the input's side."""
    layers = []
    for cells, per_cell in _LAYERS[input_px]:
        steps = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(steps, steps, indexing="ij")
        layers.append(np.repeat(np.stack((x, y), axis=-1).reshape(-1, 2), per_cell, axis=0))
    return np.concatenate(layers)


def _suppress(shapes: NDArray[np.floating], scores: NDArray[np.floating]) -> list[Detection]:
    """Merge overlapping candidates into their mean, weighted by score, as MediaPipe does."""
    low, high = shapes[:, 0], shapes[:, 1]
    areas = np.prod(high - low, axis=1)
    left = np.argsort(-scores, kind="stable")
    found = []
    while left.size:
        best = left[0]
        shared = np.minimum(high[left], high[best]) - np.maximum(low[left], low[best])
        overlap = np.prod(np.maximum(shared, 0), axis=1)
        same = overlap / np.maximum(areas[left] + areas[best] - overlap, 1e-9) > _OVERLAP
        same[0] = True
        group = left[same]
        merged = np.average(shapes[group], axis=0, weights=scores[group]).astype(np.float32)
        box = Box(*(float(value) for value in merged[:2].reshape(-1)))
        found.append(Detection(box, merged[2:], float(scores[best])))
        left = left[~same]
    return found
