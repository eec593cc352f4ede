"""Who is where: faces with stable identities, from detections, the mesh, and the memory of the last second.

One frame goes like this:

1. The detectors look that are wanted or due; both look at every frame while a known face is out of sight.
   Where every face is well, a near detector that is only due rests on the frame that the far one looks at.
2. Every known face is looked for by the mesh where it should be now, then where a detection is. A near
   detector that rests is asked at once where the mesh is not sure, or is somewhere else.
3. A face that only the detectors see (a profile) keeps its last shape, moved onto the detection. The near
   one alone is believed for as long as the memory lasts: it also sees faces in hands and prints.
4. A face that nobody sees is remembered: its landmarks go on with its last motion, its `seen_ns` stays.
5. Detections that belong to nobody become faces when the mesh agrees, and the far detector too where the
   near one is not sure; or when the far detector insists. A claim that the mesh refuses has to wait a little.
6. What is left over gets no mask; `sightings` tells every claim of the detectors, for the guard to judge.
"""

from itertools import combinations, count
from pathlib import Path

from vcam.track.detector import Detection, Detector, without_copies
from vcam.track.lookout import EVERY_FRAME, Lookout, Pace, Refusals, assign
from vcam.track.mesh import FaceMesh, roi_of_detection, roi_of_landmarks
from vcam.track.scene import Scene
from vcam.track.still import find
from vcam.track.target import Target, box_of, distance, moved_onto
from vcam.types import BGR, Box, Detectors, Face, Frame, Points, Sighting

_SECOND_NS = 1_000_000_000
NEAR_INPUT_PX, FAR_INPUT_PX = 128, 192

PRESENCE = 0.5
"""From this mesh presence on a known face is there (MediaPipe's own default)."""
_BIRTH_PRESENCE = 0.8
"""From this mesh presence on a detection is a new face. Measured on 13 clips: real faces of every size reach
0.9 in 95 of 100 detections; clouds, hands, knees and printed skulls stay below 0.5 in 97 of 100."""
_SURE_SCORE = 0.8
"""Below this score of the near detector a new face needs the far one's word, too."""
_DRIFT = 0.35
"""Two faces within this `distance` are one; a mesh further from its detection is looked for again."""
_STEADY = 0.15
"""A mesh further from where its face should be is checked by a near detector that rests."""
_OVERLAP = 0.3
"""A new face's box overlaps no other's by more (intersection over union)."""
_RETURN = 1.0
"""A face that appears within this `distance` of one that is out of sight is that one."""
_DUPLICATE_AGE_NS = _SECOND_NS // 2
"""Of two faces in one place, one younger than this was never a second person."""
_FORGET_NS = 5 * _SECOND_NS
"""So long after it was seen, a face that comes back near its old place gets its old identity."""


class Tracker:
    """Follows up to `max_faces` faces from frame to frame.

    `near`, `far`, `mesh`: the files (or contents) of MediaPipe's face_detection_short_range,
    face_detection_full_range and face_landmark. `pace`: how often the detectors look where nobody wants them
    to; it may be changed at any time. `memory_s`: how long a face that is out of sight is still returned.
    Raises ModelError where a model cannot be loaded, ValueError for a number that is not positive.

    `lookout` and `mesh` are the parts made of them, for whoever measures them.

    Time is the frames' own. A frame of another size or an older one than the last starts afresh.
    """

    def __init__(
        self,
        *,
        near: Path | bytes,
        far: Path | bytes,
        mesh: Path | bytes,
        max_faces: int = 8,
        pace: Pace = EVERY_FRAME,
        memory_s: float = 1.0,
    ) -> None:
        if min(max_faces, memory_s, *(rate_hz for rate_hz in pace if rate_hz is not None)) <= 0:
            raise ValueError("max_faces, memory_s and the pace must be positive")
        self.lookout = Lookout(
            Detector(near, input_px=NEAR_INPUT_PX), Detector(far, input_px=FAR_INPUT_PX), pace
        )
        self.mesh = FaceMesh(mesh)
        self._max_faces = max_faces
        self._memory_s = memory_s
        self._ids = count(1)
        self.reset()

    def reset(self) -> None:
        """Forget every face and sighting; identities are not used again."""
        self._targets: list[Target] = []
        self._lost: list[Target] = []
        self._refusals = Refusals()
        self._scene = Scene()
        self._last_ns: int | None = None
        self.lookout.forget()

    @property
    def pace(self) -> Pace:
        """How often the detectors look of themselves."""
        return self.lookout.pace

    @pace.setter
    def pace(self, pace: Pace) -> None:
        self.lookout.pace = pace

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Every claim of the detectors that looked at the last frame, from SIGHTING_SCORE on."""
        return tuple(self.lookout.sightings)

    @property
    def looked(self) -> Detectors:
        """The detectors that looked at the last frame; at the first one both do."""
        return Detectors.NONE if self._last_ns is None else self.lookout.looked(self._last_ns)

    def track(self, frame: Frame, wanted: Detectors = Detectors.NONE) -> tuple[Face, ...]:
        """The faces in `frame`, by ascending `track_id`; the detectors that are `wanted` look at it.

        A face was found in this very frame where `seen_ns == frame.captured_ns`; else it is remembered.
        `score` is the mesh's presence when it was found: below PRESENCE where only a detector saw the face.
        """
        now_ns = frame.captured_ns
        if self._scene.resized(frame.pixels) or (self._last_ns is not None and now_ns < self._last_ns):
            self.reset()
        cut = self._scene.cut(frame.pixels)
        if cut or any(target.seen_ns != self._last_ns for target in self._targets):
            wanted = Detectors.BOTH
        detections = self.lookout.look(frame.pixels, now_ns, wanted, calm=bool(self._targets))
        free = self._follow(frame.pixels, detections, now_ns)
        self._admit(frame.pixels, free, now_ns)
        self._forget(now_ns, unseen_too=cut)
        self._last_ns = now_ns
        return tuple(target.face_at(now_ns) for target in self._targets)

    def look(self, frame: Frame, max_faces: int = 64) -> tuple[Face, ...]:
        """The faces in a single picture, largest first, numbered from 1; what is tracked stays as it is.

        Looks more closely than `track`, at over ten times its cost: it finds faces from about a fiftieth of
        the picture's longer side up to such that fill it.
        """
        faces = find(frame.pixels, self.lookout.near, self.lookout.far, self.mesh, max_faces)
        return tuple(
            Face(number, box_of(points), points, presence, frame.captured_ns)
            for number, (points, presence) in enumerate(faces, start=1)
        )

    def close(self) -> None:
        """Let go of the networks; the tracker cannot be used afterwards."""
        del self.lookout, self.mesh

    def _follow(self, pixels: BGR, detections: list[Detection], now_ns: int) -> list[Detection]:
        """Look for every known face; returns the detections that belong to none."""
        expected = [target.points_at(now_ns) for target in self._targets]
        boxes = [target.box_at(now_ns) for target in self._targets]
        located = [self.mesh.locate(pixels, roi_of_landmarks(points)) for points in expected]
        if any(map(_is_odd, boxes, located)):
            detections = without_copies(detections + self.lookout.look_near(pixels, now_ns))
        claims = assign(boxes, detections)
        observed: dict[int, tuple[Points, float]] = {}
        for index, (target, points) in enumerate(zip(self._targets, expected, strict=True)):
            detection = detections[claims[index]] if index in claims else None
            found, presence = self._observe(pixels, points, located[index], detection)
            confirmed = presence >= PRESENCE or (detection is not None and self.lookout.confirms(detection))
            if confirmed:
                target.sure_ns = now_ns
            trusted_ns = target.trusted_ns(self._memory_s)
            if confirmed or (detection is not None and now_ns - target.sure_ns <= trusted_ns):
                observed[index] = found, presence
        copies = self._resolve(expected, observed, now_ns)
        for index, (points, presence) in observed.items():
            self._targets[index].see(points, presence, now_ns)
        self._targets = [target for index, target in enumerate(self._targets) if index not in copies]
        taken = set(claims.values())
        return [detection for index, detection in enumerate(detections) if index not in taken]

    def _resolve(
        self, expected: list[Points], observed: dict[int, tuple[Points, float]], now_ns: int
    ) -> set[int]:
        """Settle where two faces came out in one place; returns the indices of those that never were two.

        Of two that had long been two, the one that strayed further from where it should be is taken out of
        `observed`: it drifted onto its neighbour, and is remembered instead.
        """
        copies = set()
        for one, other in combinations(sorted(observed), 2):
            if one not in observed or other not in observed:
                continue
            if distance(box_of(observed[one][0]), box_of(observed[other][0])) >= _DRIFT:
                continue
            younger = max(one, other, key=lambda index: (self._targets[index].born_ns, index))
            if now_ns - self._targets[younger].born_ns < _DUPLICATE_AGE_NS:
                copies.add(younger)
                del observed[younger]
            else:
                strayed = {i: distance(box_of(expected[i]), box_of(observed[i][0])) for i in (one, other)}
                del observed[max(strayed, key=strayed.__getitem__)]
        return copies

    def _observe(
        self, pixels: BGR, expected: Points, located: tuple[Points, float], detection: Detection | None
    ) -> tuple[Points, float]:
        """Landmarks and presence of a known face, `located` where it is `expected`, or where `detection` is.

        Where the mesh sees it in neither place, the landmarks are the expected ones, moved there.
        """
        points, presence = located
        if detection is None:
            return points, presence
        roi = roi_of_detection(detection)
        if presence < PRESENCE or distance(box_of(points), detection.box) > _DRIFT:
            other, other_presence = self.mesh.locate(pixels, roi)
            if other_presence > presence:
                points, presence = other, other_presence
        if presence < PRESENCE:
            points = moved_onto(self.mesh.typical(roi), expected)
        return points, presence

    def _admit(self, pixels: BGR, detections: list[Detection], now_ns: int) -> None:
        """Turn detections that belong to nobody into faces, where there is reason enough."""
        present = [target.box for target in self._targets if target.seen_ns == now_ns]
        for detection in detections:
            if len(self._targets) >= self._max_faces:
                break
            if any(distance(detection.box, box) < _DRIFT for box in present):
                continue
            points, presence = self._try(pixels, detection, now_ns)
            if presence >= _BIRTH_PRESENCE:
                believed = self._is_vouched_for(pixels, detection, now_ns)
            else:
                believed = self.lookout.insists(detection, now_ns)
            if not believed:
                continue
            box = box_of(points)
            if all(distance(box, other) >= _DRIFT and box.iou(other) <= _OVERLAP for other in present):
                self._begin(points, presence, now_ns)
                present.append(box)
        self._targets.sort(key=lambda target: target.track_id)

    def _try(self, pixels: BGR, detection: Detection, now_ns: int) -> tuple[Points, float]:
        """What the mesh sees where a new face may be; a typical face where it sees none, or just saw none."""
        roi, presence = roi_of_detection(detection), 0.0
        if not self._refusals.hold(detection, now_ns):
            points, presence = self.mesh.locate(pixels, roi)
            if presence >= _BIRTH_PRESENCE:
                points, presence = self.mesh.locate(pixels, roi_of_landmarks(points))
            if presence >= _BIRTH_PRESENCE:
                return points, presence
            self._refusals.note(detection, now_ns)
        return self.mesh.typical(roi), presence

    def _is_vouched_for(self, pixels: BGR, detection: Detection, now_ns: int) -> bool:
        """Whether a detector is sure; the far one is asked at once where it has not looked."""
        if detection.score >= _SURE_SCORE:
            return True
        self.lookout.look_far(pixels, now_ns)
        return self.lookout.confirms(detection, within=_DRIFT)

    def _begin(self, points: Points, presence: float, now_ns: int) -> None:
        """Follow a face that appears: it is the one that was lost near there not long ago, or a new one."""
        box = box_of(points)
        away = [target for target in self._targets if target.seen_ns != now_ns]
        apart = {
            target: min(distance(box, place) for place in (target.box, target.box_at(now_ns)))
            for target in away + self._lost
        }
        nearest = min(apart, key=apart.__getitem__, default=None)
        if nearest is None or apart[nearest] > _RETURN:
            self._targets.append(Target(next(self._ids), points, presence, now_ns))
        elif nearest in self._lost:
            self._lost.remove(nearest)
            self._targets.append(Target(nearest.track_id, points, presence, now_ns))
        else:
            nearest.sure_ns = now_ns
            nearest.see(points, presence, now_ns)

    def _forget(self, now_ns: int, *, unseen_too: bool) -> None:
        """Let go of the faces whose memory has run out; after a cut, of every unseen one."""
        if unseen_too:
            self._targets = [target for target in self._targets if target.seen_ns == now_ns]
            self._lost = []
            return
        expired = [
            target for target in self._targets if now_ns - target.seen_ns > target.trusted_ns(self._memory_s)
        ]
        self._targets = [target for target in self._targets if target not in expired]
        self._lost = [target for target in self._lost + expired if now_ns - target.seen_ns < _FORGET_NS]


def _is_odd(expected: Box, located: tuple[Points, float]) -> bool:
    """Whether the mesh is not quite sure of a known face, or finds it in quite another place."""
    points, presence = located
    return presence < _BIRTH_PRESENCE or distance(box_of(points), expected) > _STEADY
