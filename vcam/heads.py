"""Where heads are or may be: outlines that surely hold a head, and the memory of the last seconds.

An outline is a convex polygon, (n, 2) float32 in pixels of the frame.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import Box, Face, Points, Sighting, Size

Outline = NDArray[np.float32]
Ellipse = tuple[float, float, float, float]
"""(x, y) of the middle and half the width and height, in pixels of the frame."""

HULL_MARGIN = 0.06
"""How far beyond the mesh's hull a mask must reach, as a share of the distance from its middle."""
FLASH_NS = 130_000_000
"""How long a claim that came only once or twice (light on a wall) is still veiled afterwards."""
FADE_NS = 600_000_000
"""How long a claim that came more often (a hand, a print on a shirt) is still veiled afterwards."""
HOLD_NS = 400_000_000
"""How long a lost head surely stays inside its grown outline."""
MEMORY_NS = 3_000_000_000
"""How long a lost head is remembered at all."""
_FEW_SIGHTS = 2
_PRESENCE = 0.5
"""From this mesh presence on a face is certain (MediaPipe's own default)."""
_GROWTH_PER_S = 1.2
"""Head sizes a second by which the outline of a lost head grows in every direction."""
_WELL_PLACED = 0.6
"""From this score on a BlazeFace box ends at the chin within a few percent."""
_STIR_PER_S, _STIR_MOST = 0.4, 0.8
"""Head sizes a second, and at most, by which a face moves while something is held before it."""
_MIDDLE = 0.47
"""How far down a BlazeFace box the middle of the mesh's hull lies."""
_JUMP = 0.35
"""Head sizes that a head cannot jump between two frames without a detector seeing it there."""

_SIDES = 24
_TURN = 2 * math.pi / _SIDES
_ANGLES = np.arange(_SIDES) * _TURN
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1).astype(np.float32)
_OUTWARDS = np.concatenate([_CIRCLE.T, np.zeros((1, _SIDES), np.float32)])
"""(3, 24): which way each side of a polygon looks; depth does not matter."""


@cache
def _corners(margin: float) -> NDArray[np.float32]:
    """(24, 48): turns the distances of 24 sides from the origin into the (x, y) of the corners between them.

    With a turn of d from one side to the next, their corner lies (next - this * cos d) / sin d along this
    side. The middle, from which `margin` enlarges, is that of the sides to the left, right, top and bottom.
    """
    this = np.eye(_SIDES)
    along = (np.roll(this, -1, axis=0) - this * math.cos(_TURN)) / math.sin(_TURN)
    sideways = np.stack([-_CIRCLE[:, 1], _CIRCLE[:, 0]], axis=1)
    corners = np.einsum("ij,ik->ikj", this, _CIRCLE) + np.einsum("ij,ik->ikj", along, sideways)
    right, below, left, above = this[:: _SIDES // 4]
    middle = np.stack([right - left, below - above]) / 2
    enlarged = middle + (corners - middle) * (1 + margin)
    return np.ascontiguousarray(enlarged.reshape(2 * _SIDES, _SIDES).T, np.float32)


def face_outline(landmarks: Points, margin: float = HULL_MARGIN) -> Outline:
    """A polygon of 24 sides that all touch the hull of a face mesh, enlarged around its middle by `margin`.

    It is never smaller than the hull, 1 % wider where the hull is round, and costs a fourth of it.
    """
    reach = cv2.reduce(landmarks @ _OUTWARDS, 0, cv2.REDUCE_MAX)
    return np.asarray(reach @ _corners(margin), np.float32).reshape(_SIDES, 2)


def sighting_outline(box: Box) -> Outline:
    """An ellipse that holds the hull of the face a BlazeFace box stands for, forehead and chin included.

    Measured on 2,600 boxes of both ranges against the official landmarker's hulls: the hull lies within
    -0.15 to 1.2 of the box in width and -0.25 to 1.2 in height in 98 of 100.
    """
    x, y, across, along = _ellipse(box, 0.78, 0.84)
    return np.asarray(_CIRCLE * (across, along) + (x, y), np.float32)


def sighting_core(claim: Sighting) -> Ellipse:
    """The part of a claim's box that its face fills: down to the chin where the box is well placed."""
    return _ellipse(claim.box, 0.41, 0.53 if claim.score >= _WELL_PLACED else 0.46)


def _ellipse(box: Box, across: float, along: float) -> Ellipse:
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    return x0 + width * 0.5, y0 + height * _MIDDLE, width * across, height * along


def scaled(outline: Outline, factor: float) -> Outline:
    """The outline, `factor` times as large around its middle."""
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2
    return np.asarray(middle + (outline - middle) * np.float32(factor), np.float32)


def bounds(outline: Outline) -> Box:
    """The upright rectangle around an outline."""
    xs, ys = zip(*outline.tolist(), strict=True)  # faster than numpy for so few
    return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(slots=True, eq=False)
class Head:
    """One head that was seen: its outline then, and what is known of it since.

    `track_id` is None for a head that only the detectors claim. `sights` counts the frames in which it was
    seen, `meshed` those in which the mesh was certain of it. `velocity` in pixels a second. `box` is
    the rectangle around the outline. `anchor` is the outline and the time of the mesh's last certain sight,
    while there is none now: what the detectors follow since may be a hand before the face.
    """

    outline: Outline
    seen_ns: int
    track_id: int | None = None
    sights: int = 1
    meshed: int = 0
    velocity: tuple[float, float] = (0.0, 0.0)
    anchor: tuple[Outline, int] | None = None
    box: Box = field(init=False)

    def __post_init__(self) -> None:
        self.box = bounds(self.outline)

    @property
    def person(self) -> bool:
        """Whether it was seen so surely that it is missed when it is gone."""
        return self.meshed > _FEW_SIGHTS

    @property
    def certain(self) -> bool:
        """Whether the mesh was certain of it when it was last seen."""
        return self.meshed > 0 and self.anchor is None

    def lost_ns(self, now_ns: int) -> int:
        """How long this head has not been seen."""
        return now_ns - self.seen_ns

    def reach(self, now_ns: int) -> Outline:
        """Where the head still is: where it was, where it was going, grown by the time since."""
        lost_s = self.lost_ns(now_ns) / 1e9
        if lost_s <= 0:
            return self.outline
        if not self.person:  # a detector's whims have no motion worth following
            return scaled(self.outline, 1.2)
        travel = np.array(self.velocity, np.float32) * np.float32(min(lost_s, HOLD_NS / 1e9))
        both = np.concatenate([self.outline, self.outline + travel])
        hull = np.asarray(cv2.convexHull(both).reshape(-1, 2), np.float32)
        return scaled(hull, 1 + 2 * (0.1 + _GROWTH_PER_S * lost_s))

    def behind(self, now_ns: int) -> Outline | None:
        """Where the face may be that something hides from the mesh: it stays, and stirs a little."""
        if self.anchor is None or now_ns - self.anchor[1] > MEMORY_NS:
            return None
        outline, certain_ns = self.anchor
        return scaled(outline, 1 + min(0.2 + _STIR_PER_S * (now_ns - certain_ns) / 1e9, _STIR_MOST))

    def left(self, size: Size, now_ns: int) -> bool:
        """Whether it was on its way out of the picture and would be outside by now."""
        lost_s = self.lost_ns(now_ns) / 1e9
        x, y = (at + speed * lost_s for at, speed in zip(self.box.center, self.velocity, strict=True))
        return not (0 <= x <= size.width and 0 <= y <= size.height)

    def over(self, size: Size, now_ns: int) -> bool:
        """Whether it has been gone for so long that it need not be remembered."""
        if self.person:
            kept_ns = HOLD_NS if self.left(size, now_ns) else MEMORY_NS
        else:
            kept_ns = FADE_NS if self.sights > _FEW_SIGHTS else FLASH_NS
        return self.lost_ns(now_ns) > kept_ns

    def inherit(self, old: "Head") -> None:
        """Take over what was known of the same head before this frame."""
        elapsed_s = max((self.seen_ns - old.seen_ns) / 1e9, 1e-3)
        (x, y), (old_x, old_y) = self.box.center, old.box.center
        self.velocity = (x - old_x) / elapsed_s, (y - old_y) / elapsed_s
        if not self.meshed:
            self.anchor = old.anchor or ((old.outline, old.seen_ns) if old.meshed else None)
        self.sights += old.sights
        self.meshed += old.meshed


class Memory:
    """The heads of the last seconds, kept up with every frame's faces and claims."""

    def __init__(self) -> None:
        self.heads: list[Head] = []

    def forget(self) -> None:
        """Start with nothing known."""
        self.heads = []

    def update(self, faces: Sequence[Face], sightings: Sequence[Sighting], size: Size, now_ns: int) -> None:
        """Take in what this frame shows, carry over what it does not, drop what is too old."""
        seen = [_tracked(face, now_ns) for face in faces if face.seen_ns == now_ns]
        for claim in sorted(sightings, key=lambda claim: -claim.score):
            if not any(explains(head.box, claim.box) for head in seen):
                seen.append(Head(sighting_outline(claim.box), now_ns))
        missing = []
        free = list(seen)
        for old in self.heads:
            new = _same(old, free, now_ns)
            if new is None:
                missing.append(old)
                continue
            free.remove(new)
            new.inherit(old)
            leapt = math.dist(new.box.center, old.box.center) > _JUMP * _size(old.box)
            # A mesh that leaps where no detector sees a face may have slipped: the old place stays hidden.
            if leapt and not any(explains(new.box, claim.box) for claim in sightings):
                missing.append(old)
        self.heads = seen + self._remembered(missing, size, now_ns)

    @staticmethod
    def _remembered(missing: Sequence[Head], size: Size, now_ns: int) -> list[Head]:
        return [head for head in missing if not head.over(size, now_ns)]


def _tracked(face: Face, now_ns: int) -> Head:
    meshed = int(face.score >= _PRESENCE)
    return Head(face_outline(face.landmarks), now_ns, face.track_id, meshed=meshed)


def _same(old: Head, candidates: Sequence[Head], now_ns: int) -> Head | None:
    """The candidate of this frame that is the old head: the same track, else the nearest within reach."""
    for new in candidates:
        if new.track_id is not None and new.track_id == old.track_id:
            return new
    best, best_px = None, _size(bounds(old.reach(now_ns))) / 2
    for new in candidates:
        apart_px = math.dist(new.box.center, old.box.center)
        if apart_px <= best_px:
            best, best_px = new, apart_px
    return best


def explains(head: Box, claim: Box) -> bool:
    """Whether a head with these bounds is what the detector's box stands for."""
    size, side = _size(head), (claim.width + claim.height) / 2
    apart = math.dist(head.center, (claim.x0 + claim.width * 0.5, claim.y0 + claim.height * _MIDDLE))
    return apart <= 0.25 * max(size, side) and 0.5 * side <= size <= 2.2 * side


def _size(box: Box) -> float:
    return max(box.width, box.height)
