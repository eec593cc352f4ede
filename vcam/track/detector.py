"""Face detection: MediaPipe's two BlazeFace networks, run by LiteRT.

Short range sees faces from about a tenth of the picture's longer side; full range sees smaller ones too, at
three times the cost. Both give what MediaPipe's own `FaceDetector` task gives for the same picture (a test
compares them); LiteRT alone takes about two thirds of the task's time and starts without its two seconds of
imports.

BlazeFace: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019. Anchors
and decoding follow MediaPipe's graphs `face_detection_short_range` and `face_detection_full_range`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.track.network import Network, Tensor
from vcam.types import BGR, Box

Keypoints = NDArray[np.float32]
"""(6, 2) float32, pixels: right eye, left eye, nose tip, mouth, right ear, left ear of the person."""

_LAYERS = {128: ((8, 2), (16, 6)), 192: ((4, 1),)}
"""By input size: (input pixels a cell, anchors a cell) of each layer."""
_FLEXIBLE = {128: 16}
"""By input size: the multiples of pixels that the input's sides may have, where they may change at all. The
full-range network enlarges its features to sizes that are written into it."""
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
        self._anchors = _anchors(input_px, input_px, input_px)
        count = len(self._anchors)
        self._network = Network(model, output_sizes=(count * _VALUES_PER_ANCHOR, count))
        self._shape: tuple[int, ...] = ()
        self._inner = Box(0, 0, 0, 0)

    def detect(self, pixels: BGR, min_score: float) -> list[Detection]:
        """The faces in `pixels`, (H, W, 3) uint8 BGR, that score at least `min_score`, best first."""
        if pixels.shape != self._shape:
            self._fit(pixels.shape[0], pixels.shape[1])
            self._shape = pixels.shape
        self._fill(pixels)
        values, logits = self._network.run()
        kept = np.flatnonzero(logits >= math.log(min_score / (1 - min_score)))
        if not kept.size:
            return []
        faces = values.reshape(-1, _VALUES_PER_ANCHOR)[kept] + self._anchors[kept]
        scores = np.asarray(1 / (1 + np.exp(-logits.reshape(-1)[kept])), np.float32)
        scale = pixels.shape[1] / self._inner.width, pixels.shape[0] / self._inner.height
        return [_detection(face, score, self._inner[:2], scale) for face, score in _merge(faces, scores)]

    def _fit(self, height: int, width: int) -> None:
        """Place pictures of this size in the middle of the input, and cut the input down to them if possible.

        For a 16:9 picture that saves three eighths of the near network's work.
        """
        extent = self._network.input_px
        scale = extent / max(height, width)
        inner_width, inner_height = max(round(width * scale), 1), max(round(height * scale), 1)
        step = _FLEXIBLE.get(extent, extent)
        columns, rows = (-(-side // step) * step for side in (inner_width, inner_height))
        if self._network.input().shape != (1, rows, columns, 3):
            self._network.resize(rows, columns)
            self._anchors = _anchors(extent, rows, columns)
        self._network.input()[:] = -1.0
        left, top = (columns - inner_width) // 2, (rows - inner_height) // 2
        self._inner = Box(left, top, left + inner_width, top + inner_height)

    def _fill(self, pixels: BGR) -> None:
        """Put the whole picture into its place in the input.

        Twice the size first, and then an average of four: a tenth of the cost of averaging the whole picture,
        and enough against aliasing.
        """
        left, top, right, bottom = (int(side) for side in self._inner)
        inner = right - left, bottom - top
        size = pixels.shape[1], pixels.shape[0]
        shrinks = size[0] > inner[0]
        twice = 2 * inner[0], 2 * inner[1]
        if size[0] > twice[0]:
            halfway = cv2.resize(pixels, twice, interpolation=reading(size, twice))
        else:
            halfway = pixels
        small = cv2.resize(halfway, inner, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        place = self._network.input()[0, top:bottom, left:right]
        np.multiply(rgb, np.float32(1 / 127.5), out=place)
        place -= 1.0


def without_copies(detections: list[Detection]) -> list[Detection]:
    """Each face once, the best detection of it, best first."""
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda one: -one.score):
        if all(detection.box.iou(other.box) <= _OVERLAP for other in kept):
            kept.append(detection)
    return kept


def reading(size: tuple[int, int], to: tuple[int, int]) -> int:
    """How to shrink a picture of `size` (width, height) by reading between its pixels, in OpenCV's terms.

    Where an odd number of pixels becomes one, as from 1280 to 256, the place to read is a pixel's middle:
    taking that pixel gives the same picture as interpolation, in less than half the time.
    """
    odd = all(whole % part == 0 and whole // part % 2 for whole, part in zip(size, to, strict=True))
    return cv2.INTER_NEAREST_EXACT if odd else cv2.INTER_LINEAR


def _anchors(input_px: int, rows_px: int, columns_px: int) -> Tensor:
    """Where the anchors are in an input of that size, pixels: (count, 16) float32, to be added to the values.

    A face's values are its box's centre and size, and six keypoints; all but the size count from the anchor.
    """
    layers = []
    for cell_px, per_cell in _LAYERS[input_px]:
        x = np.arange(columns_px // cell_px, dtype=np.float32) + 0.5
        y = np.arange(rows_px // cell_px, dtype=np.float32) + 0.5
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2) * np.float32(cell_px)
        layers.append(np.repeat(grid, per_cell, axis=0))
    anchors = np.tile(np.concatenate(layers), _VALUES_PER_ANCHOR // 2)
    anchors[:, 2:4] = 0
    return anchors


def _merge(faces: Tensor, scores: Tensor) -> Iterator[tuple[list[float], float]]:
    """Overlapping candidates become one, the mean weighted by score, as in MediaPipe; best first.

    `faces`: (n, 16), pixels of the input. Gives such values of one face, and the best score.
    """
    boxes = [_box(*values) for values in faces[:, :4].tolist()]
    left: list[int] = np.argsort(-scores, kind="stable").tolist()
    while left:
        best = left[0]
        group = [index for index in left if index == best or boxes[index].iou(boxes[best]) > _OVERLAP]
        weights = scores[group]
        yield (weights @ faces[group] / weights.sum()).tolist(), float(scores[best])
        left = [index for index in left if index not in group]


def _box(x: float, y: float, width: float, height: float) -> Box:
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _detection(
    face: list[float], score: float, origin: tuple[float, ...], scale: tuple[float, float]
) -> Detection:
    """The face in pixels of a picture that begins at `origin` of the input, `scale` times as large."""
    numbers = [*_box(*face[:4]), *face[4:]]
    points = [
        ((x - origin[0]) * scale[0], (y - origin[1]) * scale[1])
        for x, y in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    return Detection(Box(*points[0], *points[1]), np.array(points[2:], np.float32), score)
