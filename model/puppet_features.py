"""What the puppet's networks are told of a mesh: principal components of the points, region by region."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.puppet_crowd import BLENDSHAPES

Array = NDArray[Any]

OUTPUT = Path(__file__).with_name("puppet_signals.npz")


def _points(text: str) -> list[int]:
    return [int(number) for number in text.split()]


_EYE = _points("33 7 163 144 145 153 154 155 133 173 157 158 159 160 161 246")
_LIDS = _points("130 25 110 24 23 22 26 112 243 190 56 28 27 29 30 247")
_BROW = _points("70 63 105 66 107 55 65 52 53 46 224 223 222 221 225 113")
_MOUTH = _points(
    "61 146 91 181 84 17 314 405 321 375 291 185 40 39 37 0 267 269 270 409 78 95 88 178 87 14 317 402 "
    "318 324 308 191 80 81 82 13 312 311 310 415 152 148 377 176 400 200 199 18 32 262 205 425 50 280 2 "
    "98 327 1 206 426 216 436 57 287 43 273 164 58 288 172 397"
)
_RIGHT_CORNERS, _NOSE = (33, 133), 2
DIMENSIONS = (24, 12, 24, 12, 48, 40)
_SOFT = 4.0


def mirror_of(mean: Array) -> Array:
    """(468,) int: each landmark's partner on the other side of the face."""
    apart = np.linalg.norm(mean[:, np.newaxis] - mean * (-1, 1, 1), axis=2)
    return np.asarray(apart.argmin(axis=1))


def opposite(name: str) -> int:
    """Index of the same signal on the other side of the face."""
    swapped = name.replace("left", "*").replace("right", "left").replace("*", "right")
    return list(BLENDSHAPES).index(swapped)


def regions_of(mirror: Array) -> list[tuple[list[int], tuple[int, int]]]:
    """Landmarks of each region, and the two between which its origin lies and whose distance is its unit."""
    inner, outer = _RIGHT_CORNERS
    left = int(mirror[inner]), int(mirror[outer])
    eye = _EYE + _LIDS
    return [
        (eye, _RIGHT_CORNERS),
        (_BROW, _RIGHT_CORNERS),
        ([int(mirror[point]) for point in eye], left),
        ([int(mirror[point]) for point in _BROW], left),
        (_MOUTH, (_NOSE, _NOSE)),
        (list(range(468)), (_NOSE, _NOSE)),
    ]


def local(meshes: Array, points: Sequence[int], frame: tuple[int, int]) -> Array:
    """(n, 3 * points) of (n, 468, 3): a region's points in its own frame (see `regions_of`)."""
    first, last = frame
    origin = (meshes[:, first] + meshes[:, last]) / 2
    unit = (
        np.linalg.norm(meshes[:, first] - meshes[:, last], axis=1)
        if first != last
        else np.ones(len(meshes), np.float32)
    )
    moved = (meshes[:, list(points)] - origin[:, np.newaxis]) / unit[:, np.newaxis, np.newaxis]
    return np.asarray(moved.reshape(len(meshes), -1))


def basis_of(values: Array, size: int) -> tuple[Array, Array]:
    """Mean and whitening principal axes."""
    mean = values.mean(axis=0)
    variances, axes = np.linalg.eigh(np.cov(values, rowvar=False))
    return mean, axes[:, -size:] / np.sqrt(variances[-size:])


def features(meshes: Array, arrays: Mapping[str, Array]) -> Array:
    """(n, d) float32 of canonical meshes (n, 468, 3), by the arrays of `puppet_signals.npz`."""
    found = []
    for k in range(len(DIMENSIONS)):
        points, (first, last) = arrays[f"points_{k}"].tolist(), arrays[f"frame_{k}"].tolist()
        found.append((local(meshes, points, (first, last)) - arrays[f"mean_{k}"]) @ arrays[f"basis_{k}"])
    return np.asarray(_SOFT * np.tanh(np.concatenate(found, axis=1) / _SOFT), np.float32)
