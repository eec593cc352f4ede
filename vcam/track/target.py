"""One face that is being followed: where it was, how it moves, where it should be now."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.track.smoothing import OneEuro
from vcam.types import Box, Face, Points

_SECOND_NS = 1_000_000_000
_COAST_S = 0.25
"""Motion that is no longer seen fades with this time constant."""
_MOTION_GAP_S = 0.3
"""Two sightings further apart than this say nothing about speed."""
_SHORTEST_MEMORY_S = 0.1


class Target:
    """A followed face. Its state changes only when it is seen; in between, `points_at` predicts.

    `points`: (468, 3) float32, smoothed; `box` bounds them. `score`: mesh presence when last seen. `sure_ns`:
    when last the mesh or the far detector confirmed it.
    """

    def __init__(self, track_id: int, points: Points, score: float, now_ns: int) -> None:
        self.track_id = track_id
        self.born_ns = now_ns
        self.seen_ns = now_ns
        self.sure_ns = now_ns
        self.score = score
        self._velocity: NDArray[np.float32] = np.zeros(3, np.float32)
        self._growth = 0.0
        self._filter = OneEuro()
        self._settle(self._filter.smooth(points, 1.0, 0.0))

    def _settle(self, points: Points) -> None:
        self.points, self.box, self._center = points, box_of(points), center_of(points)

    def see(self, points: Points, score: float, now_ns: int) -> None:
        """Take in landmarks found in the frame of `now_ns`."""
        step_s = (now_ns - self.seen_ns) / _SECOND_NS
        center_before, size_before = self._center, _size(self.box)
        if step_s > _MOTION_GAP_S:
            self._filter = OneEuro()
        self._settle(self._filter.smooth(points, size_before, step_s))
        if 0 < step_s <= _MOTION_GAP_S:
            speed = np.float32(1 / step_s) * (self._center - center_before)
            speed[2] = 0.0  # the mesh's depth counts from the head itself
            self._velocity = np.float32(0.5) * (self._velocity + speed)
            self._growth = (self._growth + math.log(_size(self.box) / size_before) / step_s) / 2
        else:
            self._velocity = np.zeros(3, np.float32)
            self._growth = 0.0
        self.score = score
        self.seen_ns = now_ns

    def points_at(self, now_ns: int) -> Points:
        """Where the landmarks should be at `now_ns`: the last ones, carried on by the fading last motion."""
        if now_ns <= self.seen_ns:
            return self.points
        growth, shift = self._motion(now_ns)
        moved: Points = self.points * growth + shift
        return moved

    def box_at(self, now_ns: int) -> Box:
        """The box of `points_at`."""
        if now_ns <= self.seen_ns:
            return self.box
        growth, shift = self._motion(now_ns)
        scale, (x, y, _) = float(growth), shift.tolist()
        x0, y0, x1, y1 = self.box
        return Box(scale * x0 + x, scale * y0 + y, scale * x1 + x, scale * y1 + y)

    def _motion(self, now_ns: int) -> tuple[np.float32, NDArray[np.float32]]:
        """What the motion makes of the points until `now_ns`: a factor, and then a shift, (3,)."""
        age_s = (now_ns - self.seen_ns) / _SECOND_NS
        reach_s = _COAST_S * (1 - math.exp(-age_s / _COAST_S))
        growth = np.float32(math.exp(self._growth * reach_s))
        return growth, self._center * (1 - growth) + self._velocity * np.float32(reach_s)

    def trusted_ns(self, memory_s: float) -> int:
        """For how long it is believed without confirmation: as long as it had been confirmed, within limits.

        The limits are 0.1 s and `memory_s`. So a face that was there for a while outlives a hand before it,
        and a phantom of one frame is gone at once.
        """
        known_s = (self.sure_ns - self.born_ns) / _SECOND_NS
        return round(min(max(known_s, _SHORTEST_MEMORY_S), memory_s) * _SECOND_NS)

    def face_at(self, now_ns: int) -> Face:
        """The face as the other rooms get it."""
        points = np.ascontiguousarray(self.points_at(now_ns), np.float32)
        return Face(self.track_id, self.box_at(now_ns), points, self.score, self.seen_ns)


def box_of(points: Points) -> Box:
    """The upright bounding box of landmarks."""
    axes = points.T[:2].copy()  # ten times as fast as reducing the columns in place
    x0, y0 = axes.min(axis=1)
    x1, y1 = axes.max(axis=1)
    return Box(float(x0), float(y0), float(x1), float(y1))


def center_of(points: Points) -> NDArray[np.float32]:
    """The mean of landmarks, (3,) float32."""
    # A quarter of the time that numpy takes for columns this short.
    return np.asarray(cv2.reduce(points, 0, cv2.REDUCE_AVG)[0], np.float32)


def size_of(points: Points) -> float:
    """A face's size in pixels that hardly changes as the head turns: the longer side of its bounding box."""
    return _size(box_of(points))


def _size(box: Box) -> float:
    return max(box.width, box.height, 1.0)


def moved_onto(place: Points, shape: Points) -> Points:
    """`shape` with the position and the size that `place` has, both (468, 3) float32."""
    center, middle = center_of(place), center_of(shape)
    moved: Points = (shape - middle) * np.float32(size_of(place) / size_of(shape)) + center
    return moved


def distance(one: Box, other: Box) -> float:
    """How far two faces' boxes are apart, in units of the larger one's size; a difference of size counts too.

    0 for the same box; about 1 for two faces that touch, or where one is 2.7 times as large.
    """
    sizes = _size(one), _size(other)
    (x, y), (u, v) = one.center, other.center
    return math.hypot(x - u, y - v) / max(sizes) + abs(math.log(sizes[0] / sizes[1]))
