"""From what is read in a face to strings that can be pulled: calm, personal, and at rest when it is lost."""

import math

import numpy as np
from numpy.typing import NDArray

from vcam.animate.follow import OneEuro
from vcam.animate.puppet.signals import REST, Signals

Vector = NDArray[np.float64]

_STRINGS = 16  # the signals that say how far something has moved; after them come the looks and the angles
_ASIDE = 16
_RESTED_AT = np.array([0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.4, 0.4, 0.4, 0.3, 0.3, 0.15, 0.15, 0.15, 0.15, 0.3])
"""No face rests further than this: whoever begins with a broad smile is smiling."""
_FULL_AT = np.array([0.5, 0.85, 0.85, 0.5, 0.5, 0.6, 0.75, 0.7, 0.7, 0.55, 0.55, 0.5, 0.5, 0.3, 0.3, 1.0])
"""What the networks read in a face that does it fully: a fit to a noisy crowd is cautious.

Medians, rounded, over the faces of FER2013 that the networks were not fitted on and to which the official
landmarker gives more than 0.4 (`jaw_open`, `blink`, `wide`), 0.5 (`brow_down`), 0.6 (`pucker`, `frown`) or
0.7 (`smile`, raised brows).
"""
_LOOKS_AT, _LOOK_RESTS_AT = 0.65, 0.15
"""The same for a look to the side; and how far aside the look of a face may rest, which is then taken off."""
_LEAST_ROOM = 0.3
"""From rest to full: a rest near to it must not turn noise into grimaces."""
_BLINKS = slice(11, 13)
_SHUT = 0.6
"""Eyes that are shut this far look nowhere: what is read in them is not followed (r 0.1, open ones 0.9)."""
_WINK = 0.35
"""Eyes that close more unequally than this are winking; less is the turn of the head, or noise."""
_SETTLE_S = 0.4
_DRIFT_S = 25.0
_LEARN_S = 2.5
_EASE_S = 0.25
_IDLE_NS = 1_500_000_000
_IDLE_BLINK_S = 3.7


class Rig:
    """The strings of one person.

    The person's neutral face is learnt in the first seconds and goes on being learnt: what a face falls back
    to is taken as its rest, quickly downwards, slowly upwards. What remains above it is stretched to the
    whole range, and smoothed more while it is still than while it moves.
    """

    def __init__(self) -> None:
        self._smooth = OneEuro(still_hz=2.5, per_speed=7.0)
        self._rest: Vector | None = None
        self._ahead = 0.0
        self._began_ns = 0
        self._seen_ns = 0
        self._now_ns = 0
        self._shown = np.array(REST)

    def update(self, read: Signals | None, now_ns: int) -> Signals:
        """The strings at `now_ns`; None, or numbers that are none, means that there is no face to read."""
        elapsed_s = min(max((now_ns - self._now_ns) / 1e9, 0.0), 0.5)
        self._now_ns = now_ns
        values = np.array(read) if read is not None else None
        if values is None or not np.isfinite(values).all():
            away = 1.0 - math.exp(-elapsed_s / _EASE_S)
            self._shown = self._shown + away * (np.array(REST) - self._shown)
            return self._idle(now_ns)
        strings = _limited(values[:_STRINGS])
        if self._rest is None:
            self._rest, self._ahead = np.minimum(strings, _RESTED_AT), float(values[_ASIDE])
            self._began_ns = now_ns
        rise_s = _LEARN_S if (now_ns - self._began_ns) / 1e9 < _LEARN_S else _DRIFT_S
        values[:_STRINGS] = self._above_rest(self._rest, strings, elapsed_s, rise_s)
        if values[_BLINKS].min() < _SHUT:
            values[_ASIDE] = self._aside(float(values[_ASIDE]), elapsed_s, rise_s)
        else:
            values[_ASIDE] = self._shown[_ASIDE]
        self._seen_ns = now_ns
        self._shown = self._smooth(values, now_ns)
        return Signals(*self._shown.tolist())

    def _above_rest(self, rest: Vector, strings: Vector, elapsed_s: float, rise_s: float) -> Vector:
        share = 1.0 - np.exp(-elapsed_s / np.where(strings < rest, _SETTLE_S, rise_s))
        self._rest = rest = np.minimum(rest + share * (strings - rest), _RESTED_AT)
        moved = _limited((strings - rest) / np.maximum(_FULL_AT - rest, _LEAST_ROOM))
        left, right = moved[_BLINKS].tolist()
        apart = math.copysign(max(abs(left - right) - _WINK, 0.0), left - right) / (1.0 - _WINK)
        # They are set apart by no more than they were, so that neither leaves 0 to 1.
        moved[_BLINKS] = (left + right + apart) / 2, (left + right - apart) / 2
        return moved

    def _aside(self, look: float, elapsed_s: float, learn_s: float) -> float:
        """A look to the side, -1 to 1, counted from where this person's eyes mostly seem to look."""
        ahead = look + (self._ahead - look) * math.exp(-elapsed_s / learn_s)
        self._ahead = min(max(ahead, -_LOOK_RESTS_AT), _LOOK_RESTS_AT)
        return min(max((look - self._ahead) / _LOOKS_AT, -1.0), 1.0)

    def _idle(self, now_ns: int) -> Signals:
        """At rest it blinks now and then, so that it does not look frozen."""
        signals = Signals(*self._shown.tolist())
        if now_ns - self._seen_ns < _IDLE_NS:
            return signals
        phase_s = now_ns / 1e9 % _IDLE_BLINK_S
        blink = max(0.0, 1.0 - abs(phase_s - 0.12) / 0.12)
        return signals._replace(
            blink_left=max(signals.blink_left, blink), blink_right=max(signals.blink_right, blink)
        )


def _limited(strings: Vector) -> Vector:
    """Between 0 and 1: `clip` takes three times as long for so few."""
    return np.minimum(np.maximum(strings, 0.0), 1.0)
