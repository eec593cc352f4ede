"""From a network's flickering opinion to a label that a person can follow. Pure: time is handed in."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]

_NEWS = 0.1
"""A class whose probability moves by so much is news."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How calm the label is.

    `time_constant_s` of the exponential average over probabilities. Another class takes over once it has led
    the shown one by `margin` for `hold_s`. Right after a change it takes `fresh_margin` instead, which falls
    back to `margin` over `settle_s`: a face that moves through several expressions shows the strong ones
    only. `floor`: with less probability than this the best class is a guess, and changes nothing.
    """

    time_constant_s: float = 0.10
    margin: float = 0.15
    hold_s: float = 0.06
    fresh_margin: float = 0.55
    settle_s: float = 1.5
    floor: float = 0.40

    def __post_init__(self) -> None:
        if min(self.time_constant_s, self.settle_s) <= 0 or self.hold_s < 0:
            raise ValueError("times must be positive")
        if not 0 <= self.margin <= self.fresh_margin <= 1 or not 0 <= self.floor <= 1:
            raise ValueError("margins and floor must lie in 0 to 1, the fresh margin not below the margin")


class Smoother:
    """One face's label over time.

    `calm` tells that the last update was no news: it said nearly what had been said before.
    """

    def __init__(self, smoothing: Smoothing, classes: int, first: int = 0) -> None:
        self._smoothing = smoothing
        self.calm = False
        self.probabilities: Probabilities = np.full(classes, 1 / classes, dtype=np.float32)
        self.label = first
        self.certain = False
        self._updated_ns: int | None = None
        self._changed_ns: int | None = None
        self._rival = first
        self._rival_since_ns = 0

    @property
    def turning(self) -> bool:
        """Whether another class leads, and has to go on leading for a moment."""
        return self._rival != self.label

    def miss(self) -> None:
        """The face could not be judged: label and probabilities stay, but are no longer certain."""
        self.certain = self.calm = False

    def update(self, probabilities: Probabilities, now_ns: int) -> None:
        """Take in what the network says now: (k,) float32 that sum to 1. Time must not go backwards."""
        settings = self._smoothing
        if self._updated_ns is None:
            self.probabilities = probabilities.astype(np.float32)
        else:
            elapsed_s = (now_ns - self._updated_ns) / 1e9
            if elapsed_s < 0:
                raise ValueError("time must not go backwards")
            weight = 1 - math.exp(-elapsed_s / settings.time_constant_s)
            news = probabilities - self.probabilities
            self.probabilities = self.probabilities + np.float32(weight) * news
            self.calm = float(np.abs(news).max()) < _NEWS
        first_look = self._updated_ns is None
        self._updated_ns = now_ns
        best = int(self.probabilities.argmax())
        self.certain = bool(self.probabilities[best] >= settings.floor)
        if first_look and self.certain:
            self.label = self._rival = best
        self._consider(best, now_ns)
        self.calm = self.calm and not self.turning

    def _consider(self, best: int, now_ns: int) -> None:
        lead = float(self.probabilities[best] - self.probabilities[self.label])
        if best == self.label or not self.certain or lead < self._margin_at(now_ns):
            self._rival = self.label
            return
        if best != self._rival:
            self._rival, self._rival_since_ns = best, now_ns
        if now_ns - self._rival_since_ns >= self._smoothing.hold_s * 1e9:
            self.label = best
            self._changed_ns = now_ns

    def _margin_at(self, now_ns: int) -> float:
        settings = self._smoothing
        if self._changed_ns is None:
            return settings.margin
        settled = min((now_ns - self._changed_ns) / 1e9 / settings.settle_s, 1.0)
        return settings.fresh_margin + (settings.margin - settings.fresh_margin) * settled
