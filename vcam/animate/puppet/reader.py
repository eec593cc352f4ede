"""Reads a puppet's strings in a face mesh, with a small network that `model/puppet_signals.py` fits."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vcam.animate.pose import canonical_mesh
from vcam.animate.puppet.signals import Signals
from vcam.errors import ModelError
from vcam.types import Points

Vector = NDArray[np.float32]

_SOFT = 4.0
_HINT = "Install vcam again."
_STRINGS = Signals._fields[:15]
_UPPER_LIP, _LOWER_LIP = 13, 14
_LIPS_APART = 0.22
"""Between the inner lips, in canonical units, of a broad smile that shows the teeth."""
_OUTPUTS = (*_STRINGS, "look_up", "look_down")


class SignalReader:
    """Signals of a face, frame by frame, without memory.

    The file holds two groups of arrays (`numpy.savez`, no pickles). Features: `points_k` (n,) int, the
    landmarks of region k; `frame_k` (2,) int, the landmarks between which its origin lies, and whose distance
    is its unit (1 where they are the same); `mean_k` (3n,), `basis_k` (3n, d). Layers: `weight_k` (inputs,
    outputs), `bias_k` (outputs,), with SiLU between them and a sigmoid at the end; `names` (outputs,) are
    those of `Signals`. Raises ModelError for a file that is missing or not like this.
    """

    def __init__(self, file: Path) -> None:
        try:
            with np.load(file, allow_pickle=False) as data:
                arrays = {name: data[name] for name in data.files}
            names = [str(name) for name in arrays["names"]]
            regions = sum(name.startswith("points_") for name in arrays)
            layers = sum(name.startswith("weight_") for name in arrays)
            self._regions = [
                tuple(arrays[f"{part}_{k}"] for part in ("points", "frame", "mean", "basis"))
                for k in range(regions)
            ]
            self._layers = [(arrays[f"weight_{k}"], arrays[f"bias_{k}"]) for k in range(layers)]
            self._order = [names.index(name) for name in _OUTPUTS]
            self._outputs(np.zeros((468, 3), np.float32))
        except (OSError, KeyError, ValueError, IndexError) as error:
            raise ModelError(f"the puppet's {file.name} cannot be used: {error}", hint=_HINT) from error

    def read(self, landmarks: Points) -> Signals | None:
        """The signals of a (468, 3) mesh, its angles left at 0; None where the mesh is no face."""
        upright = canonical_mesh(landmarks)
        if upright is None:
            return None
        *strings, look_up, look_down = self._outputs(upright.astype(np.float32))[self._order].tolist()
        gap = float(np.linalg.norm(upright[_LOWER_LIP] - upright[_UPPER_LIP])) / _LIPS_APART
        read = dict(zip(_STRINGS, strings, strict=True))
        return Signals(**read, lips_apart=min(gap, 1.0), look_y=look_down - look_up)

    def _outputs(self, mesh: Vector) -> Vector:
        features = []
        for points, (first, last), mean, basis in self._regions:
            origin = (mesh[first] + mesh[last]) / 2
            unit = max(float(np.linalg.norm(mesh[first] - mesh[last])), 0.05) if first != last else 1.0
            features.append((((mesh[points] - origin) / unit).ravel() - mean) @ basis)
        # Far from every face of the crowd the numbers mean nothing: they are squeezed instead of growing.
        values: Vector = np.float32(_SOFT) * np.tanh(np.concatenate(features) / np.float32(_SOFT))
        for k, (weight, bias) in enumerate(self._layers):
            values = values @ weight + bias
            if k < len(self._layers) - 1:
                values = values * _sigmoid(values)
        return _sigmoid(values)


def _sigmoid(values: Vector) -> Vector:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -40.0, 40.0))))
