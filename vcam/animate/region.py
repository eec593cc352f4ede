"""What of a picture identifies a face, and the ellipse that covers it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vcam.animate.pose import HEAD_CENTER, HEAD_RADII, HeadPose
from vcam.types import Affine, Box, Points

Vector = NDArray[np.float64]

MARGIN = 1.07
"""The region is enlarged by this before it is covered: ears, hairline, the mesh's own error."""

_BROW, _TOP = 168, 10
_FOREHEAD = np.array([54, 103, 67, 109, 10, 338, 297, 332, 284])
_HAIRLINE = 0.5  # of the way from between the eyes to the mesh's top, added above the mesh's upper edge


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse in the picture: centre and half axes in pixels, turned clockwise by `angle` radians."""

    x: float
    y: float
    rx: float
    ry: float
    angle: float

    def reach(self, points: Vector) -> float:
        """The factor by which the ellipse must grow about its centre to hold all of (n, 2) points."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        unturned = np.array([[c / self.rx, s / self.rx], [-s / self.ry, c / self.ry]])
        u, v = unturned @ (points.T - np.array([[self.x], [self.y]]))
        return math.sqrt(float((u * u + v * v).max()))

    def scaled(self, factor: float) -> "Ellipse":
        """The same ellipse with both half axes times `factor`."""
        return Ellipse(self.x, self.y, self.rx * factor, self.ry * factor, self.angle)

    def upright(self) -> "Ellipse":
        """The smallest unturned ellipse of the same proportions as its bounds that holds this one."""
        box = self.bounds
        upright = Ellipse(self.x, self.y, box.width / 2, box.height / 2, 0.0)
        turns = np.linspace(0, 2 * math.pi, 32, endpoint=False)
        c, s = math.cos(self.angle), math.sin(self.angle)
        u, v = self.rx * np.cos(turns), self.ry * np.sin(turns)
        rim = np.column_stack([self.x + c * u - s * v, self.y + s * u + c * v])
        return upright.scaled(upright.reach(rim))

    @property
    def bounds(self) -> Box:
        """The upright rectangle around it."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        w, h = math.hypot(self.rx * c, self.ry * s), math.hypot(self.rx * s, self.ry * c)
        return Box(self.x - w, self.y - h, self.x + w, self.y + h)

    def affine(self, x: float, y: float, rx: float, ry: float) -> Affine:
        """(2, 3) float64: maps the upright ellipse (x, y, rx, ry) of a sprite onto this one."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        kx, ky = self.rx / rx, self.ry / ry
        linear = np.array([[c * kx, -s * ky], [s * kx, c * ky]])
        return np.column_stack([linear, (self.x, self.y) - linear @ (x, y)])


def identifying_region(landmarks: Points) -> Vector:
    """(477, 2) float64 points whose hull is the face from hairline to chin and from ear to ear.

    The mesh ends on the forehead; its upper edge is repeated further up along the face's own vertical.
    """
    known = len(landmarks)
    region = np.empty((2, known + len(_FOREHEAD))).T  # one coordinate after the other: numpy likes long rows
    region[:known] = landmarks[:, :2]
    region[known:] = region[_FOREHEAD] + _HAIRLINE * (region[_TOP] - region[_BROW])
    return region


def enclosing_ellipse(points: Vector, angle: float) -> Ellipse:
    """An ellipse turned by `angle` that holds all of (n, 2) points: their turned bounding box's, grown."""
    c, s = math.cos(angle), math.sin(angle)
    turned = points @ np.array([[c, -s], [s, c]])
    low, high = turned.min(axis=0), turned.max(axis=0)
    (u, v), (rx, ry) = (low + high) / 2, np.maximum(high - low, 1.0) / 2
    ellipse = Ellipse(c * u - s * v, s * u + c * v, rx, ry, angle)
    return ellipse.scaled(ellipse.reach(points))


def head_ellipse(pose: HeadPose, angle: float) -> Ellipse:
    """The head's silhouette, as the ellipse turned by `angle` that touches the same upright sides.

    The head is an ellipsoid; under weak perspective its outline has the matrix P diag(r^2) P^T, where P is
    the first two rows of the rotation.
    """
    c, s = math.cos(angle), math.sin(angle)
    (x0, x1, x2), (y0, y1, y2), _ = (pose.rotation * HEAD_RADII).tolist()
    rx = pose.unit_px * math.hypot(c * x0 + s * y0, c * x1 + s * y1, c * x2 + s * y2)
    ry = pose.unit_px * math.hypot(c * y0 - s * x0, c * y1 - s * x1, c * y2 - s * x2)
    x, y, _ = (pose.rotation @ HEAD_CENTER).tolist()
    left, top = pose.origin.tolist()
    return Ellipse(left + pose.unit_px * x, top + pose.unit_px * y, rx, ry, angle)
