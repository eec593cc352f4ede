"""Where the emoji stands when it is alone in the picture."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vcam.animate.follow import ease
from vcam.animate.look import Spot
from vcam.animate.pose import HeadPose
from vcam.types import Size

Vector = NDArray[np.float64]

_FOLLOW_S = 0.12
_REST_S = 0.5
_SIDE = 0.72
"""The emoji's side in heights of the picture, before it follows the head."""
_LEAN = 0.4
"""How much of the head's way from the middle the emoji goes."""
_ROLL = 0.65
"""How much of the head's roll it takes over: alone in the picture, a whole tilt looks like a fall."""
_USUAL_UNIT = 0.16
"""The canonical head unit in heights of the picture at the usual distance from a webcam."""


class Stage:
    """The places of all emoji: side by side, each following its own head gently.

    Without any face the last emoji goes back to the middle and stays there, at rest.
    """

    def __init__(self) -> None:
        self._states: dict[int, Vector] = {}  # x, y, side (shares of the picture's height), roll, yaw
        self._now_ns = 0

    def stand(self, poses: Mapping[int, HeadPose | None], size: Size, now_ns: int) -> list[Spot]:
        """The spots for the tracks in `poses` at `now_ns`, from left to right; a None pose stands at rest."""
        elapsed_s = (now_ns - self._now_ns) / 1e9
        self._now_ns = now_ns
        order = sorted(poses, key=lambda track: _across(poses[track], size))
        states = {}
        for place, track in enumerate(order):
            pose = poses[track]
            target = _target(pose, size, place, len(order))
            before = self._states.get(track)
            if before is None:
                before = next(iter(self._states.values()), target) if len(order) == 1 else target
            states[track] = ease(before, target, elapsed_s, _FOLLOW_S if pose is not None else _REST_S)
        self._states = states
        return [_spot(track, state, size) for track, state in states.items()]


def _across(pose: HeadPose | None, size: Size) -> float:
    return size.width / 2 if pose is None else float(pose.origin[0])


def _target(pose: HeadPose | None, size: Size, place: int, count: int) -> Vector:
    aspect = size.width / size.height
    room = aspect / count
    middle_x, middle_y = room * (place + 0.5), 0.5
    side = min(_SIDE, 0.9 * room)
    if pose is None:
        return np.array([middle_x, middle_y, side, 0.0, 0.0])
    head_x, head_y = (pose.origin / size.height).tolist()
    nearness = float(np.clip((pose.unit_px / size.height / _USUAL_UNIT) ** 0.4, 0.7, 1.25))
    roll = _ROLL * pose.roll
    turned = abs(math.cos(roll)) + abs(math.sin(roll))  # what a tilted square needs
    side = min(side * nearness, 0.98 * min(room, 1.0) / turned)
    # As far as the free room allows, so that the emoji never leaves the picture or its own part of it.
    free_x, free_y = max(room - turned * side, 0.0) / 2, max(1.0 - turned * side, 0.0) / 2
    x = middle_x + float(np.clip(_LEAN * (head_x - aspect / 2), -free_x, free_x))
    y = middle_y + float(np.clip(_LEAN * (head_y - 0.45), -free_y, free_y))
    return np.array([x, y, side, roll, pose.yaw])


def _spot(track_id: int, state: Vector, size: Size) -> Spot:
    x, y, side, roll, yaw = state.tolist()
    return Spot(track_id, x * size.height, y * size.height, side * size.height, roll, yaw)
