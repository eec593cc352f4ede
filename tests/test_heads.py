import cv2
import numpy as np
import pytest

from tests.studio import HALF_PX, STEP_NS, face, landmarks, outline, sighting
from vcam.heads import (
    FADE_NS,
    FLASH_NS,
    HOLD_NS,
    MEMORY_NS,
    Memory,
    bounds,
    explains,
    face_outline,
    scaled,
    sighting_core,
    sighting_outline,
)
from vcam.types import Box, Sighting, Size

SIZE = Size(640, 360)
HERE = (220.0, 170.0)


def _holds(outer: np.ndarray, inner: np.ndarray) -> bool:
    polygon = outer.reshape(-1, 1, 2)
    return all(cv2.pointPolygonTest(polygon, (float(x), float(y)), False) >= 0 for x, y in inner)


def test_the_outline_of_a_face_holds_its_mesh_with_a_margin() -> None:
    assert _holds(face_outline(landmarks(HERE), 0.001), landmarks(HERE)[:, :2])
    hull = face_outline(landmarks(HERE), 0.06)
    assert _holds(hull, scaled(outline(HERE), 1.059))
    assert cv2.contourArea(hull) < 1.03 * 1.06**2 * cv2.contourArea(outline(HERE))
    assert bounds(hull).width == pytest.approx(2 * HALF_PX[0] * 1.06, rel=0.02)
    assert bounds(hull).center == pytest.approx(HERE, abs=1.5)


def test_a_sighting_stands_for_more_than_its_box() -> None:
    box = Box(100, 100, 200, 200)
    whole, (x, y, across, along) = sighting_outline(box), sighting_core(Sighting(box, 0.9, full_range=False))
    assert _holds(whole, np.array([[x - across, y - along], [x + across, y + along]]))
    assert _holds(whole, np.array([[100, 100], [200, 100], [200, 200], [100, 200]], np.float32) * 0.8 + 30)
    assert bounds(whole).y0 < 70
    assert bounds(whole).y1 > 215
    assert x - across > 100
    assert y + along == pytest.approx(200, abs=1)
    assert sighting_core(Sighting(box, 0.3, full_range=False))[3] < along


def test_scaling_keeps_the_middle() -> None:
    assert bounds(scaled(outline(HERE), 2.0)).center == pytest.approx(bounds(outline(HERE)).center)
    assert bounds(scaled(outline(HERE), 2.0)).width == pytest.approx(2 * bounds(outline(HERE)).width)


@pytest.mark.parametrize(
    ("shift", "larger", "explained"),
    [(0, 1.0, True), (15, 1.0, True), (40, 1.0, False), (0, 1.8, True), (0, 2.6, False), (0, 0.4, False)],
)
def test_a_claim_is_explained_by_a_head_in_its_place_and_size(
    shift: float, larger: float, explained: bool
) -> None:
    x, y = HERE[0] + shift, HERE[1]
    claim = Box(x - 42 * larger, y - 40 * larger, x + 42 * larger, y + 44 * larger)
    assert explains(bounds(outline(HERE)), claim) == explained


def _remember(frames: int, *, step_px: float = 0.0) -> tuple[Memory, int]:
    memory = Memory()
    for frame in range(frames):
        now_ns = frame * STEP_NS
        memory.update([face((HERE[0] + frame * step_px, HERE[1]), now_ns)], [], SIZE, now_ns)
    return memory, (frames - 1) * STEP_NS


def test_a_head_keeps_what_is_known_of_it() -> None:
    memory, _ = _remember(5, step_px=6)
    (head,) = memory.heads
    assert head.person
    assert head.sights == head.meshed == 5
    assert head.velocity == pytest.approx((6 / (STEP_NS / 1e9), 0), abs=1)


def test_a_lost_head_reaches_as_far_as_it_may_have_gone() -> None:
    memory, seen_ns = _remember(5, step_px=6)
    (head,) = memory.heads
    assert head.reach(seen_ns) is head.outline
    for lost in range(1, 12):
        now_ns = seen_ns + lost * STEP_NS
        memory.update([], [], SIZE, now_ns)
        assert _holds(memory.heads[0].reach(now_ns), outline((HERE[0] + (4 + lost) * 6, HERE[1])))
        assert _holds(memory.heads[0].reach(now_ns), outline((HERE[0] + 4 * 6, HERE[1])))


@pytest.mark.parametrize(
    ("frames", "meshed", "kept_ns"),
    [(5, True, MEMORY_NS), (2, True, FLASH_NS), (5, False, FADE_NS), (1, False, FLASH_NS)],
)
def test_the_memory_is_as_long_as_the_head_was_sure(frames: int, meshed: bool, kept_ns: int) -> None:
    memory = Memory()
    for frame in range(frames):
        now_ns = frame * STEP_NS
        faces = [face(HERE, now_ns)] if meshed else []
        memory.update(faces, [sighting(HERE)], SIZE, now_ns)
    memory.update([], [], SIZE, now_ns + kept_ns)
    assert len(memory.heads) == 1
    memory.update([], [], SIZE, now_ns + kept_ns + 1)
    assert not memory.heads


def test_a_head_that_left_the_picture_is_forgotten_soon() -> None:
    memory = Memory()
    for frame in range(8):
        now_ns = frame * STEP_NS
        memory.update([face((500 + 20 * frame, 170.0), now_ns)], [], SIZE, now_ns)
    memory.update([], [], SIZE, now_ns + HOLD_NS + 1)
    assert not memory.heads


def test_a_face_with_a_new_identity_in_the_old_place_is_the_old_head() -> None:
    memory, seen_ns = _remember(5)
    memory.update([face((HERE[0] + 5, HERE[1]), seen_ns + STEP_NS, track_id=9)], [], SIZE, seen_ns + STEP_NS)
    assert [(head.track_id, head.sights) for head in memory.heads] == [(9, 6)]


def test_one_new_head_takes_over_from_one_old_head_only() -> None:
    memory = Memory()
    there = (HERE[0] + 60, HERE[1])
    for frame in range(5):
        now_ns = frame * STEP_NS
        memory.update([face(HERE, now_ns), face(there, now_ns, track_id=2)], [], SIZE, now_ns)
    now_ns += STEP_NS
    memory.update([face(HERE, now_ns)], [], SIZE, now_ns)
    assert sorted((head.track_id, head.lost_ns(now_ns)) for head in memory.heads) == [(1, 0), (2, STEP_NS)]


def test_both_ranges_seeing_one_face_make_one_head() -> None:
    memory = Memory()
    memory.update([], [sighting(HERE), sighting(HERE, 0.4, full_range=True)], SIZE, 0)
    assert len(memory.heads) == 1
    memory.forget()
    assert not memory.heads


def test_what_hides_a_face_from_the_mesh_does_not_take_its_place() -> None:
    memory, now_ns = _remember(5)
    for step in range(1, 40):
        now_ns += STEP_NS
        hand = (HERE[0], HERE[1] - 4 * step)
        memory.update([face(hand, now_ns, score=0.1)], [sighting(hand)], SIZE, now_ns)
        (head,) = memory.heads
        behind = head.behind(now_ns)
        assert behind is not None
        assert _holds(behind, outline((HERE[0] + 4, HERE[1] + 4)))
        assert not head.certain
    memory.update([face(HERE, now_ns + STEP_NS)], [], SIZE, now_ns + STEP_NS)
    assert memory.heads[0].certain
    assert memory.heads[0].behind(now_ns + STEP_NS) is None


def test_a_face_is_not_believed_behind_a_hand_for_ever() -> None:
    memory, seen_ns = _remember(5)
    memory.update([face(HERE, seen_ns + STEP_NS, score=0.1)], [], SIZE, seen_ns + STEP_NS)
    assert memory.heads[0].behind(seen_ns + MEMORY_NS) is not None
    assert memory.heads[0].behind(seen_ns + MEMORY_NS + 1) is None
