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
        # A first-order low-pass goes turns / (turns + 1) of the way, with turns = 2 pi cutoff step.
        radians = 2 * math.pi * step_s
        weight = radians * _SPEED_CUTOFF_HZ / (radians * _SPEED_CUTOFF_HZ + 1)
        self._velocity *= np.float32(1 - weight)
        self._velocity += np.float32(weight / step_s) * change
        turns = np.sqrt(np.einsum("ij,ij->i", self._velocity, self._velocity))
        turns *= np.float32(radians * self._speed_hz / face_px)
        turns += np.float32(radians * self._cutoff_hz)
        change *= (turns / (turns + 1))[:, None]
        self._points = self._points + change
        return self._points
