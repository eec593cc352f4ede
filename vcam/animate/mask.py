"""Where the emoji goes that hides a face."""

import math

import numpy as np
from numpy.typing import NDArray

from vcam.animate.follow import PoseFollower
from vcam.animate.look import Target
from vcam.animate.pose import HEAD_RADII, HeadPose, estimate_pose, rotation_of
from vcam.animate.region import MARGIN, enclosing_ellipse, head_ellipse, identifying_region
from vcam.types import Face

Vector = NDArray[np.float64]

_RX, _RY, _ = HEAD_RADII.tolist()
_ROOM = MARGIN + 0.04
"""The usual size, in units of the head: so much that the landmarks' noise is never what decides it."""
_SHRINK_S = 0.3
_LOST_MARGIN = 0.3
_LOST_GROWTH_PER_S = 2.0


class MaskFit:
    """Fits the mask of one face, frame by frame.

    Its place, size and turn come from the head's rigid pose, smoothed, so that talking does not make it
    pump; but it always grows at once to hold every landmark of the very frame, and shrinks back slowly.
    A face that is only remembered gets a larger margin, as it may have moved since.
    """

    def __init__(self) -> None:
        self._follow = PoseFollower()
        self._last: tuple[HeadPose, Vector] | None = None
        self._growth = 1.0
        self._now_ns = 0

    @property
    def pose(self) -> HeadPose | None:
        """The smoothed pose of the last frame."""
        return self._last[0] if self._last is not None else None

    def update(self, face: Face, now_ns: int) -> Target | None:
        """The head to hide at `now_ns`; None only for a face of which nothing usable was ever known.

        A mesh that is no face falls back on the face's box, and a broken box on the last good place.
        """
        found = _read(face)
        if found is not None:
            self._last = self._follow(found[0], now_ns), found[1]
        if self._last is None:
            return None
        pose, region = self._last
        lost_s = max(now_ns - face.seen_ns, 0) / 1e9
        margin = MARGIN + min(_LOST_MARGIN, _LOST_GROWTH_PER_S * lost_s)
        middle = (region.min(axis=0) + region.max(axis=0)) / 2
        region = region * margin + middle * (1.0 - margin)
        head = head_ellipse(pose, pose.roll).scaled(_ROOM)
        elapsed_s = max(now_ns - self._now_ns, 0) / 1e9
        relaxed = 1.0 + (self._growth - 1.0) * math.exp(-elapsed_s / _SHRINK_S)
        reach = head.reach(region)
        if reach > 2.0:  # the pose says nothing about this mesh: trust the points
            head, reach = enclosing_ellipse(region, pose.roll), 1.0
        self._growth = max(relaxed, reach)
        self._now_ns = now_ns
        unit_px = pose.unit_px * _ROOM * self._growth
        return Target(face.track_id, head.scaled(self._growth), (_RX * unit_px, _RY * unit_px), pose)


def _read(face: Face) -> tuple[HeadPose, Vector] | None:
    pose = estimate_pose(face.landmarks)
    if pose is not None:
        region = identifying_region(face.landmarks)
        if np.isfinite(region).all():
            return pose, region
    box = face.box
    if not np.isfinite(box).all() or box.width < 2 or box.height < 2:
        return None
    # Half axes of the box times the square root of two: the ellipse that holds its corners.
    x, y = box.center
    turns = np.linspace(0, 2 * math.pi, 32, endpoint=False)
    rim = np.column_stack([np.cos(turns) * box.width, np.sin(turns) * box.height]) / math.sqrt(2)
    unit_px = max(box.width, box.height) / (2 * float(HEAD_RADII[1]))
    return HeadPose(np.array([x, y]), unit_px, rotation_of(0.0, 0.0, 0.0)), rim + np.array([x, y])
