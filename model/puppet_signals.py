"""Fits the small network that reads the puppet's signals in a face mesh: `puppet_signals.npz`.

    python -m model.puppet_signals extract FER_FOLDER TASK_FILE WORK_FOLDER [--part 0 --parts 2]
    python -m model.puppet_signals fit WORK_FOLDER
    python -m model.puppet_signals check TASK_FILE CLIP...

`extract` reads the crowd (see `puppet_crowd`). `fit` trains on points between vcam's mesh and the official
one, each face mirrored too. `check` follows real clips and prints Pearson's r against the
official blendshapes.
"""

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.puppet_crowd import BLENDSHAPES, extract, follow, load
from vcam.animate.puppet.reader import SignalReader

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
_DIMENSIONS = (24, 12, 24, 12, 48, 40)
_HIDDEN = (96, 48)
_SOFT = 4.0


def fit(work: Path, seed: int = 0, epochs: int = 16) -> None:
    """Train on every `crowd*.npz` in the work folder and write OUTPUT; prints r on every twentieth face."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    aims, ours, official, rows = load(work)
    mirror = _mirror(ours.mean(axis=0))
    sides = [_opposite(name) for name in BLENDSHAPES]
    held_out = rows % 20 == 0

    def both(meshes: Array) -> Array:
        chosen = meshes[~held_out]
        return np.concatenate([chosen, chosen[:, mirror] * np.array((-1, 1, 1), np.float32)])

    regions, crowd = _regions(mirror), both(ours)
    bases = [_basis(_local(crowd, *region), size) for region, size in zip(regions, _DIMENSIONS, strict=True)]

    def features(meshes: Array) -> torch.Tensor:
        parts = [
            (_local(meshes, *region) - mean) @ basis
            for region, (mean, basis) in zip(regions, bases, strict=True)
        ]
        return torch.tensor(_SOFT * np.tanh(np.concatenate(parts, axis=1) / _SOFT), dtype=torch.float32)

    one, other = features(crowd), features(both(official))
    wanted = torch.tensor(np.concatenate([aims[~held_out], aims[~held_out][:, sides]]), dtype=torch.float32)
    sizes = [one.shape[1], *_HIDDEN, len(BLENDSHAPES)]
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    network = nn.Sequential(layers[0], nn.SiLU(), layers[1], nn.SiLU(), layers[2], nn.Sigmoid())
    batch, weight = 1024, 1 / (wanted.std(0) + 0.03)
    steps = len(one) // batch
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=epochs * steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(one))[: steps * batch].reshape(steps, batch):
            share = torch.rand(batch, 1)
            given = share * one[chosen] + (1 - share) * other[chosen]
            given = given + 0.2 * torch.randn_like(given)
            loss = (((network(given) - wanted[chosen]) * weight) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    arrays: dict[str, Array] = {"names": np.array(list(BLENDSHAPES))}
    for k, ((points, frame), (mean, basis)) in enumerate(zip(regions, bases, strict=True)):
        arrays |= {f"points_{k}": np.array(points, np.int16), f"frame_{k}": np.array(frame, np.int16)}
        arrays |= {f"mean_{k}": mean.astype(np.float32), f"basis_{k}": basis.astype(np.float32)}
    for k, layer in enumerate(layers):
        arrays |= {f"weight_{k}": layer.weight.detach().numpy().T, f"bias_{k}": layer.bias.detach().numpy()}
    contiguous: dict[str, Any] = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    np.savez_compressed(OUTPUT, **contiguous)
    with torch.no_grad():
        found = network(features(ours[held_out])).numpy()
    for k, name in enumerate(BLENDSHAPES):
        print(f"{name:16s} r = {np.corrcoef(found[:, k], aims[held_out][:, k])[0, 1]:.3f}")


def check(task: Path, clips: Sequence[Path]) -> None:
    """Print r of every signal on every clip where the official one moves (deviation > 0.05), and medians."""
    reader = SignalReader(OUTPUT)
    found: dict[str, list[float]] = {name: [] for name in BLENDSHAPES}
    for clip in clips:
        tracks: dict[int, list[tuple[Array, Array]]] = {}
        for track, mesh, blend in follow(task, clip):
            signals = reader.read(mesh)
            if signals is not None:
                read = [*signals[:15], -signals.look_y, signals.look_y]
                tracks.setdefault(track, []).append((np.array(read), blend))
        for listed in tracks.values():
            pairs: Array = np.array(listed)
            if len(pairs) < 20:
                continue
            for k, name in enumerate(BLENDSHAPES):
                if pairs[:, 1, k].std() > 0.05:
                    found[name].append(float(np.corrcoef(pairs[:, 0, k], pairs[:, 1, k])[0, 1]))
    for name, values in found.items():
        if values:
            all_of_them = " ".join(f"{value:.2f}" for value in sorted(values))
            print(f"{name:16s} median r = {np.median(values):.3f} of {len(values)}: {all_of_them}")


def _mirror(mean: Array) -> Array:
    """(468,) int: each landmark's partner on the other side of the face."""
    apart = np.linalg.norm(mean[:, np.newaxis] - mean * (-1, 1, 1), axis=2)
    return np.asarray(apart.argmin(axis=1))


def _opposite(name: str) -> int:
    swapped = name.replace("left", "*").replace("right", "left").replace("*", "right")
    return list(BLENDSHAPES).index(swapped)


def _regions(mirror: Array) -> list[tuple[list[int], tuple[int, int]]]:
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


def _local(meshes: Array, points: Sequence[int], frame: tuple[int, int]) -> Array:
    first, last = frame
    origin = (meshes[:, first] + meshes[:, last]) / 2
    unit = (
        np.linalg.norm(meshes[:, first] - meshes[:, last], axis=1)
        if first != last
        else np.ones(len(meshes), np.float32)
    )
    moved = (meshes[:, list(points)] - origin[:, np.newaxis]) / unit[:, np.newaxis, np.newaxis]
    return np.asarray(moved.reshape(len(meshes), -1))


def _basis(values: Array, size: int) -> tuple[Array, Array]:
    """Mean and whitening principal axes."""
    mean = values.mean(axis=0)
    variances, axes = np.linalg.eigh(np.cov(values, rowvar=False))
    return mean, axes[:, -size:] / np.sqrt(variances[-size:])


def main() -> None:
    """Run one of the three steps."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("extract")
    for name in ("fer", "task", "work"):
        step.add_argument(name, type=Path)
    step.add_argument("--part", type=int, default=0)
    step.add_argument("--parts", type=int, default=1)
    steps.add_parser("fit").add_argument("work", type=Path)
    step = steps.add_parser("check")
    step.add_argument("task", type=Path)
    step.add_argument("clips", type=Path, nargs="+")
    given = parser.parse_args()
    match given.step:
        case "extract":
            extract(given.fer, given.task, given.work, given.part, given.parts)
        case "fit":
            fit(given.work)
        case _:
            check(given.task, given.clips)


if __name__ == "__main__":
    main()
