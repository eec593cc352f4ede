from itertools import pairwise

import numpy as np
import pytest

from vcam.track.detector import Detection
from vcam.track.lookout import Pace
from vcam.track.mesh import roi_of_detection
from vcam.track.tracker import PRESENCE, Tracker
from vcam.types import Box, Detectors, Frame

STEP_NS = 33_333_333


class Scripted:
    """A detector that claims what it is told, and counts how often it is asked."""

    def __init__(self, *claims: Detection) -> None:
        self.claims = list(claims)
        self.asked = 0

    def detect(self, pixels, min_score):
        self.asked += 1
        return [claim for claim in self.claims if claim.score >= min_score]


class Blind:
    """A mesh that never sees a face; everything else is the real one's."""

    def __init__(self, mesh) -> None:
        self._mesh = mesh

    def locate(self, pixels, roi):
        return self._mesh.locate(pixels, roi)[0], 0.01

    def typical(self, roi):
        return self._mesh.typical(roi)


def run(tracker: Tracker, pictures, step_ns=STEP_NS, first=0):
    """The faces of each picture."""
    return [
        tracker.track(Frame(first + seq, (first + seq) * step_ns, np.ascontiguousarray(pixels)))
        for seq, pixels in enumerate(pictures)
    ]


def moved(portrait, x: int, y: int = 0):
    return np.roll(portrait, (y, x), axis=(0, 1))


def claim_at(x: float, y: float, size: float, score: float) -> Detection:
    """A detection of an upright face, centred at (x, y)."""
    keypoints = np.array([(-0.2, -0.2), (0.2, -0.2), (0, 0), (0, 0.25), (-0.5, 0), (0.5, 0)], np.float32)
    half = size / 2
    return Detection(Box(x - half, y - half, x + half, y + half), keypoints * size + (x, y), score)


def ids(found) -> list[list[int]]:
    return [[face.track_id for face in faces] for faces in found]


def test_follows_a_face_with_one_identity(make_tracker, portrait):
    found = run(make_tracker(), [moved(portrait, 4 * step) for step in range(12)])
    assert ids(found) == [[1]] * 12
    assert all(face.score > 0.9 and face.seen_ns == seq * STEP_NS for seq, (face,) in enumerate(found))
    moves = [after[0].box.center[0] - before[0].box.center[0] for before, after in pairwise(found)]
    assert np.mean(moves[2:]) == pytest.approx(4, abs=0.5)


@pytest.mark.parametrize("step_px", [15, 40])
def test_keeps_up_with_fast_motion(make_tracker, portrait, step_px):
    (first,) = make_tracker().track(Frame(0, 0, portrait))
    steps = [0, 0, 0, *range(0, 5 * step_px, step_px)]
    found = run(make_tracker(), [moved(portrait, -step) for step in steps])
    assert ids(found) == [[1]] * len(steps)
    for step, (face,) in zip(steps, found, strict=True):
        true = first.landmarks[:, :2] - np.array([step, 0])
        apart = np.linalg.norm(face.landmarks[:, :2] - true, axis=1).mean()
        assert apart < 0.06 * first.box.width


def test_a_still_face_does_not_tremble(make_tracker, portrait):
    rng = np.random.default_rng(0)
    noisy = [np.clip(portrait + rng.normal(0, 4, portrait.shape), 0, 255).astype(np.uint8) for _ in range(30)]
    found = run(make_tracker(), noisy)
    points = np.array([face.landmarks[:, :2] for (face,) in found[10:]])
    between_eyes = np.linalg.norm(points[0, 33] - points[0, 263])
    assert np.linalg.norm(points.std(axis=0), axis=1).mean() < 0.003 * between_eyes


def test_a_hidden_face_is_remembered_then_forgotten_and_known_again(make_tracker, portrait):
    nothing = np.full_like(portrait, 90)
    shown, hidden = 31, 45
    found = run(make_tracker(), [portrait] * shown + [nothing] * hidden + [portrait] * 3)
    for faces in found[shown : shown + 29]:
        assert [(face.track_id, face.seen_ns) for face in faces] == [(1, (shown - 1) * STEP_NS)]
    assert ids(found[shown + 31 : shown + hidden]) == [[]] * (hidden - 31)
    assert ids(found[-3:]) == [[1]] * 3


def test_a_face_of_one_frame_is_not_remembered_for_long(make_tracker, portrait):
    nothing = np.full_like(portrait, 90)
    found = run(make_tracker(), [portrait] + [nothing] * 5)
    assert ids(found) == [[1]] * 4 + [[]] * 2


def test_a_remembered_face_goes_on_as_it_moved(make_tracker, portrait):
    nothing = np.full_like(portrait, 90)
    found = run(make_tracker(), [moved(portrait, 6 * step) for step in range(20)] + [nothing] * 4)
    moves = [after[0].box.center[0] - before[0].box.center[0] for before, after in pairwise(found[18:])]
    assert all(2.5 < move < 7 for move in moves)


def test_two_faces_keep_their_identities(make_tracker, portrait):
    width = portrait.shape[1]
    middle = portrait[:, width // 4 : width // 4 + width // 2]
    found = run(
        make_tracker(),
        [np.hstack((moved(middle, 0, step), moved(middle, 0, -step))) for step in range(0, 40, 4)],
    )
    assert ids(found) == [[1, 2]] * 10
    sides = {face.track_id: face.box.center[0] > width / 2 for face in found[0]}
    assert all(sides[face.track_id] == (face.box.center[0] > width / 2) for faces in found for face in faces)


def test_no_more_faces_than_asked_for(make_tracker, portrait):
    both = np.hstack((portrait, portrait))
    assert ids(run(make_tracker(max_faces=1), [both] * 3)) == [[1]] * 3


def test_one_face_found_twice_is_one_face(make_tracker, portrait):
    tracker = make_tracker()
    (claim,) = tracker.lookout.near.detect(portrait, 0.5)
    tracker.lookout.near = Scripted(claim, claim.shifted(0.5 * claim.box.width, 0))
    tracker.lookout.far = Scripted()
    assert ids(run(tracker, [portrait] * 5)) == [[1]] * 5


def test_the_mesh_holds_a_face_that_no_detector_sees(make_tracker, portrait):
    tracker = make_tracker()
    run(tracker, [portrait])
    tracker.lookout.near, tracker.lookout.far = Scripted(), Scripted()
    found = run(tracker, [moved(portrait, 4 * step) for step in range(1, 40)], first=1)
    assert ids(found) == [[1]] * 39
    assert all(face.score > 0.9 for (face,) in found)


def test_the_far_detector_holds_a_face_that_the_mesh_denies(make_tracker, portrait):
    tracker = make_tracker()
    run(tracker, [portrait] * 5)
    tracker.mesh = Blind(tracker.mesh)
    found = run(tracker, [moved(portrait, 3 * step) for step in range(60)], first=5)
    assert ids(found) == [[1]] * 60
    for seq, (face,) in enumerate(found):
        assert face.score < PRESENCE
        assert face.seen_ns == (5 + seq) * STEP_NS
    (claim,) = tracker.lookout.near.detect(np.ascontiguousarray(moved(portrait, 3 * 59)), 0.5)
    assert found[-1][0].box.iou(claim.box) > 0.6


def test_the_near_detector_alone_is_not_believed_for_long(make_tracker, portrait):
    tracker = make_tracker()
    run(tracker, [portrait] * 5)
    tracker.mesh, tracker.lookout.far = Blind(tracker.mesh), Scripted()
    found = run(tracker, [portrait] * 30, first=5)
    assert ids(found[:3]) == [[1]] * 3
    assert found[-1] == ()


def test_what_only_the_near_detector_claims_is_a_sighting_and_no_face(make_tracker):
    tracker = make_tracker()
    tracker.lookout.near, tracker.lookout.far = Scripted(claim_at(200, 180, 90, 0.95)), Scripted()
    empty = np.full((360, 640, 3), 120, np.uint8)
    for seq in range(30):
        frame = Frame(seq, seq * STEP_NS, empty)
        assert tracker.track(frame) == ()
        assert [(one.score, one.full_range) for one in tracker.sightings] == [(0.95, False)]


def test_the_mesh_is_not_asked_about_a_phantom_at_every_frame(make_tracker, monkeypatch):
    tracker = make_tracker()
    tracker.lookout.near, tracker.lookout.far = Scripted(claim_at(200, 180, 90, 0.95)), Scripted()
    asked, locate = [], tracker.mesh.locate
    monkeypatch.setattr(tracker.mesh, "locate", lambda *where: asked.append(1) or locate(*where))
    run(tracker, [np.full((360, 640, 3), 120, np.uint8)] * 30)
    assert len(asked) == 10


def test_what_the_far_detector_sees_again_and_again_is_a_face(make_tracker):
    tracker = make_tracker()
    claim = claim_at(200, 180, 90, 0.8)
    tracker.lookout.near, tracker.lookout.far = Scripted(), Scripted(claim)
    empty = np.full((360, 640, 3), 120, np.uint8)
    found = run(tracker, [empty] * 30)
    assert found[0] == ()
    (face,) = found[-1]
    assert face.score < PRESENCE
    roi = roi_of_detection(claim)
    assert face.box.center == pytest.approx((roi.x, roi.y), abs=0.15 * roi.side)
    assert 0.5 * roi.side < max(face.box.width, face.box.height) < 0.8 * roi.side


def test_an_unsure_claim_of_the_far_detector_is_no_face(make_tracker):
    tracker = make_tracker()
    tracker.lookout.near, tracker.lookout.far = Scripted(), Scripted(claim_at(200, 180, 90, 0.55))
    assert run(tracker, [np.full((360, 640, 3), 120, np.uint8)] * 30) == [()] * 30


def test_sightings_tell_every_claim_of_both_detectors(make_tracker, portrait):
    tracker = make_tracker()
    tracker.track(Frame(0, 0, portrait))
    assert tracker.looked is Detectors.BOTH
    assert {one.full_range for one in tracker.sightings} == {False, True}
    tracker.track(Frame(1, STEP_NS, portrait))
    assert tracker.looked is Detectors.NEAR
    assert {one.full_range for one in tracker.sightings} == {False}
    tracker.track(Frame(2, 2 * STEP_NS, portrait), Detectors.BOTH)
    assert tracker.looked is Detectors.BOTH
    assert {one.full_range for one in tracker.sightings} == {False, True}


@pytest.mark.parametrize(
    ("settings", "near", "far"),
    [
        ({}, 26, 6),
        ({"pace": Pace(5.0, 5.0)}, 5, 6),
        ({"pace": Pace(None, 1.0)}, 30, 2),
        ({"pace": Pace(5.0, 1.0)}, 5, 2),
    ],
)
def test_the_detectors_look_as_often_as_asked(make_tracker, portrait, settings, near, far):
    """31 frames are one second, both ends included; the near one rests when the far one looks."""
    tracker = make_tracker(**settings)
    claims = tracker.lookout.near.detect(portrait, 0.5)
    tracker.lookout.near, tracker.lookout.far = Scripted(*claims), Scripted(*claims)
    run(tracker, [portrait] * 31)
    assert (tracker.lookout.near.asked, tracker.lookout.far.asked) == (near, far)


class Unsure(Blind):
    """A mesh that is not quite sure of anything."""

    def locate(self, pixels, roi):
        return self._mesh.locate(pixels, roi)[0], 0.7


@pytest.mark.parametrize(("mesh", "asked"), [(Unsure, 3), (lambda mesh: mesh, 0)])
def test_a_near_detector_that_rests_is_asked_where_the_mesh_is_not_sure(make_tracker, portrait, mesh, asked):
    tracker = make_tracker(pace=Pace(1.0, 1.0))
    run(tracker, [portrait] * 3)
    tracker.mesh, tracker.lookout.near = mesh(tracker.mesh), Scripted()
    run(tracker, [portrait] * 3, first=3)
    assert tracker.lookout.near.asked == asked


def test_both_detectors_look_at_once_for_a_face_that_is_gone(make_tracker, portrait):
    tracker = make_tracker(pace=Pace(1.0, 1.0))
    run(tracker, [portrait] * 10)
    tracker.lookout.near, tracker.lookout.far = Scripted(), Scripted()
    run(tracker, [np.full_like(portrait, 90)] * 5, first=10)
    assert (tracker.lookout.near.asked, tracker.lookout.far.asked) == (5, 4)


def test_starts_afresh_on_another_size_and_on_an_older_frame(make_tracker, portrait):
    tracker = make_tracker()
    (first,) = tracker.track(Frame(0, 5 * STEP_NS, portrait))
    smaller = np.ascontiguousarray(portrait[:-2])
    (second,) = tracker.track(Frame(1, 6 * STEP_NS, smaller))
    assert tracker.looked is Detectors.BOTH
    (third,) = tracker.track(Frame(0, 0, smaller))
    assert [face.track_id for face in (first, second, third)] == [1, 2, 3]


def test_a_cut_ends_the_memory_but_darkness_does_not(make_tracker, portrait):
    rng = np.random.default_rng(3)
    elsewhere = np.kron(rng.integers(0, 256, (9, 16, 3), dtype=np.uint8), np.ones((40, 40, 1), np.uint8))
    assert ids(run(make_tracker(), [portrait] * 20 + [np.zeros_like(portrait)] * 2))[-1] == [1]
    found = run(make_tracker(), [portrait] * 20 + [elsewhere] * 2 + [portrait])
    assert ids(found[19:]) == [[1], [], [], [2]]


def test_the_same_frames_give_the_same_faces(make_tracker, portrait):
    pictures = [moved(portrait, 5 * step) for step in range(8)]
    for one, other in zip(run(make_tracker(), pictures), run(make_tracker(), pictures), strict=True):
        np.testing.assert_array_equal(one[0].landmarks, other[0].landmarks)


def test_an_empty_picture_has_no_face(make_tracker):
    tracker = make_tracker()
    for level in (0, 128, 255):
        assert tracker.track(Frame(0, 0, np.full((120, 160, 3), level, np.uint8))) == ()
        assert tracker.sightings == ()


def test_looking_at_a_still_leaves_the_followed_faces_alone(make_tracker, portrait):
    tracker = make_tracker()
    run(tracker, [portrait])
    (face,) = tracker.look(Frame(0, 77, portrait))
    assert (face.track_id, face.seen_ns) == (1, 77)
    assert face.score > 0.9
    assert ids(run(tracker, [portrait], first=1)) == [[1]]


@pytest.mark.parametrize(
    "setting", [{"max_faces": 0}, {"memory_s": 0}, {"pace": Pace(0, 5.0)}, {"pace": Pace(None, 0)}]
)
def test_settings_must_be_positive(make_tracker, setting):
    with pytest.raises(ValueError, match="positive"):
        make_tracker(**setting)
