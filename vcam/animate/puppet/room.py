"""How much room a drawing takes around the middle of the head."""

import math
from typing import NamedTuple


class Room(NamedTuple):
    """How far a drawing reaches from the head's middle, in head units: to either side, up, and down.

    `around`: no part of it is further away in any direction.
    """

    side: float = 1.02
    up: float = 1.02
    down: float = 1.02
    around: float = 1.02

    def joined(self, *others: "Room") -> "Room":
        """Room for this and the others."""
        return Room(*(max(reaches) for reaches in zip(self, *others, strict=True)))

    def turned(self, roll: float) -> tuple[float, float, float, float]:
        """How far the drawing, turned clockwise by `roll`, reaches to the left, up, right and down."""
        side, up, down, around = self
        c, s = math.cos(roll), math.sin(roll)
        across, along = side * abs(c), side * abs(s)
        return (
            min(across + max(-s * up, s * down), around),
            min(along + max(c * up, -c * down), around),
            min(across + max(s * up, -s * down), around),
            min(along + max(-c * up, c * down), around),
        )
