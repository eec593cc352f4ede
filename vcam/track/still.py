"""Faces in a single picture: no memory to lean on, but time to look closely."""

from collections.abc import Iterator

import cv2
import numpy as np

from vcam.track.detector import Detection, Detector, without_copies
from vcam.track.mesh import FaceMesh, roi_of_detection, roi_of_landmarks
from vcam.track.target import box_of, distance
from vcam.types import BGR, Box, Points

_MIN_SCORE = 0.3
_PRESENCE = 0.5
_SURE_SCORE = 0.75
_SAME = 0.35
"""Two faces within this `distance` are one."""
_PART = 0.6
"""Of two faces that share this part of the smaller one, one is no face, but a mouth or an eye."""
_TILE = 1 / 3
"""Side of a tile, as a share of the picture's longer side."""
_OVERLAP = 0.4
"""Neighbouring tiles share this part of their side, so that no face in it is cut by both."""
_SMALLEST_TILE_PX = 160


def find(
    pixels: BGR, near: Detector, far: Detector, mesh: FaceMesh, max_faces: int
) -> list[tuple[Points, float]]:
    """The faces in `pixels`, (H, W, 3) uint8 BGR: landmarks (468, 3) float32 and presence, largest first.

    Both detectors look at the whole picture; the near one once more at the picture with a wide margin, for
    faces that fill it, and the far one at overlapping tiles, for small ones. The mesh decides; against it
    stands only a far detection of a high score, such as that of a profile.
    """
    claims = list(_far_claims(pixels, far))
    sure = [claim.box for claim in claims if claim.score >= _SURE_SCORE]
    ranked: list[tuple[float, Points, float]] = []
    for detection in without_copies(claims + list(_near_claims(pixels, near))):
        points, presence = _closest_look(pixels, mesh, detection)
        if presence >= _PRESENCE or detection.box in sure:
            ranked.append((detection.score * presence, points, presence))
    found: list[tuple[Points, float]] = []
    for _, points, presence in sorted(ranked, key=lambda one: -one[0]):
        box = box_of(points)
        if not any(_is_copy(box, box_of(other)) for other, _ in found):
            found.append((points, presence))
    return sorted(found, key=lambda face: -box_of(face[0]).area)[:max_faces]


def _near_claims(pixels: BGR, near: Detector) -> Iterator[Detection]:
    height, width = pixels.shape[:2]
    yield from near.detect(pixels, _MIN_SCORE)
    x, y = width // 2, height // 2
    framed = cv2.copyMakeBorder(pixels, y, y, x, x, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    for detection in near.detect(np.asarray(framed, np.uint8), _MIN_SCORE):
        yield detection.shifted(-x, -y)


def _far_claims(pixels: BGR, far: Detector) -> Iterator[Detection]:
    height, width = pixels.shape[:2]
    yield from far.detect(pixels, _MIN_SCORE)
    side = round(max(width, height) * _TILE)
    if side < _SMALLEST_TILE_PX:
        return
    for top in _starts(height, side):
        for left in _starts(width, side):
            tile = pixels[top : top + side, left : left + side]
            for detection in far.detect(tile, _MIN_SCORE):
                yield detection.shifted(left, top)


def _is_copy(box: Box, other: Box) -> bool:
    width = min(box.x1, other.x1) - max(box.x0, other.x0)
    height = min(box.y1, other.y1) - max(box.y0, other.y0)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared > _PART * min(box.area, other.area) or distance(box, other) < _SAME


def _starts(extent: int, side: int) -> list[int]:
    """Where tiles begin along one axis so that they cover it evenly with at least the wanted overlap."""
    if extent <= side:
        return [0]
    steps = -(-(extent - side) // round(side * (1 - _OVERLAP)))
    return [round(step * (extent - side) / steps) for step in range(steps + 1)]


def _closest_look(pixels: BGR, mesh: FaceMesh, detection: Detection) -> tuple[Points, float]:
    """Landmarks and presence from the detection, and then more exactly from those landmarks."""
    roi = roi_of_detection(detection)
    points, presence = mesh.locate(pixels, roi)
    again, again_presence = mesh.locate(pixels, roi_of_landmarks(points))
    if again_presence >= _PRESENCE:
        return again, again_presence
    return (points, presence) if presence >= _PRESENCE else (mesh.typical(roi), presence)
