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
_ALONG_EYE = tuple(length / math.hypot(0.304, 0.015, 0.061) for length in (0.304, 0.015, -0.061))
"""From the outer to the inner corner of the canonical right eye, at length 1."""
_FAR_PX = 1e5
_EYE_SHIFT = (0.02, 0.10)
"""From between the corners to the middle of the patch, which shows the brow too: inwards and up."""


class Patches(NamedTuple):
    """uint8 grey: the right and the left eye (2, height, width), and the mouth (1, height, width).

    The left eye is mirrored, so that both look like right ones.
    """

    eyes: NDArray[np.uint8]
    mouth: NDArray[np.uint8]


def cut(pixels: BGR, landmarks: Points, pose: HeadPose) -> Patches:
    """The patches of a face.

    `landmarks`: finite, (468, 3), in pixels of the picture; `pose`: theirs. What lies outside the picture
    repeats its edge.
    """
    # cv2 counts from the first pixel's middle; torn points must not carry it beyond what it can count to.
    shown = (landmarks[_SHOWN, :2].clip(-_FAR_PX, _FAR_PX) - 0.5).tolist()
    (right_x, down_x, far_x), (right_y, down_y, far_y) = (pose.unit_px * pose.rotation[:2]).tolist()
    eyes = np.empty((2, EYE_HEIGHT, EYE_WIDTH), np.uint8)
    inwards, up = _EYE_SHIFT
    for patch, (outer, inner), side in zip(eyes, (shown[:2], shown[2:4]), (1.0, -1.0), strict=True):
        x, y, z = _ALONG_EYE
        along_x = side * x * right_x + y * down_x + z * far_x
        along_y = side * x * right_y + y * down_y + z * far_y
        middle_x = (outer[0] + inner[0]) / 2 + inwards * along_x - up * down_x
        middle_y = (outer[1] + inner[1]) / 2 + inwards * along_y - up * down_y
        _sample(pixels, patch, (along_x, down_x, middle_x), (along_y, down_y, middle_y))
    mouth = np.empty((1, MOUTH_HEIGHT, MOUTH_WIDTH), np.uint8)
    middle_x, middle_y = (sum(values) / 4 for values in zip(*shown[4:], strict=True))
    _sample(pixels, mouth[0], (right_x, down_x, middle_x), (right_y, down_y, middle_y))
    return Patches(eyes, mouth)


def even(patches: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, height * width) float32 of (n, height, width): each patch's light and contrast evened out."""
    flat = patches.reshape(len(patches), -1).astype(np.float32)
    flat -= np.add.reduce(flat, axis=1, keepdims=True) / flat.shape[1]
    deviation = np.sqrt(np.einsum("ni,ni->n", flat, flat) / flat.shape[1])
    flat /= (deviation + np.float32(_FAINT))[:, np.newaxis]
    return flat


def _sample(
    pixels: BGR, patch: NDArray[np.uint8], x: tuple[float, float, float], y: tuple[float, float, float]
) -> None:
    """Fill the patch. `x`, `y`: of a canonical unit along it, of one down it, and of its middle."""
    height, width = patch.shape
    size = width * _SAMPLES, height * _SAMPLES
    step = _STEP / _SAMPLES
    matrix = [
        (along * step, down * step, middle - step * (along * (size[0] - 1) + down * (size[1] - 1)) / 2)
        for along, down, middle in (x, y)
    ]
    fine = cv2.warpAffine(
        pixels,
        np.array(matrix),
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    grey = cv2.cvtColor(fine, cv2.COLOR_BGR2GRAY)
    cv2.resize(grey, (width, height), dst=patch, interpolation=cv2.INTER_AREA)
