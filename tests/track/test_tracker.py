from itertools import pairwise

import numpy as np
import pytest

from vcam.types import Frame

STEP_NS = 33_333_333


def frames_of(pictures, step_ns=STEP_NS, start_ns=0):
    for seq, pixels in enumerate(pictures):
        yield Frame(seq, start_ns + seq * step_ns, pixels)


def test_follows_a_face_with_one_identity(make_tracker, portrait):
    tracker = make_tracker()
    pictures = [np.ascontiguousarray(np.roll(portrait, 4 * step, axis=1)) for step in range(12)]
    found = [tracker.track(frame) for frame in frames_of(pictures)]
    assert {face.track_id for faces in found for face in faces} == {1}
    assert all(len(faces) == 1 and faces[0].score > 0.9 for faces in found)
    moves = [after[0].box.center[0] - before[0].box.center[0] for before, after in pairwise(found)]
    assert np.mean(moves[2:]) == pytest.approx(4, abs=0.5)


def test_a_hidden_face_is_remembered_then_forgotten_and_known_again(make_tracker, portrait):
    tracker = make_tracker()
    nothing = np.full_like(portrait, 90)
    shown, hidden = 20, 45
    pictures = [portrait] * shown + [nothing] * hidden + [portrait] * 3
    found = [tracker.track(frame) for frame in frames_of(pictures)]
    last_seen_ns = (shown - 1) * STEP_NS
    for seq in range(shown, shown + 15):
        assert [face.track_id for face in found[seq]] == [1]
        assert found[seq][0].seen_ns == last_seen_ns
    assert found[shown + hidden - 1] == ()
    assert [face.track_id for face in found[-1]] == [1]


def test_starts_afresh_on_another_size_and_on_an_older_frame(make_tracker, portrait):
    tracker = make_tracker()
    (first,) = tracker.track(Frame(0, 5 * STEP_NS, portrait))
    smaller = np.ascontiguousarray(portrait[:-2])
    (second,) = tracker.track(Frame(1, 6 * STEP_NS, smaller))
    (third,) = tracker.track(Frame(0, 0, smaller))
    assert [face.track_id for face in (first, second, third)] == [1, 2, 3]


def test_an_empty_picture_has_no_face(make_tracker):
    tracker = make_tracker()
    for level in (0, 128, 255):
        frame = Frame(0, 0, np.full((120, 160, 3), level, np.uint8))
        assert tracker.track(frame) == ()
        assert tracker.sightings == ()


@pytest.mark.parametrize("setting", ["max_faces", "detect_hz", "far_hz", "memory_s"])
def test_settings_must_be_positive(make_tracker, setting):
    with pytest.raises(ValueError, match="positive"):
        make_tracker(**{setting: 0})
