"""What a reader saw of a stream of test cards: which came, which are missing, how old they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Seen(NamedTuple):
    """One picture as a reader got it: the card's number, or None where torn, and its age in milliseconds."""

    seq: int | None
    age_ms: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over a stream: torn or unreadable, repeated, lost (a number jumped over), out of order; ages."""

    frames: int
    torn: int
    repeated: int
    lost: int
    disordered: int
    age_p50_ms: float
    age_p95_ms: float

    def __str__(self) -> str:
        return (
            f"{self.frames} frames: {self.lost} lost, {self.torn} torn, {self.repeated} repeated, "
            f"{self.disordered} out of order; age p50 {self.age_p50_ms:.1f} ms, p95 {self.age_p95_ms:.1f} ms"
        )


def summarise(seen: Sequence[Seen]) -> Summary:
    """Count what happened to a stream. Raises ValueError where not a single card could be read."""
    numbers = [one.seq for one in seen if one.seq is not None]
    if not numbers:
        raise ValueError(f"none of {len(seen)} pictures was a test card")
    steps = np.diff(numbers)
    # Only the first arrival of a card has an age; a repeat is old on purpose.
    fresh = [
        one.age_ms
        for one, before in zip(seen, [None, *seen], strict=False)
        if one.seq is not None and (before is None or before.seq != one.seq)
    ]
    return Summary(
        frames=len(seen),
        torn=len(seen) - len(numbers),
        repeated=int((steps == 0).sum()),
        lost=int((steps[steps > 1] - 1).sum()),
        disordered=int((steps < 0).sum()),
        age_p50_ms=float(np.percentile(fresh, 50)),
        age_p95_ms=float(np.percentile(fresh, 95)),
    )
