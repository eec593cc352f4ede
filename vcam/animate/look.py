"""How a face is shown: the seam between where an emoji goes and what it is."""

import math
from dataclasses import dataclass
from typing import Protocol

from vcam.animate.pose import HeadPose
from vcam.animate.region import Ellipse
from vcam.types import BGR, Face, Label, Placement, Size


@dataclass(frozen=True, slots=True)
class Target:
    """A head to be hidden.

    `head`: its outline as it is seen, everything in it must be hidden. `front`: half axes of the same head
    from the front, in pixels. `pose`: how it is turned.
    """

    track_id: int
    head: Ellipse
    front: tuple[float, float]
    pose: HeadPose


@dataclass(frozen=True, slots=True)
class Spot:
    """A free place for an emoji: the middle and side of an upright square in pixels, and how it is turned."""

    track_id: int
    x: float
    y: float
    side_px: float
    roll: float = 0.0
    yaw: float = 0.0
    opacity: float = 1.0


def foreshortening(angle: float) -> float:
    """How narrow an emoji gets when the head turns by `angle`: less than a flat card would, it is a ball."""
    return 0.4 + 0.6 * abs(math.cos(angle))


class Look(Protocol):
    """One person's emoji: pictures of a pack, or a puppet."""

    def update(
        self,
        face: Face | None,
        pose: HeadPose | None,
        label: Label,
        now_ns: int,
        pixels: BGR | None = None,
    ) -> None:
        """Take in what a face shows now, and the picture in which it was seen; None while it is lost."""

    def over(self, target: Target, picture: Size) -> list[Placement]:
        """Placements that hide what is in the picture of a head."""

    def at(self, spot: Spot, picture: Size) -> list[Placement]:
        """Placements that fill a free place; only the corners of a turned picture may reach beyond it."""
