"""Smoothing over time without visible lag.

Casiez, Roussel, Vogel, "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive
Systems", CHI 2012: the cutoff rises with speed, so that a still face does not tremble and a moving one does
not trail.
"""

import math

import numpy as np
from numpy.typing import NDArray

from vcam.types import Points

_SPEED_CUTOFF_HZ = 2.0


class OneEuro:
    """The filter for one face's landmarks; each landmark has its own speed, in face sizes a second.

    `cutoff_hz` is the cutoff at rest, `speed_hz` how much a speed of one face size a second adds to it.
    """

    def __init__(self, cutoff_hz: float = 1.5, speed_hz: float = 30.0) -> None:
        self._cutoff_hz = cutoff_hz
        self._speed_hz = speed_hz
        self._points: Points | None = None
        self._velocity: NDArray[np.float32] = np.zeros((0, 3), np.float32)

    def smooth(self, points: Points, face_px: float, step_s: float) -> Points:
        """The smoothed landmarks, `step_s` seconds after the last; the first ones are returned as they are.

        `points`: (N, 3) float32 pixels; `face_px`: the face's size in pixels.
        """
        if self._points is None or step_s <= 0:
            self._points, self._velocity = points, np.zeros_like(points)
            return points
        change = points - self._points
        self._velocity += _weight(_SPEED_CUTOFF_HZ, step_s) * (change / step_s - self._velocity)
        speed = np.sqrt(np.einsum("ij,ij->i", self._velocity, self._velocity))[:, None] / face_px
        self._points = self._points + _weights(self._cutoff_hz + self._speed_hz * speed, step_s) * change
        return self._points


def _weight(cutoff_hz: float, step_s: float) -> float:
    turns = 2 * math.pi * cutoff_hz * step_s
    return turns / (turns + 1)


def _weights(cutoff_hz: NDArray[np.float32], step_s: float) -> NDArray[np.float32]:
    turns = cutoff_hz * np.float32(2 * math.pi * step_s)
    return turns / (turns + 1)
