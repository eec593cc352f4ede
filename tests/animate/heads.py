"""Heads for tests: the mean mesh of many faces, turned and put into the picture like a real one."""

import math
from pathlib import Path

import numpy as np

from vcam.animate.pose import rotation_of
from vcam.types import Box, Expression, Face, Label

MESH = np.load(Path(__file__).with_name("canonical_mesh.npy"))
"""(468, 3) float32: x right, y down, z away; the outer eye corners are 1 apart, the origin between them."""


def mesh(
    roll: float = 0, pitch: float = 0, yaw: float = 0, unit: float = 100, x: float = 640, y: float = 330
):
    """The mean mesh in pixels; angles in degrees."""
    rotation = rotation_of(*(math.radians(angle) for angle in (roll, pitch, yaw)))
    return (MESH @ rotation.T * unit + (x, y, 0)).astype(np.float32)


def face(track_id: int = 1, seen_ns: int = 0, landmarks: np.ndarray | None = None, **where: float) -> Face:
    points = mesh(**where) if landmarks is None else landmarks
    box = Box(*points[:, :2].min(axis=0).tolist(), *points[:, :2].max(axis=0).tolist())
    return Face(track_id, box, points, 1.0, seen_ns)


def shows(label: Label) -> Expression:
    return Expression(label, {label: 1.0}, True)
