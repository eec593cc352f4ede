"""Small grey pictures of the eyes and the mouth, cut where the mesh says they are and turned to the front.

The mesh places lids and lips by what faces usually look like; the pixels say what they do.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.animate.pose import HeadPose
from vcam.types import BGR, Points

Patches = NDArray[np.uint8]
"""(3, HEIGHT, WIDTH) uint8 grey: the right eye, the left eye, mirrored so that both look like right ones,
and the mouth."""

WIDTH, HEIGHT = 20, 16
_EYE_STEP, _MOUTH_STEP = 0.0375, 0.048
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


def cut(pixels: BGR, landmarks: Points, pose: HeadPose) -> Patches:
    """The patches of a face.

    `landmarks`: finite, (468, 3), in pixels of the picture; `pose`: theirs. What lies outside the picture
    repeats its edge.
    """
    # cv2 counts from the first pixel's middle; torn points must not carry it beyond what it can count to.
    shown = (landmarks.take(_SHOWN, axis=0)[:, :2].clip(-_FAR_PX, _FAR_PX) - 0.5).tolist()
    (right_x, down_x, far_x), (right_y, down_y, far_y) = (pose.unit_px * pose.rotation[:2]).tolist()
    fine = np.empty((3, HEIGHT * _SAMPLES, WIDTH * _SAMPLES, 3), np.uint8)
    inwards, up = _EYE_SHIFT
    x, y, z = _ALONG_EYE
    for part, (outer, inner), side in zip(fine, (shown[:2], shown[2:4]), (1.0, -1.0), strict=False):
        along_x = side * x * right_x + y * down_x + z * far_x
        along_y = side * x * right_y + y * down_y + z * far_y
        middle_x = (outer[0] + inner[0]) / 2 + inwards * along_x - up * down_x
        middle_y = (outer[1] + inner[1]) / 2 + inwards * along_y - up * down_y
        _sample(pixels, part, _EYE_STEP, (along_x, down_x, middle_x), (along_y, down_y, middle_y))
    middle_x, middle_y = (sum(values) / 4 for values in zip(*shown[4:], strict=True))
    _sample(pixels, fine[2], _MOUTH_STEP, (right_x, down_x, middle_x), (right_y, down_y, middle_y))
    grey = cv2.cvtColor(fine.reshape(-1, WIDTH * _SAMPLES, 3), cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (WIDTH, 3 * HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8).reshape(3, HEIGHT, WIDTH)


def even(patches: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, height * width) float32 of (n, height, width): each patch's light and contrast evened out."""
    flat = patches.reshape(len(patches), -1).astype(np.float32)
    flat -= np.add.reduce(flat, axis=1, keepdims=True) / flat.shape[1]
    deviation = np.sqrt(np.einsum("ni,ni->n", flat, flat) / flat.shape[1])
    flat /= (deviation + np.float32(_FAINT))[:, np.newaxis]
    return flat


def _sample(
    pixels: BGR,
    part: NDArray[np.uint8],
    step: float,
    x: tuple[float, float, float],
    y: tuple[float, float, float],
) -> None:
    """Fill a part. `x`, `y`: of a canonical unit along it, of one down it, and of its middle."""
    height, width = part.shape[:2]
    step /= _SAMPLES
    matrix = [
        (along * step, down * step, middle - step * (along * (width - 1) + down * (height - 1)) / 2)
        for along, down, middle in (x, y)
    ]
    cv2.warpAffine(
        pixels,
        np.array(matrix),
        (width, height),
        dst=part,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
