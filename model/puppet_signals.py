"""Fits the two small networks that read the puppet's signals in a face: `puppet_signals.npz`.

    python -m model.puppet_signals extract FER_FOLDER TASK_FILE WORK_FOLDER [--part 0 --parts 2]
    python -m model.puppet_signals patches FER_FOLDER WORK_FOLDER [--part 0 --parts 2]
    python -m model.puppet_signals fit WORK_FOLDER
    python -m model.puppet_signals fit-pixels WORK_FOLDER
    python -m model.puppet_signals check TASK_FILE CLIP...

`extract` reads the crowd (see `puppet_crowd`), and `patches` cuts its eyes and mouths out (see
`puppet_patches`). `fit` trains the network that sees the mesh alone, on points between vcam's mesh and the
official one, each face mirrored too; `fit-pixels` adds the one that sees the patches as well (see
`puppet_pixels`). `check` follows real clips and prints Pearson's r against the official blendshapes, and how
well these agree with themselves.
"""

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import puppet_patches, puppet_pixels
from model.puppet_crowd import BLENDSHAPES, extract, follow, load
from model.puppet_features import (
    DIMENSIONS,
    OUTPUT,
    basis_of,
    features,
    local,
    mirror_of,
    opposite,
    regions_of,
)
from vcam.animate.puppet.reader import SignalReader

Array = NDArray[Any]

_HIDDEN = (96, 48)


def fit(work: Path, seed: int = 0, epochs: int = 16) -> None:
    """Train on every `crowd*.npz` in the work folder and write OUTPUT; prints r on every twentieth face."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    aims, ours, official, rows = load(work)
    mirror = mirror_of(ours.mean(axis=0))
    sides = [opposite(name) for name in BLENDSHAPES]
    held_out = rows % 20 == 0

    def both(meshes: Array) -> Array:
        chosen = meshes[~held_out]
        return np.concatenate([chosen, chosen[:, mirror] * np.array((-1, 1, 1), np.float32)])

    regions, crowd = regions_of(mirror), both(ours)
    bases = [basis_of(local(crowd, *region), size) for region, size in zip(regions, DIMENSIONS, strict=True)]

    arrays: dict[str, Any] = {"names": np.array(list(BLENDSHAPES))}
    for k, ((points, frame), (mean, basis)) in enumerate(zip(regions, bases, strict=True)):
        arrays |= {f"points_{k}": np.array(points, np.int16), f"frame_{k}": np.array(frame, np.int16)}
        arrays |= {f"mean_{k}": mean.astype(np.float32), f"basis_{k}": basis.astype(np.float32)}

    one, other = torch.tensor(features(crowd, arrays)), torch.tensor(features(both(official), arrays))
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
    for k, layer in enumerate(layers):
        arrays |= {f"weight_{k}": layer.weight.detach().numpy().T, f"bias_{k}": layer.bias.detach().numpy()}
    contiguous: dict[str, Any] = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    np.savez_compressed(OUTPUT, **contiguous)
    with torch.no_grad():
        found = network(torch.tensor(features(ours[held_out], arrays))).numpy()
    for k, name in enumerate(BLENDSHAPES):
        print(f"{name:16s} r = {np.corrcoef(found[:, k], aims[held_out][:, k])[0, 1]:.3f}")


def check(task: Path, clips: Sequence[Path]) -> None:
    """Print how every signal follows the official one on every clip where that moves (deviation > 0.05).

    Three times Pearson's r: with the official score of the picture, with its mean over several slightly
    different views of the picture, and of the official score itself with that mean: no reader can be
    expected to follow a score that does not repeat itself. Then the mean's deviation.
    """
    reader = SignalReader(OUTPUT)
    found: dict[str, list[tuple[str, Array]]] = {name: [] for name in BLENDSHAPES}
    for clip in clips:
        tracks: dict[int, list[Array]] = {}
        for face in follow(task, clip):
            signals = reader.read(face.mesh, face.pixels)
            if signals is not None:
                x, y = signals.look_x, signals.look_y
                read = np.array([*signals[:15], -y, y, x, -x])
                tracks.setdefault(face.track_id, []).append(np.array([read, face.official, face.steady]))
        for track_id, listed in tracks.items():
            if len(listed) < 20:
                continue
            for k, name in enumerate(BLENDSHAPES):
                ours, official, steady = np.array(listed)[:, :, k].T
                if official.std() > 0.05:
                    pairs = (ours, official), (ours, steady), (official, steady)
                    row = np.array([*(_r(*pair) for pair in pairs), np.nanstd(steady)])
                    found[name].append((f"{clip.stem}/{track_id}", row))
    for name, rows in found.items():
        if rows:
            print(f"{name:16s} {_row(np.median([row for _, row in rows], axis=0))}  median of {len(rows)}")
            for where, row in rows:
                print(f"{'':16s} {_row(row)}  {where}")


def _r(one: Array, other: Array) -> float:
    """Pearson's r where both are numbers."""
    known = np.isfinite(one) & np.isfinite(other)
    return float(np.corrcoef(one[known], other[known])[0, 1])


def _row(values: Array) -> str:
    single, steady, itself, deviation = values.tolist()
    return f"r {single:5.2f}  mean of views {steady:5.2f}  itself {itself:5.2f}  deviation {deviation:.3f}"


def main() -> None:
    """Run one of the steps."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    for name, sources in {"extract": ("fer", "task"), "patches": ("fer",)}.items():
        step = steps.add_parser(name)
        for source in (*sources, "work"):
            step.add_argument(source, type=Path)
        step.add_argument("--part", type=int, default=0)
        step.add_argument("--parts", type=int, default=1)
    for name in ("fit", "fit-pixels"):
        steps.add_parser(name).add_argument("work", type=Path)
    step = steps.add_parser("check")
    step.add_argument("task", type=Path)
    step.add_argument("clips", type=Path, nargs="+")
    given = parser.parse_args()
    match given.step:
        case "extract":
            extract(given.fer, given.task, given.work, given.part, given.parts)
        case "patches":
            puppet_patches.extract(given.fer, given.work, given.part, given.parts)
        case "fit":
            fit(given.work)
        case "fit-pixels":
            puppet_pixels.fit(given.work)
        case _:
            check(given.task, given.clips)


if __name__ == "__main__":
    main()
