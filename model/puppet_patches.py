"""The crowd's eyes and mouths as pixels, as a webcam might show them.

Every face of the crowd is seen twice: as FER2013 has it, and made into another picture: larger or smaller,
leaning, lit from a side, noisy, compressed. Both times vcam's own mesh says where the patches are, from a
region shaken as a tracker shakes it, so that they lie as imperfectly as they will.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.puppet_crowd import enlarged, tiles
from vcam import assets
from vcam.animate.pose import canonical_mesh, estimate_pose
from vcam.animate.puppet.patches import cut
from vcam.track.mesh import FaceMesh, Roi, roi_of_landmarks

Array = NDArray[Any]

_PRESENT = 0.9


def extract(fer: Path, work: Path, part: int, parts: int) -> None:
    """Write `patches<part>.npz` beside `crowd*.npz`: `row`, canonical `mesh`, `patches`, `target`."""
    cv2.setNumThreads(1)
    faces = tiles(fer)
    mesh_of = FaceMesh(assets.load("face_landmark"))
    dice = np.random.default_rng(part)
    kept: dict[str, list[Any]] = {"row": [], "mesh": [], "patches": [], "target": []}
    for file in sorted(work.glob("crowd*.npz")):
        with np.load(file) as data:
            crowd = [data[name] for name in ("row", "official", "target")]
        for row, official, target in zip(*crowd, strict=True):
            if row % parts != part:
                continue
            for pixels, points in _pictures(enlarged(faces[row]), official, dice):
                mesh = _follow(mesh_of, pixels, points, dice)
                pose = None if mesh is None else estimate_pose(mesh)
                if mesh is None or pose is None:
                    continue
                found = row, canonical_mesh(mesh), cut(pixels, mesh, pose), target
                for name, value in zip(kept, found, strict=True):
                    kept[name].append(value)
    arrays: dict[str, Any] = {name: np.array(values) for name, values in kept.items()}
    np.savez(work / f"patches{part}.npz", **(arrays | {"mesh": arrays["mesh"].astype(np.float32)}))


def load(work: Path) -> dict[str, Array]:
    """What every `patches*.npz` holds, in one."""
    found = []
    for file in sorted(work.glob("patches*.npz")):
        with np.load(file) as data:
            found.append({name: data[name] for name in data.files})
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


def _pictures(pixels: Array, points: Array, dice: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """The picture with its landmarks as it is, and as a webcam might show it."""
    yield pixels, points
    scale = float(np.exp(dice.uniform(np.log(0.35), np.log(1.3))))
    roll, stretch = float(dice.normal(0, 0.12)), np.exp(dice.normal(0, 0.03, 2))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    linear, before = scale * turn * stretch, len(pixels)
    side = int(before * max(scale, 0.4))
    shift = side / 2 - linear @ np.full(2, before / 2)
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.45 / scale) if scale < 0.6 else pixels
    seen = cv2.warpAffine(
        soft, np.column_stack([linear, shift]), (side, side), borderMode=cv2.BORDER_REPLICATE
    )
    grey = seen[..., 0].astype(np.float32)
    angle, (y, x) = dice.uniform(0, 2 * np.pi), np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    grey *= 1 + dice.uniform(0, 0.5) * (np.cos(angle) * x + np.sin(angle) * y)
    grey = 255 * np.clip(grey / 255, 0, 1) ** np.exp(dice.normal(0, 0.25)) * dice.uniform(0.6, 1.1)
    grey += dice.normal(0, dice.uniform(0, 6), grey.shape)
    shown = np.clip(grey, 0, 255).astype(np.uint8)
    if dice.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(40, 95))]
        shown = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", shown, quality)[1], cv2.IMREAD_GRAYSCALE), np.uint8
        )
    moved = np.column_stack([points[:, :2] @ linear.T + shift, points[:, 2] * scale])
    yield cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), moved.astype(np.float32)


def _follow(mesh_of: FaceMesh, pixels: Array, points: Array, dice: np.random.Generator) -> Array | None:
    """The mesh as a tracker finds it: from a region around the face, and then around its own landmarks."""
    for spread in (0.015, 0.008):
        roi = roi_of_landmarks(points.astype(np.float32))
        x, y, size, roll = dice.normal(0, (spread, spread, 2 * spread, 2 * spread)).tolist()
        shaken = Roi(
            roi.x + x * roi.side, roi.y + y * roi.side, roi.side * float(np.exp(size)), roi.roll + roll
        )
        points, presence = mesh_of.locate(np.ascontiguousarray(pixels, np.uint8), shaken)
        if presence < _PRESENT:
            return None
    return points
