"""Cuts a head out of a picture: hair, ears and face, upright, without neck and background."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.portrait.segment import Segmenter
from vcam.types import Affine, Face, Frame, Points

SIDE_PX = 512
"""Side of a cut-out."""
_FACE_SHARE = 0.46
"""Height of the face, hairline to chin, as a share of the side: room for hair, ears and a beard remains."""
_FACE_AT = 0.57
"""Where the middle of the face lies, from the top."""
_WIDE = 16 / 9

# The outline of the face in the mesh topology, clockwise from the middle of the forehead as it is seen.
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
_JAW = OVAL[OVAL.index(361) : OVAL.index(132) + 1]
"""From jaw angle to jaw angle, along the chin."""
_EYES = (33, 133), (362, 263)


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A head, upright and centred.

    `pixels`: (SIDE_PX, SIDE_PX, 3) uint8 BGR. `alpha`: (SIDE_PX, SIDE_PX) float32, 0 to 1. `landmarks`:
    (468, 2) float64 in pixels of the cut-out.
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.float32]
    landmarks: NDArray[np.float64]


def cut_head(frame: Frame, face: Face, segmenter: Segmenter) -> Cutout:
    """The head of `face`, which must have been found in this `frame`.

    The network says where the person is, the mesh where the face ends below; the edge then follows the
    picture's own edges (guided filter: He et al., "Guided Image Filtering", 2010).
    """
    upright = upright_map(face.landmarks)
    wide = upright + np.array([[0, 0, (_WIDE - 1) / 2 * SIDE_PX], [0, 0, 0]])
    surroundings = cv2.warpAffine(
        frame.pixels,
        wide,
        (round(SIDE_PX * _WIDE), SIDE_PX),
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )
    left = (surroundings.shape[1] - SIDE_PX) // 2
    inner = slice(left, left + SIDE_PX)
    person = segmenter.person(np.ascontiguousarray(surroundings, np.uint8))[:, inner]
    person = np.ascontiguousarray(person)
    pixels = np.ascontiguousarray(surroundings[:, inner], np.uint8)
    # Beyond the picture's edge there is nothing of the head, whatever the repeated edge looks like.
    seen = cv2.warpAffine(np.full(frame.pixels.shape[:2], 255, np.uint8), upright, (SIDE_PX, SIDE_PX))
    points = face.landmarks[:, :2].astype(np.float64) @ upright[:, :2].T + upright[:, 2]
    alpha = np.where(seen == 255, _head_alpha(pixels, person, points), 0).astype(np.float32)
    return Cutout(pixels, alpha, points)


def upright_map(landmarks: Points) -> Affine:
    """(2, 3) float64: from the frame to a cut-out in which the eyes are level and the face is centred.

    `landmarks`: (468, 3) in frame pixels. Raises ValueError where they have no extent.
    """
    xy = landmarks[:, :2].astype(np.float64)
    right, left = (xy[list(corners)].mean(axis=0) for corners in _EYES)
    roll = math.atan2(left[1] - right[1], left[0] - right[0])
    cosine, sine = math.cos(-roll), math.sin(-roll)
    turned = xy[list(OVAL)] @ np.array([[cosine, sine], [-sine, cosine]])
    low, high = turned.min(axis=0), turned.max(axis=0)
    if not float(high[1] - low[1]) > 1e-6:
        raise ValueError("the landmarks have no extent")
    scale = _FACE_SHARE * SIDE_PX / float(high[1] - low[1])
    middle = (low + high) / 2 * scale
    shift = SIDE_PX * np.array([0.5, _FACE_AT]) - middle
    return np.array([[cosine * scale, -sine * scale, shift[0]], [sine * scale, cosine * scale, shift[1]]])


def _head_alpha(
    pixels: NDArray[np.uint8], person: NDArray[np.float32], points: NDArray[np.float64]
) -> NDArray[np.float32]:
    allowed = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.fillPoly(allowed, [_above_the_jaw(points)], 255)
    face = np.zeros_like(allowed)
    cv2.fillPoly(face, [np.round(points[list(OVAL)]).astype(np.int32)], 255)
    rough = np.maximum(np.where(allowed > 0, person, 0), face.astype(np.float32) / 255)
    rough = _largest_part(rough)
    # A round brush takes off the corners where hair was cut straight, and stray wisps.
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (31, 31))
    rough = np.maximum(cv2.morphologyEx(rough, cv2.MORPH_OPEN, brush), face.astype(np.float32) / 255)
    guided = cv2.ximgproc.guidedFilter(pixels, rough.astype(np.float32), radius=9, eps=(0.03 * 255) ** 2)
    sharp = np.clip((guided - 0.35) / 0.35, 0, 1)
    return np.asarray(cv2.GaussianBlur(sharp.astype(np.float32), (0, 0), 0.8), np.float32)


def _above_the_jaw(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """(n, 2) int32: the polygon of everything above the jaw; beside it hair is cut at the jaw's height."""
    jaw = points[list(_JAW)]  # from the picture's right to its left
    first, last = jaw[0], jaw[-1]
    down = 0.08 * SIDE_PX
    corners = [(0.0, 0.0), (SIDE_PX, 0.0), (SIDE_PX, first[1] + down), (first[0] + down, first[1] + down)]
    back = [(last[0] - down, last[1] + down), (0.0, last[1] + down)]
    return np.round(np.vstack([corners, jaw, back])).astype(np.int32)


def _largest_part(alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    count, parts, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.5).astype(np.uint8))
    if count < 2:
        return alpha
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    near = cv2.dilate((parts == largest).astype(np.uint8), np.ones((9, 9), np.uint8))
    return np.where(near > 0, alpha, 0).astype(np.float32)
