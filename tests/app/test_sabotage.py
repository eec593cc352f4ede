from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.studio import SIZE, STEP_NS, face, mask, room, sighting
from vcam.app.faults import BURST_FRAMES, PERIOD_FRAMES
from vcam.app.sabotage import LATE_FRAMES, STAGE_FAULTS, BrokenStageError
from vcam.types import Detectors, Frame

GOOD, BAD = PERIOD_FRAMES - BURST_FRAMES, BURST_FRAMES


class Tracker:
    looked = Detectors.BOTH

    def __init__(self) -> None:
        self.sightings = (sighting((200.0, 150.0)),)

    def track(self, frame: Frame, wanted: Detectors = Detectors.NONE) -> tuple[Any, ...]:
        return (face((200.0 + frame.seq, 150.0), frame.captured_ns),)


class Stages(SimpleNamespace):
    """A pipeline's four stages, reduced to what a fault can spoil."""

    def __init__(self) -> None:
        super().__init__(
            tracker=Tracker(),
            classifier=SimpleNamespace(classify=lambda *_: ("certain",)),
            animator=SimpleNamespace(animate=lambda *_: (mask((200.0, 150.0)),), mode="mask"),
            compositor=SimpleNamespace(composite=self._composite),
        )

    @staticmethod
    def _composite(frame: Frame, *_: Any) -> Frame:
        return Frame(frame.seq, frame.captured_ns, 255 - frame.pixels)


def _frames() -> list[Frame]:
    return [Frame(seq, seq * STEP_NS, room(SIZE)) for seq in range(PERIOD_FRAMES)]


def _sabotaged(name: str) -> Any:
    stages = Stages()
    STAGE_FAULTS[name](stages)  # type: ignore[arg-type]
    return stages


@pytest.mark.parametrize(
    ("name", "faces", "sightings"),
    [
        ("blind: neither faces nor sightings", 0, 0),
        ("detectors blind", 1, 0),
        ("mesh blind", 0, 1),
    ],
)
def test_a_blind_tracker_says_nothing_in_bursts(name: str, faces: int, sightings: int) -> None:
    tracker = _sabotaged(name).tracker
    seen = [(len(tracker.track(frame)), len(tracker.sightings)) for frame in _frames()]
    assert seen == [(1, 1)] * GOOD + [(faces, sightings)] * BAD
    assert tracker.looked is Detectors.BOTH


def test_a_slipped_mesh_is_half_a_face_off() -> None:
    tracker = _sabotaged("mesh off by half a face").tracker
    for frame in _frames():
        (found,) = tracker.track(frame)
        expected = 200 + frame.seq + (found.box.width / 2 if frame.seq >= GOOD else 0)
        assert found.box.center[0] == pytest.approx(expected)
        assert found.landmarks[:, 0].mean() == pytest.approx(expected, abs=2)


def test_late_faces_are_old_and_say_that_they_are_not() -> None:
    tracker = _sabotaged("faces late by six frames").tracker
    for frame in _frames():
        (found,) = tracker.track(frame)
        assert found.seen_ns == frame.captured_ns
        late = LATE_FRAMES - 1 if frame.seq >= GOOD else 0
        assert found.box.center[0] == pytest.approx(200 + frame.seq - late)


@pytest.mark.parametrize(
    ("stage", "method"),
    [
        ("tracker", "track"),
        ("classifier", "classify"),
        ("animator", "animate"),
        ("compositor", "composite"),
    ],
)
def test_a_throwing_stage_throws_in_bursts_and_never_for_long(stage: str, method: str) -> None:
    stages = _sabotaged(f"{stage} throws")
    thrown = []
    for frame in _frames():
        try:
            getattr(getattr(stages, stage), method)(frame)
            thrown.append(False)
        except BrokenStageError:
            thrown.append(True)
    assert not any(thrown[:GOOD])
    assert sum(thrown) == BAD * 2 // 3


def test_art_goes_missing_before_and_after_it_is_placed() -> None:
    animator = _sabotaged("no art placed").animator
    assert [len(animator.animate(frame)) for frame in _frames()] == [1] * GOOD + [0] * BAD
    assert animator.mode == "mask"
    compositor = _sabotaged("art not drawn").compositor
    raw = [np.array_equal(compositor.composite(frame).pixels, frame.pixels) for frame in _frames()]
    assert raw == [False] * GOOD + [True] * BAD


def test_a_stale_composite_is_of_an_earlier_frame() -> None:
    compositor = _sabotaged("stale composite").compositor
    late = [frame.seq - compositor.composite(frame).seq for frame in _frames()]
    assert late == [0] * GOOD + [2] * BAD
