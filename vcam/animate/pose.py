"""Where a head is and how it is turned, from the face mesh.

The canonical head: x to the right of the picture, y down, z away from the camera, in units of the distance
between the outer eye corners (about 9 cm), origin between them. Its rigid points are the symmetrised
Procrustes mean of the meshes of 26,800 faces of FER2013, stood upright so that forehead and chin are
equally far away; mouth, jaw and brows, which move with the expression, are left out.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import Points

Vector = NDArray[np.float64]

_RIGID: dict[int, tuple[float, float, float]] = {
    8: (0.000, -0.154, -0.226),
    9: (0.000, -0.249, -0.230),
    151: (0.000, -0.421, -0.188),
    10: (0.000, -0.588, -0.132),
    168: (0.000, -0.068, -0.231),
    6: (0.000, 0.019, -0.286),
    197: (0.000, 0.092, -0.348),
    195: (0.000, 0.158, -0.412),
    33: (-0.500, 0.000, 0.000),
    133: (-0.196, 0.015, -0.061),
    362: (0.196, 0.015, -0.061),
    263: (0.500, 0.000, 0.000),
    109: (-0.211, -0.581, -0.114),
    338: (0.211, -0.581, -0.114),
    67: (-0.388, -0.545, -0.048),
    297: (0.388, -0.545, -0.048),
    103: (-0.550, -0.470, 0.064),
    332: (0.550, -0.470, 0.064),
    54: (-0.652, -0.361, 0.189),
    284: (0.652, -0.361, 0.189),
    21: (-0.713, -0.229, 0.307),
    251: (0.713, -0.229, 0.307),
    162: (-0.744, -0.086, 0.431),
    389: (0.744, -0.086, 0.431),
    127: (-0.751, 0.086, 0.524),
    356: (0.751, 0.086, 0.524),
    234: (-0.740, 0.243, 0.559),
    454: (0.740, 0.243, 0.559),
}
_INDICES = np.array(list(_RIGID))
_SHAPE = np.array(list(_RIGID.values()))
_CENTRED = _SHAPE - _SHAPE.mean(axis=0)
_SPREAD = float((_CENTRED**2).sum())
_MIDDLE = _SHAPE.mean(axis=0)
_EVENLY = np.full(len(_SHAPE), 1 / len(_SHAPE))
"""Times the points, their mean: a third of the time of `mean`."""

# The ellipsoid around the canonical mesh and hairline (minimum volume, Khachiyan), rounded up.
HEAD_CENTER = np.array([0.0, 0.17, 0.15])
HEAD_RADII = np.array([0.95, 1.13, 0.70])

_SMALLEST_PX = 2.0
_LARGEST_PX = 1e5


@dataclass(frozen=True, slots=True, eq=False)
class HeadPose:
    """A head under weak perspective: frame point = `origin` + `unit_px` * (`rotation` @ point)[:2].

    `origin`: (2,) float64, pixels, between the eyes. `unit_px`: pixels per canonical unit. `rotation`:
    (3, 3) float64, proper. The rotation is Rz(roll) Rx(pitch) Ry(yaw): yaw is positive when the nose points
    to the left of the picture, pitch when it points down, roll when the head leans to the right of the
    picture (clockwise), all in radians.
    """

    origin: Vector
    unit_px: float
    rotation: Vector

    @property
    def roll(self) -> float:
        """Angle of the face's own vertical in the picture."""
        return math.atan2(-self.rotation[0, 1], self.rotation[1, 1])

    @property
    def pitch(self) -> float:
        """Angle up or down."""
        return math.asin(min(max(self.rotation[2, 1], -1.0), 1.0))

    @property
    def yaw(self) -> float:
        """Angle to the side."""
        return math.atan2(-self.rotation[2, 0], self.rotation[2, 2])

    def project(self, points: Vector) -> Vector:
        """(n, 2) frame pixels of (n, 3) canonical points."""
        return self.origin + self.unit_px * (points @ self.rotation.T)[:, :2]


def rotation_of(roll: float, pitch: float, yaw: float) -> Vector:
    """The (3, 3) matrix Rz(roll) Rx(pitch) Ry(yaw) of angles in radians; the inverse of HeadPose's angles."""
    cr, cp, cy = math.cos(roll), math.cos(pitch), math.cos(yaw)
    sr, sp, sy = math.sin(roll), math.sin(pitch), math.sin(yaw)
    return np.array(
        [
            [cr * cy - sr * sp * sy, -sr * cp, cr * sy + sr * sp * cy],
            [sr * cy + cr * sp * sy, cr * cp, sr * sy - cr * sp * cy],
            [-cp * sy, sp, cp * cy],
        ]
    )


def estimate_pose(landmarks: Points) -> HeadPose | None:
    """The pose of a (468, 3) mesh; None where it is no face at all (not finite, collapsed or immense).

    Least-squares similarity of the rigid points to the canonical head (S. Umeyama, 'Least-squares estimation
    of transformation parameters between two point patterns', 1991).
    """
    fitted = _fit(landmarks)
    if fitted is None:
        return None
    rotation, unit_px, mean = fitted
    origin = mean - unit_px * (rotation @ _MIDDLE)
    return HeadPose(origin[:2], unit_px, rotation)


def canonical_mesh(landmarks: Points) -> Vector | None:
    """The mesh turned to the front and scaled to canonical units, (468, 3) float64; None where it is no face.

    What is left in it is the person's shape and expression.
    """
    fitted = _fit(landmarks)
    if fitted is None or not np.isfinite(landmarks).all():
        return None
    rotation, unit_px, mean = fitted
    turned = rotation / unit_px
    return np.asarray(landmarks @ turned + (_MIDDLE - mean @ turned))


def _fit(landmarks: Points) -> tuple[Vector, float, Vector] | None:
    """Rotation (3, 3), scale, and the rigid points' mean (3,) in the picture."""
    seen = landmarks[_INDICES].astype(np.float64)
    if not max(seen.max(), -seen.min()) <= _LARGEST_PX:  # so written, it is true of NaN as well
        return None
    # OpenCV's decomposition of so small a matrix takes a fifth of the time of LAPACK's.
    singular, left, right = (np.asarray(part, np.float64) for part in cv2.SVDecomp(seen.T @ _CENTRED))
    if cv2.determinant(left @ right) < 0:  # a mirrored head is none: turn the least certain axis
        left[:, 2], singular[2] = -left[:, 2], -singular[2]
    unit_px = float(singular.sum()) / _SPREAD
    if not _SMALLEST_PX < unit_px < _LARGEST_PX:
        return None
    return left @ right, unit_px, _EVENLY @ seen
