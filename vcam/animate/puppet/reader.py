"""Reads a puppet's strings in a face, with two small networks that `model/puppet_signals.py` fits."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vcam.animate.pose import HeadPose, estimate_pose
from vcam.animate.puppet.patches import HEIGHT, WIDTH, Patches, cut, even
from vcam.animate.puppet.signals import Signals
from vcam.errors import ModelError
from vcam.types import BGR, Points

Vector = NDArray[np.float32]
Layer = tuple[Vector, Vector]

_SOFT = np.float32(4.0)
_HINT = "Install vcam again."
_STRINGS = Signals._fields[:15]
_UPPER_LIP, _LOWER_LIP = 13, 14
_LIPS_APART = 0.22
"""Between the inner lips, in canonical units, of a broad smile that shows the teeth."""
_BRIDGE = 168
_NARROWEST = 0.05
_OUTPUTS = (*_STRINGS, "look_left", "look_right", "look_up", "look_down")


class SignalReader:
    """Signals of a face, frame by frame, without memory.

    One network reads all of them in the points of the mesh. A second one sees the pixels of the eyes and the
    mouth as well, and where it is given them its word counts too, or alone.

    The file holds arrays (`numpy.savez`, no pickles). Features: `points_k` (n,) int, the landmarks of region
    k; `frame_k` (2,) int, the landmarks between which its origin lies, and whose distance is its unit (1
    where they are the same); `mean_k` (3n,), `basis_k` (3n, d). Layers of the first network: `weight_k`
    (inputs, outputs), `bias_k` (outputs,), with SiLU between them and a sigmoid at the end; `names`
    (outputs,) are those of `Signals`. Likewise of the second one: `eye_weight` and `eye_bias`, a layer that
    both eyes' patches go through, `mouth_weight` and `mouth_bias`, and behind the features and the right
    eye's, left eye's and mouth's values (SiLU) the layers `seen_weight_k`, `seen_bias_k` to the signals
    `seen_names`, for which its word counts `seen_share` (outputs,), 0 to 1. Raises ModelError for a file that
    is missing or not like this.
    """

    def __init__(self, file: Path) -> None:
        try:
            with np.load(file, allow_pickle=False) as data:
                arrays = {name: data[name] for name in data.files}
            self._regions = _regions(arrays)
            names, seen_names = ([str(name) for name in arrays[f"{kind}names"]] for kind in ("", "seen_"))
            _check(names, seen_names)
            self._layers, self._seen_layers = _layers(arrays, ""), _layers(arrays, "seen_")
            self._layers[-1] = _in_order(self._layers[-1], [names.index(name) for name in _OUTPUTS])
            self._seen = np.array([_OUTPUTS.index(name) for name in seen_names])
            self._share = _float(arrays["seen_share"])
            self._eye, self._mouth = (_layer(arrays, f"{part}_{{}}") for part in ("eye", "mouth"))
            self._values(np.zeros((468, 3), np.float32), np.zeros((3, HEIGHT, WIDTH), np.uint8))
        except (OSError, KeyError, ValueError, IndexError) as error:
            raise ModelError(f"the puppet's {file.name} cannot be used: {error}", hint=_HINT) from error

    def read(self, landmarks: Points, pixels: BGR | None = None) -> Signals | None:
        """The signals of a (468, 3) mesh, its angles left at 0; None where the mesh is no face.

        `pixels`: the picture, (H, W, 3) uint8, in which the landmarks are; without it they alone are read.
        """
        pose = estimate_pose(landmarks)
        if pose is None or not np.isfinite(landmarks).all():
            return None
        upright = _upright(landmarks, pose)
        values = self._values(upright, None if pixels is None else cut(pixels, landmarks, pose))
        gap = math.dist(upright[_LOWER_LIP].tolist(), upright[_UPPER_LIP].tolist()) / _LIPS_APART
        *strings, left, right, up, down = values.tolist()
        strings += min(gap, 1.0), left - right, down - up
        return Signals(*strings)

    def _values(self, mesh: Vector, patches: Patches | None) -> Vector:
        """What is read in an upright mesh, (outputs,), in the order of `_OUTPUTS`."""
        features = self._features(mesh)
        values = _run(self._layers, features)
        if patches is not None:
            seen = even(patches)
            (eye, eye_bias), (mouth, mouth_bias) = self._eye, self._mouth
            pictured = np.concatenate([(seen[:2] @ eye + eye_bias).ravel(), seen[2] @ mouth + mouth_bias])
            pictured += pictured * np.tanh(pictured)
            found = _run(self._seen_layers, np.concatenate([features, pictured]))
            values[self._seen] += self._share * (found - values[self._seen])
        return values

    def _features(self, mesh: Vector) -> Vector:
        features = []
        for points, measured, basis, rest in self._regions:
            seen = mesh.take(points, axis=0)  # half the time of an index array
            unit = max(math.dist(*seen[-2:].tolist()), _NARROWEST) if measured else 1.0
            features.append(seen.ravel() @ basis / np.float32(unit) - rest)
        # Far from every face of the crowd the numbers mean nothing: they are squeezed instead of growing.
        return np.asarray(_SOFT * np.tanh(np.concatenate(features) / _SOFT))


def _regions(arrays: Mapping[str, NDArray[Any]]) -> list[tuple[NDArray[np.intp], bool, Vector, Vector]]:
    """Landmarks (n,), the last two the frame's; whether their distance is the unit; basis (3n, d); rest (d,).

    The origin is a mean of landmarks, so that counting from it is a part of the basis; the rest is taken off
    in the end. Regions of one eye become one, which is quicker to read.
    """
    count = sum(name.startswith("points_") for name in arrays)
    frames = [tuple(arrays[f"frame_{k}"].tolist()) for k in range(count)]
    groups: list[list[int]] = []
    for k, (first, last) in enumerate(frames):
        if k and frames[k - 1] == (first, last) and first != last:
            groups[-1].append(k)
        else:
            groups.append([k])
    found = []
    for numbers in groups:
        first, last = frames[numbers[0]]
        points, means, bases = (
            [arrays[f"{part}_{k}"] for k in numbers] for part in ("points", "mean", "basis")
        )
        joint = np.concatenate([*points, (first, last)]).astype(np.intp)
        basis = np.zeros((len(joint), 3, sum(one.shape[1] for one in bases)))
        row = column = 0
        for one, listed in zip(bases, points, strict=True):
            rows, columns = slice(row, row + len(listed)), slice(column, column + one.shape[1])
            basis[rows, :, columns] = one.reshape(len(listed), 3, -1)
            basis[-2:, :, columns] -= basis[rows, :, columns].sum(axis=0) / 2
            row, column = rows.stop, columns.stop
        rest = np.concatenate([mean @ one for mean, one in zip(means, bases, strict=True)])
        found.append((joint, first != last, _float(basis.reshape(-1, column)), _float(rest)))
    return found


def _check(names: Sequence[str], seen_names: Sequence[str]) -> None:
    if {*names} != {*_OUTPUTS} or not {*_OUTPUTS}.issuperset(seen_names):
        raise ValueError("it knows other signals")


def _upright(landmarks: Points, pose: HeadPose) -> Vector:
    """The mesh turned to the front, in canonical units, (468, 3) from the bridge of the nose."""
    turned = (pose.rotation / pose.unit_px).astype(np.float32)
    return np.asarray((landmarks - landmarks[_BRIDGE]) @ turned, np.float32)


def _float(array: NDArray[Any]) -> Vector:
    return np.ascontiguousarray(array, np.float32)


def _layer(arrays: Mapping[str, NDArray[Any]], name: str) -> Layer:
    """Weights and biases, halved: with u = x / 2, SiLU is u + u tanh(u), and a sigmoid (1 + tanh(u)) / 2.

    Unlike the exponential's, tanh has no overflow.
    """
    return _float(arrays[name.format("weight")] / 2), _float(arrays[name.format("bias")] / 2)


def _layers(arrays: Mapping[str, NDArray[Any]], network: str) -> list[Layer]:
    count = sum(name.startswith(f"{network}weight_") for name in arrays)
    return [_layer(arrays, f"{network}{{}}_{k}") for k in range(count)]


def _in_order(layer: Layer, order: Sequence[int]) -> Layer:
    return _float(layer[0][:, order]), _float(layer[1][order])


def _run(layers: Sequence[Layer], values: Vector) -> Vector:
    *hidden, (weight, bias) = layers
    for inner, offset in hidden:
        values = values @ inner + offset
        values += values * np.tanh(values)
    return np.asarray(0.5 + 0.5 * np.tanh(values @ weight + bias), np.float32)
