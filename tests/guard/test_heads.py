import pytest

from tests.studio import STEP_NS, face, holds, outline, sighting
from vcam.guard.heads import FADE_NS, FLASH_NS, HOLD_NS, MEMORY_NS, Memory
from vcam.types import Box, Detectors, Sighting, Size

SIZE = Size(640, 360)
HERE = (220.0, 170.0)


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
        assert holds(memory.heads[0].reach(now_ns), outline((HERE[0] + (4 + lost) * 6, HERE[1])))
        assert holds(memory.heads[0].reach(now_ns), outline((HERE[0] + 4 * 6, HERE[1])))


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
        assert holds(behind, outline((HERE[0] + 4, HERE[1] + 4)))
        assert not head.certain
    memory.update([face(HERE, now_ns + STEP_NS)], [], SIZE, now_ns + STEP_NS)
    assert memory.heads[0].certain
    assert memory.heads[0].behind(now_ns + STEP_NS) is None


def test_a_face_is_not_believed_behind_a_hand_for_ever() -> None:
    memory, seen_ns = _remember(5)
    memory.update([face(HERE, seen_ns + STEP_NS, score=0.1)], [], SIZE, seen_ns + STEP_NS)
    assert memory.heads[0].behind(seen_ns + MEMORY_NS) is not None
    assert memory.heads[0].behind(seen_ns + MEMORY_NS + 1) is None


@pytest.mark.parametrize("full_too", [False, True])
@pytest.mark.parametrize("looked", [Detectors.NEAR, Detectors.BOTH])
def test_a_claim_that_the_full_range_does_not_share_is_hidden_more_closely(
    full_too: bool, looked: Detectors
) -> None:
    memory = Memory()
    claims = [sighting(HERE, 0.7)] + [sighting(HERE, 0.3, full_range=True)] * full_too
    memory.update([], claims, SIZE, 0, looked)
    (head,) = memory.heads
    assert (head.box.width < 1.3 * claims[0].box.width) == (looked is Detectors.BOTH and not full_too)
    memory.update([], [sighting(HERE, full_range=True)], SIZE, STEP_NS, looked)
    assert memory.heads[0].box.width > 1.5 * claims[0].box.width


def test_what_the_full_range_says_of_a_known_head_confirms_no_other_claim() -> None:
    memory = Memory()
    known = sighting(HERE, full_range=True)
    larger = Sighting(Box(HERE[0] - 130, HERE[1] - 60, HERE[0] + 30, HERE[1] + 100), 0.4, full_range=False)
    for faces, alone in (([face(HERE, 0)], True), ([face(HERE, 0, score=0.2)], False)):
        memory.update(faces, [known, larger], SIZE, 0, Detectors.BOTH)
        head = next(head for head in memory.heads if head.track_id is None)
        assert (head.box.width < 1.3 * larger.box.width) == alone
        memory.forget()


def test_a_poor_claim_in_the_middle_of_a_certain_head_raises_no_doubt() -> None:
    memory = Memory()
    beside = (HERE[0] + 24, HERE[1])
    for claim, score, doubted in (
        (sighting(HERE, 0.5), 1.0, False),
        (sighting(HERE, 0.7), 1.0, True),
        (sighting(beside, 0.5), 1.0, True),
        (sighting(HERE, 0.5), 0.2, True),
    ):
        memory.update([face(HERE, 0, score=score)], [claim], SIZE, 0)
        assert [claim for claim, _ in memory.doubts] == [claim] * doubted
        assert [head.track_id for head in memory.heads] == [1]
        memory.forget()


def test_a_doubt_moves_on_with_its_head_while_no_detector_looks() -> None:
    memory = Memory()
    memory.update([face(HERE, 0)], [sighting(HERE)], SIZE, 0)
    for step in range(1, 4):
        there = (HERE[0] + 7 * step, HERE[1] - 5 * step)
        memory.update([face(there, step)], [], SIZE, step, Detectors.NONE)
        ((claim, head),) = memory.doubts
        assert claim.box == pytest.approx(sighting(there).box, abs=0.01)
        assert head in memory.heads
    memory.update([face(there, 9)], [], SIZE, 9, Detectors.NEAR)
    assert memory.doubts == []


def test_a_claim_that_moves_on_leaves_its_old_place_hidden() -> None:
    memory = Memory()
    for frame in range(8):
        now_ns = frame * STEP_NS
        memory.update([], [sighting((HERE[0] + 40 * (frame == 7), HERE[1]))], SIZE, now_ns)
    assert [head.lost_ns(now_ns) for head in memory.heads] == [0, STEP_NS]
    memory.update([], [], SIZE, now_ns - STEP_NS + FADE_NS)
    assert len(memory.heads) == 2
    memory.update([], [], SIZE, now_ns + FADE_NS)
    assert len(memory.heads) == 1


@pytest.mark.parametrize("back_px", [5.0, 200.0])
def test_what_hid_a_face_is_no_person_once_that_is_seen_again_in_its_place(back_px: float) -> None:
    memory, now_ns = _remember(5)
    for step in range(1, 12):
        now_ns += STEP_NS
        hand = (HERE[0] + 14 * step, HERE[1])
        memory.update([], [sighting(hand)], SIZE, now_ns)
    assert [head.person for head in memory.heads] == [True]
    memory.update(
        [face((HERE[0] - back_px, HERE[1]), now_ns + STEP_NS)], [sighting(hand)], SIZE, now_ns + STEP_NS
    )
    persons = {head.track_id: head.person for head in memory.heads}
    assert persons[None] == (back_px > 100)
