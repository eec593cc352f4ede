"""Motion in time without jitter and without lag: the One Euro filter, and easing towards a target."""

import math

import numpy as np
from numpy.typing import NDArray

from vcam.animate.pose import HeadPose, rotation_of

Vector = NDArray[np.float64]


class OneEuro:
    """A low-pass filter whose cut-off rises with speed: calm while still, quick while moving.

    After G. Casiez, N. Roussel, D. Vogel, '1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input
    in Interactive Systems', CHI 2012. `still_hz` is the cut-off at rest and `per_speed` how many Hz it gains
    for every unit a second. Works on a vector; each component has its own cut-off.
    """

    def __init__(self, still_hz: float, per_speed: float) -> None:
        self._still_hz = still_hz
        self._per_speed = per_speed
        self._value: Vector | None = None
        self._speed = np.zeros(1)
        self._time_ns = 0

    def __call__(self, value: Vector, time_ns: int, unit: Vector | float = 1.0) -> Vector:
        """The filtered (n,) value at `time_ns`; speeds are counted in `unit`s a second.

        Time that stands still or runs backwards, and a gap of more than half a second, start anew.
        """
        elapsed_s = (time_ns - self._time_ns) / 1e9
        if self._value is None or not 0 < elapsed_s < 0.5:
            if self._value is None or elapsed_s != 0:
                self._value, self._speed = value, np.zeros_like(value)
            self._time_ns = time_ns
            return self._value
        speed = (value - self._value) / unit / elapsed_s
        self._speed = self._speed + _share(1.0, elapsed_s) * (speed - self._speed)
        cutoff_hz = self._still_hz + self._per_speed * np.abs(self._speed)
        self._value = self._value + _share(cutoff_hz, elapsed_s) * (value - self._value)
        self._time_ns = time_ns
        return self._value


def _share(cutoff_hz: Vector | float, elapsed_s: float) -> Vector | float:
    """How far a first-order low-pass goes towards its input in `elapsed_s`."""
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * elapsed_s))


class PoseFollower:
    """Smooths a head's pose; motion counts in head units, so near and far faces behave alike."""

    def __init__(self, still_hz: float = 2.5, per_speed: float = 6.0) -> None:
        self._filter = OneEuro(still_hz, per_speed)
        self._roll = 0.0

    def __call__(self, pose: HeadPose, time_ns: int) -> HeadPose:
        """The smoothed pose at `time_ns`."""
        # The angle goes round: continue from the last one, so that +179 and -179 degrees are neighbours.
        self._roll += math.remainder(pose.roll - self._roll, math.tau)
        values = np.array([*pose.origin, math.log(pose.unit_px), self._roll, pose.pitch, pose.yaw])
        unit = np.array([pose.unit_px, pose.unit_px, 1.0, 1.0, 1.0, 1.0])
        x, y, log_px, roll, pitch, yaw = self._filter(values, time_ns, unit).tolist()
        return HeadPose(np.array([x, y]), math.exp(log_px), rotation_of(roll, pitch, yaw))


def ease(now: Vector, target: Vector, elapsed_s: float, time_constant_s: float) -> Vector:
    """`now` moved towards `target` as far as an exponential approach goes in `elapsed_s`."""
    return target + (now - target) * math.exp(-max(elapsed_s, 0.0) / time_constant_s)
