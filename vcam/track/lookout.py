"""When which detector looks, and what can be believed of what they claim."""

from dataclasses import dataclass
from typing import NamedTuple

from vcam.track.detector import Detection, Detector, without_copies
from vcam.track.target import distance
from vcam.types import BGR, Box, Detectors, Sighting

_SECOND_NS = 1_000_000_000
_TICK_NS = 2_000_000
"""Clocks of cameras tremble: a detector is due this much early."""

SIGHTING_SCORE = 0.3
"""From this score on a detection counts at all."""
FACE_SCORE = 0.5
"""From this score on the far detector confirms a face (MediaPipe's own default)."""
SAME_FACE = 0.8
"""A detection within this `distance` of a face, or of another detection, may be of that face."""
_INSIST_SCORE = 0.7
_INSIST_TIMES = 3
_INSIST_GAP_NS = _SECOND_NS // 2
"""The far detector insists on a face to which it gave such a score so many times, with no longer gap."""


_AGAIN_NS = _SECOND_NS // 10
_SAME_PLACE = 0.15
"""For so long what is within this `distance` of a claim that was refused is refused, too."""


class Pace(NamedTuple):
    """How often the detectors look of themselves; the near one at every frame where `near_hz` is None."""

    near_hz: float | None
    far_hz: float


EVERY_FRAME = Pace(near_hz=None, far_hz=5.0)
"""The near detector looks at every frame, the far one at every few."""


@dataclass(slots=True)
class _Claim:
    box: Box
    last_ns: int
    times: int = 1


class Lookout:
    """The two detectors.

    `pace` may be changed. `sightings`: every claim about the last frame, from SIGHTING_SCORE on.
    """

    def __init__(self, near: Detector, far: Detector, pace: Pace) -> None:
        self.near = near
        self.far = far
        self.pace = pace
        self.forget()

    def forget(self) -> None:
        """Start with nothing claimed; both detectors look at the next frame."""
        self.sightings: list[Sighting] = []
        self._near_ns: int | None = None
        self._far_ns: int | None = None
        self._far_boxes: list[Box] = []
        self._claims: list[_Claim] = []

    def look(self, pixels: BGR, now_ns: int, wanted: Detectors, *, calm: bool) -> list[Detection]:
        """Run the detectors that are wanted or due; returns what they found, each face once.

        While there are faces and all are well (`calm`), a near detector that is only due rests when the far
        one looks.
        """
        if self._near_ns is None or self._far_ns is None:
            wanted = Detectors.BOTH
        far = Detectors.FAR in wanted or _is_due(self._far_ns, self.pace.far_hz, now_ns)
        near = Detectors.NEAR in wanted or (
            _is_due(self._near_ns, self.pace.near_hz, now_ns) and not (far and calm)
        )
        self.sightings = []
        found = self.look_near(pixels, now_ns) if near else []
        if far:
            found += self.look_far(pixels, now_ns)
        return without_copies(found)

    def look_near(self, pixels: BGR, now_ns: int) -> list[Detection]:
        """Let the near detector look at this frame, if it has not; returns what it finds."""
        if self._near_ns == now_ns:
            return []
        self._near_ns = now_ns
        return self._note(self.near.detect(pixels, SIGHTING_SCORE), full_range=False)

    def look_far(self, pixels: BGR, now_ns: int) -> list[Detection]:
        """Let the far detector look at this frame, if it has not; returns what it finds."""
        if self._far_ns == now_ns:
            return []
        self._far_ns = now_ns
        found = self._note(self.far.detect(pixels, SIGHTING_SCORE), full_range=True)
        self._far_boxes = [detection.box for detection in found if detection.score >= FACE_SCORE]
        return found

    def looked(self, now_ns: int) -> Detectors:
        """The detectors that have looked at the frame of `now_ns`."""
        near = Detectors.NEAR if self._near_ns == now_ns else Detectors.NONE
        return near | Detectors.FAR if self._far_ns == now_ns else near

    def confirms(self, detection: Detection, within: float = SAME_FACE) -> bool:
        """Whether the far detector saw that face, too, when it last looked, `within` a `distance` of it."""
        return any(distance(detection.box, box) < within for box in self._far_boxes)

    def insists(self, detection: Detection, now_ns: int) -> bool:
        """Whether the far detector has surely seen that face again and again; ask once for every frame."""
        if detection.score < _INSIST_SCORE or self._far_ns != now_ns or not self.confirms(detection):
            return False
        self._claims = [claim for claim in self._claims if now_ns - claim.last_ns <= _INSIST_GAP_NS]
        for claim in self._claims:
            if distance(claim.box, detection.box) < SAME_FACE:
                claim.box, claim.last_ns, claim.times = detection.box, now_ns, claim.times + 1
                return claim.times >= _INSIST_TIMES
        self._claims.append(_Claim(detection.box, now_ns))
        return False

    def _note(self, found: list[Detection], *, full_range: bool) -> list[Detection]:
        self.sightings += [Sighting(one.box, one.score, full_range) for one in found]
        return found


class Refusals:
    """Claims in which the mesh saw no face: about a print or a light it need not be asked at every frame."""

    def __init__(self) -> None:
        self._refused: list[tuple[Box, int]] = []

    def note(self, detection: Detection, now_ns: int) -> None:
        """The mesh sees no face in this claim."""
        self._refused.append((detection.box, now_ns))

    def hold(self, detection: Detection, now_ns: int) -> bool:
        """Whether the mesh has refused such a claim just now."""
        self._refused = [one for one in self._refused if now_ns - one[1] < _AGAIN_NS - _TICK_NS]
        return any(distance(detection.box, box) < _SAME_PLACE for box, _ in self._refused)


def assign(boxes: list[Box], detections: list[Detection]) -> dict[int, int]:
    """Which face's box, by index, gets which detection: the closest pairs first, each at most once."""
    pairs = sorted(
        (distance(box, detection.box), index, other)
        for index, box in enumerate(boxes)
        for other, detection in enumerate(detections)
    )
    claims: dict[int, int] = {}
    for apart, index, other in pairs:
        if apart < SAME_FACE and index not in claims and other not in claims.values():
            claims[index] = other
    return claims


def _is_due(last_ns: int | None, rate_hz: float | None, now_ns: int) -> bool:
    return last_ns is None or rate_hz is None or now_ns - last_ns >= _SECOND_NS / rate_hz - _TICK_NS
