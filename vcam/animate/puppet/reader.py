"""Reads a puppet's strings in a face, with two small networks that `model/puppet_signals.py` fits."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vcam.animate.pose import HeadPose, estimate_pose
from vcam.animate.puppet.patches import EYE_HEIGHT, EYE_WIDTH, MOUTH_HEIGHT, MOUTH_WIDTH, Patches, cut, even
from vcam.animate.puppet.signals import Signals
from vcam.errors import ModelError
from vcam.types import BGR, Points

Vector = NDArray[np.float32]
Layers = Sequence[tuple[Vector, Vector]]

_SOFT = 4.0
_HINT = "Install vcam again."
_STRINGS = Signals._fields[:15]
_UPPER_LIP, _LOWER_LIP = 13, 14
_LIPS_APART = 0.22
"""Between the inner lips, in canonical units, of a broad smile that shows the teeth."""
_OUTPUTS = (*_STRINGS, "look_up", "look_down")


class SignalReader:
    """Signals of a face, frame by frame, without memory.

    One network reads all of them in the points of the mesh. A second one sees the pixels of the eyes and the
    mouth as well, and where it is given them its word counts for the signals that it knows better.

    The file holds arrays (`numpy.savez`, no pickles). Features: `points_k` (n,) int, the landmarks of region
    k; `frame_k` (2,) int, the landmarks between which its origin lies, and whose distance is its unit (1
    where they are the same); `mean_k` (3n,), `basis_k` (3n, d). Layers of the first network: `weight_k`
    (inputs, outputs), `bias_k` (outputs,), with SiLU between them and a sigmoid at the end; `names`
    (outputs,) are those of `Signals`. The second one is t twins whose answers are averaged; its weights are
    (t, inputs, outputs), its biases (t, 1, outputs): `eye_weight` and `eye_bias`, a layer that both eyes'
    patches go through, `mouth_weight` and `mouth_bias` likewise, and behind the features and the right eye's,
    left eye's and mouth's values (SiLU) the layers `seen_weight_k`, `seen_bias_k` to the signals
    `seen_names`. Raises ModelError for a file that is missing or not like this.
    """

    def __init__(self, file: Path) -> None:
        try:
            with np.load(file, allow_pickle=False) as data:
                arrays = {name: data[name] for name in data.files}
            self._names = [str(name) for name in arrays["names"]]
            self._seen_names = [str(name) for name in arrays["seen_names"]]
            _check(self._names, self._seen_names)
            regions = sum(name.startswith("points_") for name in arrays)
            self._regions = [
                tuple(arrays[f"{part}_{k}"] for part in ("points", "frame", "mean", "basis"))
                for k in range(regions)
            ]
            self._layers = _layers(arrays, "")
            self._seen_layers = _layers(arrays, "seen_")
            self._eye, self._mouth = (
                (_float(arrays[f"{part}_weight"]), _float(arrays[f"{part}_bias"]))
                for part in ("eye", "mouth")
            )
            eyes, mouth = (2, EYE_HEIGHT, EYE_WIDTH), (1, MOUTH_HEIGHT, MOUTH_WIDTH)
            blank = Patches(np.zeros(eyes, np.uint8), np.zeros(mouth, np.uint8))
            self._values(np.zeros((468, 3), np.float32), blank)
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
        gap = float(np.linalg.norm(upright[_LOWER_LIP] - upright[_UPPER_LIP])) / _LIPS_APART
        read = {name: values[name] for name in _STRINGS}
        return Signals(**read, lips_apart=min(gap, 1.0), look_y=values["look_down"] - values["look_up"])

    def _values(self, mesh: Vector, patches: Patches | None) -> dict[str, float]:
        features = self._features(mesh)
        values = dict(zip(self._names, _run(self._layers, features).tolist(), strict=True))
        if patches is not None:
            eyes = even(patches.eyes) @ self._eye[0] + self._eye[1]
            mouth = even(patches.mouth) @ self._mouth[0] + self._mouth[1]
            twins = len(eyes)
            pictured = np.concatenate([eyes.reshape(twins, 1, -1), mouth], axis=2)
            known = np.concatenate(
                [np.broadcast_to(features, (twins, 1, len(features))), pictured * _sigmoid(pictured)], axis=2
            )
            found = _run(self._seen_layers, known).mean(axis=0)[0]
            values |= zip(self._seen_names, found.tolist(), strict=True)
        return values

    def _features(self, mesh: Vector) -> Vector:
        features = []
        for points, (first, last), mean, basis in self._regions:
            origin = (mesh[first] + mesh[last]) / 2
            unit = max(float(np.linalg.norm(mesh[first] - mesh[last])), 0.05) if first != last else 1.0
            features.append((((mesh[points] - origin) / unit).ravel() - mean) @ basis)
        # Far from every face of the crowd the numbers mean nothing: they are squeezed instead of growing.
        return np.asarray(np.float32(_SOFT) * np.tanh(np.concatenate(features) / np.float32(_SOFT)))


def _check(names: Sequence[str], seen_names: Sequence[str]) -> None:
    if {*names} != {*_OUTPUTS} or not {*_OUTPUTS}.issuperset(seen_names):
        raise ValueError("it knows other signals")


def _upright(landmarks: Points, pose: HeadPose) -> Vector:
    """The mesh turned to the front, in canonical units, (468, 3); its depth counts from the picture's."""
    turned = pose.rotation / pose.unit_px
    return np.asarray(landmarks @ turned - pose.origin @ turned[:2], np.float32)


def _float(array: NDArray[Any]) -> Vector:
    return np.ascontiguousarray(array, np.float32)


def _layers(arrays: Mapping[str, NDArray[Any]], network: str) -> Layers:
    count = sum(name.startswith(f"{network}weight_") for name in arrays)
    return [
        (_float(arrays[f"{network}weight_{k}"]), _float(arrays[f"{network}bias_{k}"])) for k in range(count)
    ]


def _run(layers: Layers, values: Vector) -> Vector:
    for k, (weight, bias) in enumerate(layers):
        values = values @ weight + bias
        if k < len(layers) - 1:
            values = values * _sigmoid(values)
    return _sigmoid(values)


def _sigmoid(values: Vector) -> Vector:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values))  # unlike the exponential's, tanh has no overflow
