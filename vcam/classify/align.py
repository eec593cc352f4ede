"""Bring a live face to the size, place and gray levels of the tiles that the network was trained on."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGR, Affine, Points

OVERSAMPLING = 2
"""The crop is cut at this many times its size and averaged down, which is what keeps it free of aliasing."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Where landmarks belong in the network's input.

    `landmarks`: k numbers of the 468-point mesh. `xy_px`: (k, 2) float64, their places in pixels of the
    input, (0, 0) being the middle of its first pixel. `size_px`: the input's side.
    """

    landmarks: tuple[int, ...]
    xy_px: NDArray[np.float64]
    size_px: int

    def __post_init__(self) -> None:
        if self.xy_px.shape != (len(self.landmarks), 2) or len(self.landmarks) < 2:
            raise ValueError(f"{len(self.landmarks)} landmarks need as many places, not {self.xy_px.shape}")
        if not all(0 <= number < 468 for number in self.landmarks):
            raise ValueError("a landmark is not one of the mesh's 468")
        if not np.isfinite(self.xy_px).all() or self.size_px < 8:
            raise ValueError("the places must be finite and the input at least 8 pixels wide")


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> Affine | None:
    """The turn, scale and shift with the least squared error from `source` to `target`, both (k, 2).

    The closed form of Umeyama (1991) for the plane, without reflection. None where `source` is one point or
    not finite.
    """
    if not np.isfinite(source).all():
        return None
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    s, t = source - source_mean, target - target_mean
    power = float((s * s).sum())
    if power < 1e-6:
        return None
    cos = float((s * t).sum()) / power
    sin = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / power
    if cos * cos + sin * sin < 1e-12:
        return None
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([linear, (target_mean - linear @ source_mean)[:, None]])


def aligned_crop(pixels: BGR, landmarks: Points, template: Template) -> NDArray[np.uint8] | None:
    """The face as the network wants it: (size, size) uint8 gray, upright, at the template's scale.

    Only the part of the picture that holds the face is converted to gray. It is halved for as long as it is
    twice as fine as needed, which takes a third of the time of averaging it to size in one go. Outside of the
    picture the edge is repeated. None where the landmarks are not finite, on one point, or wholly outside of
    the picture.
    """
    placing = similarity(landmarks[list(template.landmarks), :2].astype(np.float64), template.xy_px)
    if placing is None:
        return None
    inverse = cv2.invertAffineTransform(placing)
    low, high = -0.5, template.size_px - 0.5
    corners = np.array([[low, low, 1], [high, low, 1], [low, high, 1], [high, high, 1]]) @ inverse.T
    height, width = pixels.shape[:2]
    x0, y0 = np.clip(np.floor(corners.min(axis=0)) - 2, 0, (width, height)).astype(int)
    x1, y1 = np.clip(np.ceil(corners.max(axis=0)) + 3, 0, (width, height)).astype(int)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    gray = cv2.cvtColor(pixels[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)
    fine = OVERSAMPLING * template.size_px
    shrink = OVERSAMPLING * float(np.hypot(placing[0, 0], placing[1, 0]))
    halvings = max(math.floor(-math.log2(shrink)), 0)
    for _ in range(halvings):
        rows, columns = max(gray.shape[0] // 2, 1), max(gray.shape[1] // 2, 1)
        gray = cv2.resize(gray[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
    view = _finer(placing) @ _undo_cut(x0, y0, 2.0**halvings)
    cut = cv2.warpAffine(
        gray, view[:2], (fine, fine), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    crop = cv2.resize(cut, (template.size_px, template.size_px), interpolation=cv2.INTER_AREA)
    return np.asarray(crop, dtype=np.uint8)


def _finer(placing: Affine) -> NDArray[np.float64]:
    """`placing` (2, 3) followed by oversampling, as (3, 3); both count from the middle of the first pixel."""
    shift = (OVERSAMPLING - 1) / 2
    matrix = np.vstack([placing * OVERSAMPLING, [0.0, 0.0, 1.0]])
    matrix[:2, 2] += shift
    return matrix


def _undo_cut(x0: int, y0: int, ratio: float) -> NDArray[np.float64]:
    """From pixels of the cut and shrunken part to pixels of the picture, as (3, 3)."""
    return np.array(
        [
            [ratio, 0.0, x0 + (ratio - 1) / 2],
            [0.0, ratio, y0 + (ratio - 1) / 2],
            [0.0, 0.0, 1.0],
        ]
    )


def standardised(crop: NDArray[np.uint8], std_floor: float) -> NDArray[np.float32]:
    """Zero mean, unit variance: (H, W) uint8 to (H, W) float32; contrast below `std_floor` is not raised."""
    values = crop.astype(np.float32)
    values -= values.mean()
    values /= max(float(values.std()), std_floor)
    return values
