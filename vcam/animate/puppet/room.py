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
        c, s = math.cos(roll), math.sin(roll)
        corners = [(x, y) for x in (-self.side, self.side) for y in (-self.up, self.down)]
        xs, ys = [c * x - s * y for x, y in corners], [s * x + c * y for x, y in corners]
        left, up, right, down = (min(reach, self.around) for reach in (-min(xs), -min(ys), max(xs), max(ys)))
        return left, up, right, down
