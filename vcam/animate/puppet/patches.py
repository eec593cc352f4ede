"""Small grey pictures of the eyes and the mouth, cut where the mesh says they are and turned to the front.

The mesh places lids and lips by what faces usually look like; the pixels say what they do.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.animate.pose import HeadPose
from vcam.types import BGR, Points

Vector = NDArray[np.float64]

EYE_WIDTH, EYE_HEIGHT = 24, 20
MOUTH_WIDTH, MOUTH_HEIGHT = 32, 24
_STEP = 0.03
"""Between the pixels of a patch, in canonical units (see `pose`)."""
_SAMPLES = 2
"""A patch's pixel is the mean of so many samples a side: a large face must not alias."""
_FAINT = 4.0
"""Contrast below which a patch shows noise only, in grey levels."""
_SHOWN = np.array((33, 133, 263, 362, 61, 291, 0, 17))
"""Outer and inner corner of the right eye and of the left one; corners, top and bottom of the lips."""
_ALONG_EYES = np.array(((0.304, 0.015, -0.061), (-0.304, 0.015, -0.061))) / math.hypot(0.304, 0.015, 0.061)
"""From the outer to the inner corner of the canonical eyes, at length 1."""
_FAR_PX = 1e5
_EYE_SHIFT = (0.02, -0.10)
"""From between the corners to the middle of the patch, which shows the brow too: inwards and down."""


class Patches(NamedTuple):
    """uint8 grey; the left eye is mirrored, so that both look like right ones."""

    right_eye: NDArray[np.uint8]
    left_eye: NDArray[np.uint8]
    mouth: NDArray[np.uint8]


def cut(pixels: BGR, landmarks: Points, pose: HeadPose, margin: int = 0) -> Patches:
    """The patches of a face, (height + 2 margin, width + 2 margin) pixels each.

    `landmarks`: finite, (468, 3), in pixels of the picture; `pose`: theirs. What lies outside the picture
    repeats its edge.
    """
    # cv2 counts from the first pixel's middle; torn points must not carry it beyond what it can count to.
    shown = landmarks[_SHOWN, :2].clip(-_FAR_PX, _FAR_PX) - 0.5
    scaled = pose.unit_px * pose.rotation[:2]
    down = scaled[:, 1]
    eyes = []
    for (outer, inner), eye in zip((shown[:2], shown[2:4]), _ALONG_EYES, strict=True):
        along = scaled @ eye
        middle = (outer + inner) / 2 + _EYE_SHIFT[0] * along + _EYE_SHIFT[1] * down
        eyes.append(_sample(pixels, middle, along, down, EYE_WIDTH + 2 * margin, EYE_HEIGHT + 2 * margin))
    middle = shown[4:].sum(axis=0) / 4
    mouth = _sample(pixels, middle, scaled[:, 0], down, MOUTH_WIDTH + 2 * margin, MOUTH_HEIGHT + 2 * margin)
    return Patches(eyes[0], eyes[1], mouth)


def even(patch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(height * width,) float32: the patch's light and contrast evened out."""
    flat = patch.ravel().astype(np.float32)
    flat -= flat.mean()
    deviation = math.sqrt(float(flat @ flat) / flat.size)
    return flat * np.float32(1.0 / (deviation + _FAINT))


def _sample(
    pixels: BGR, middle: Vector, across: Vector, down: Vector, width: int, height: int
) -> NDArray[np.uint8]:
    """`across` and `down`: canonical units in pixels of the picture."""
    size = width * _SAMPLES, height * _SAMPLES
    matrix = np.empty((2, 3))
    matrix[:, 0], matrix[:, 1] = across, down
    matrix *= _STEP / _SAMPLES
    matrix[:, 2] = middle - matrix[:, 0] * ((size[0] - 1) / 2) - matrix[:, 1] * ((size[1] - 1) / 2)
    fine = cv2.warpAffine(
        pixels,
        matrix,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    grey = cv2.cvtColor(fine, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
