"""Where heads are or may be: the memory of the last seconds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from vcam.guard.outlines import (
    Outline,
    bounds,
    centred,
    explains,
    face_outline,
    scaled,
    sighting_outline,
    size_of,
)
from vcam.types import Box, Detectors, Face, Sighting, Size

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
_STIR_PER_S, _STIR_MOST = 0.4, 0.8
"""Head sizes a second, and at most, by which a face moves while something is held before it."""
_JUMP = 0.35
"""Head sizes that a head cannot jump between two frames without a detector seeing it there."""
_STRAY = 0.2
"""Head sizes by which a bare claim moves on: it follows a hand, and what it stood for may still be there."""


@dataclass(slots=True, eq=False)
class Head:
    """One head that was seen: its outline then, and what is known of it since.

    `track_id` is None for a head that only the detectors claim. `sights` counts the frames in which it was
    seen, `meshed` those in which the mesh was certain of it. `velocity` in pixels a second. `box` is
    the rectangle around the outline. `anchor` is the outline and the time of the mesh's last certain sight,
    while there is none now: what the detectors follow since may be a hand before the face. `person_id` is the
    track that a bare claim took over from. Raises ValueError for an outline that is not finite.
    """

    outline: Outline
    seen_ns: int
    track_id: int | None = None
    sights: int = 1
    meshed: int = 0
    velocity: tuple[float, float] = (0.0, 0.0)
    anchor: tuple[Outline, int] | None = None
    person_id: int | None = None
    box: Box = field(init=False)

    def __post_init__(self) -> None:
        self.box = bounds(self.outline)
        if not all(map(math.isfinite, self.box)):
            raise ValueError("a head must be somewhere")

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
        self.person_id = old.person_id if old.track_id is None else old.track_id
        if not self.meshed:
            self.anchor = old.anchor or ((old.outline, old.seen_ns) if old.meshed else None)
        self.sights += old.sights
        self.meshed += old.meshed


class Memory:
    """The heads of the last seconds, kept up with every frame's faces and claims.

    `doubts` are those claims about a known head that may reach further than it, each with that head; on a
    frame at which no detector looks, they move on with it.
    """

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.doubts: list[tuple[Sighting, Head]] = []

    def forget(self) -> None:
        """Start with nothing known."""
        self.heads = []
        self.doubts = []

    def update(
        self,
        faces: Sequence[Face],
        sightings: Sequence[Sighting],
        size: Size,
        now_ns: int,
        looked: Detectors = Detectors.NEAR,
    ) -> None:
        """Take in what this frame shows to the detectors that `looked`, carry over what it does not."""
        seen = [_tracked(face, now_ns) for face in faces if face.seen_ns == now_ns]
        certain = [head for head in seen if head.meshed]
        doubts = [] if looked else self._moved(seen)
        for claim in sorted(sightings, key=lambda claim: -claim.score):
            head = next((head for head in seen if explains(head.box, claim.box)), None)
            if head is None:
                alone = Detectors.FAR in looked and not _seen_full(claim, sightings, certain)
                seen.append(Head(sighting_outline(claim.box, alone=alone), now_ns))
            elif not (head.meshed and centred(head.box, claim)):
                doubts.append((claim, head))
        missing = []
        free = list(seen)
        for old in self.heads:
            new = _same(old, free, now_ns)
            if new is None:
                missing.append(old)
                continue
            free.remove(new)
            new.inherit(old)
            moved = math.dist(new.box.center, old.box.center) / size_of(old.box)
            if old.track_id is None and not old.person:
                left = moved > _STRAY
            else:  # a mesh that leaps where no detector sees a face may have slipped
                left = moved > _JUMP and not any(explains(new.box, claim.box) for claim in sightings)
            if left:  # its old place stays hidden
                missing.append(old)
        self.doubts = doubts
        self.heads = seen + self._remembered(missing, size, now_ns)
        for head in certain:
            self._release_from(head)

    def _moved(self, seen: Sequence[Head]) -> list[tuple[Sighting, Head]]:
        """The doubts about heads that are seen again, moved on as these have."""
        now = {head.track_id: head for head in seen}
        doubts = []
        for claim, old in self.doubts:
            if old.track_id is not None and (head := now.get(old.track_id)):
                x, y = (to - start for to, start in zip(head.box.center, old.box.center, strict=True))
                x0, y0, x1, y1 = claim.box
                doubts.append((replace(claim, box=Box(x0 + x, y0 + y, x1 + x, y1 + y)), head))
        return doubts

    def _release_from(self, found: Head) -> None:
        """The face that was behind something is seen again, in its place: what hid it is no person."""
        for head in self.heads:
            if head.track_id is None and head.anchor is not None and head.person_id == found.track_id:
                place = bounds(head.anchor[0])
                if math.dist(place.center, found.box.center) < size_of(place):
                    head.meshed, head.anchor = 0, None

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
    best, best_px = None, size_of(bounds(old.reach(now_ns))) / 2
    for new in candidates:
        apart_px = math.dist(new.box.center, old.box.center)
        if apart_px <= best_px:
            best, best_px = new, apart_px
    return best


def _seen_full(claim: Sighting, sightings: Sequence[Sighting], known: Sequence[Head]) -> bool:
    """Whether the full range makes this claim, or one in its box that none of the known heads explains."""
    x0, y0, x1, y1 = claim.box
    others = [other.box for other in sightings if other.full_range]
    inside = [box for box in others if x0 < box.center[0] < x1 and y0 < box.center[1] < y1]
    return any(not any(explains(head.box, box) for head in known) for box in inside)
