"""When which detector looks, and what can be believed of what they claim."""

from dataclasses import dataclass

from vcam.track.detector import Detection, Detector, without_copies
from vcam.track.target import distance
from vcam.types import BGR, Box, Sighting

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


@dataclass(slots=True)
class _Claim:
    box: Box
    last_ns: int
    times: int = 1


class Lookout:
    """The two detectors.

    `near_hz`: how often the near one looks, None for every frame; may be changed. `far_hz`: how often the far
    one does. `sightings`: every claim about the last frame, from SIGHTING_SCORE on.
    """

    def __init__(self, near: Detector, far: Detector, near_hz: float | None, far_hz: float) -> None:
        self.near = near
        self.far = far
        self.near_hz = near_hz
        self._far_hz = far_hz
        self.forget()

    def forget(self) -> None:
        """Start with nothing claimed; both detectors look at the next frame."""
        self.sightings: list[Sighting] = []
        self._near_ns: int | None = None
        self._far_ns: int | None = None
        self._far_boxes: list[Box] = []
        self._claims: list[_Claim] = []

    def look(self, pixels: BGR, now_ns: int, *, calm: bool, everything: bool) -> list[Detection]:
        """Run the detectors that are due; returns what they found, each face once.

        While there are faces and all are well (`calm`), the near detector rests when the far one looks.
        """
        first = self._near_ns is None or self._far_ns is None
        far_due = everything or first or _is_due(self._far_ns, self._far_hz, now_ns)
        near_due = everything or first or _is_due(self._near_ns, self.near_hz, now_ns)
        self.sightings = []
        found: list[Detection] = []
        if near_due and not (far_due and calm and not everything and not first):
            self._near_ns = now_ns
            found += self._note(self.near.detect(pixels, SIGHTING_SCORE), full_range=False)
        if far_due:
            found += self.look_far(pixels, now_ns)
        return without_copies(found)

    def look_far(self, pixels: BGR, now_ns: int) -> list[Detection]:
        """Let the far detector look at this frame, if it has not; returns what it finds."""
        if self.looked_far(now_ns):
            return []
        self._far_ns = now_ns
        found = self._note(self.far.detect(pixels, SIGHTING_SCORE), full_range=True)
        self._far_boxes = [detection.box for detection in found if detection.score >= FACE_SCORE]
        return found

    def looked_far(self, now_ns: int) -> bool:
        """Whether the far detector has looked at the frame of `now_ns`."""
        return self._far_ns == now_ns

    def confirms(self, detection: Detection, within: float = SAME_FACE) -> bool:
        """Whether the far detector saw that face, too, when it last looked, `within` a `distance` of it."""
        return any(distance(detection.box, box) < within for box in self._far_boxes)

    def insists(self, detection: Detection, now_ns: int) -> bool:
        """Whether the far detector has surely seen that face again and again; ask once for every frame."""
        if detection.score < _INSIST_SCORE or not self.looked_far(now_ns) or not self.confirms(detection):
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


def _is_due(last_ns: int | None, rate_hz: float | None, now_ns: int) -> bool:
    return last_ns is None or rate_hz is None or now_ns - last_ns >= _SECOND_NS / rate_hz - _TICK_NS
