import numpy as np
import pytest

from vcam.track.detector import Detection
from vcam.track.lookout import Lookout, Pace, Refusals, assign
from vcam.types import Box, Detectors

PIXELS = np.zeros((90, 160, 3), np.uint8)
STEP_NS = 33_333_333


class Scripted:
    """A detector that claims what it is told, and counts how often it is asked."""

    def __init__(self) -> None:
        self.claims: list[Detection] = []
        self.asked = 0

    def detect(self, pixels, min_score):
        self.asked += 1
        return [claim for claim in self.claims if claim.score >= min_score]


def claim(x: float, score: float) -> Detection:
    return Detection(Box(x, 0, x + 50, 50), np.zeros((6, 2), np.float32), score)


@pytest.fixture
def near():
    return Scripted()


@pytest.fixture
def far():
    return Scripted()


def look(lookout, step, wanted=Detectors.NONE, *, calm=True):
    return lookout.look(PIXELS, step * STEP_NS, wanted, calm=calm)


def test_both_look_at_first_and_after_forgetting(near, far):
    lookout = Lookout(near, far, Pace(None, 5.0))
    look(lookout, 0)
    assert (near.asked, far.asked) == (1, 1)
    lookout.forget()
    look(lookout, 1)
    assert (near.asked, far.asked) == (2, 2)


@pytest.mark.parametrize(("calm", "near_asked"), [(True, 4), (False, 7)])
def test_the_near_one_rests_only_where_all_is_calm(near, far, calm, near_asked):
    lookout = Lookout(near, far, Pace(None, 15.0))
    for step in range(7):
        look(lookout, step, calm=calm)
    assert (near.asked, far.asked) == (near_asked, 4)


@pytest.mark.parametrize("wanted", list(Detectors.BOTH))
def test_who_is_wanted_looks(near, far, wanted):
    lookout = Lookout(near, far, Pace(1.0, 1.0))
    look(lookout, 0)
    assert lookout.looked(0) is Detectors.BOTH
    for step in range(1, 3):
        look(lookout, step, wanted)
        assert lookout.looked(step * STEP_NS) is wanted
    assert (near.asked, far.asked) == ((3, 1) if wanted is Detectors.NEAR else (1, 3))


def test_a_near_one_that_is_wanted_does_not_rest_when_the_far_one_looks(near, far):
    lookout = Lookout(near, far, Pace(None, 30.0))
    for step in range(3):
        look(lookout, step, Detectors.NEAR)
    assert (near.asked, far.asked) == (3, 3)


def test_a_near_one_that_rests_can_be_asked_once(near, far):
    lookout = Lookout(near, far, Pace(1.0, 1.0))
    look(lookout, 0)
    near.claims = [claim(0, 0.6)]
    assert look(lookout, 1) == []
    assert lookout.look_near(PIXELS, STEP_NS) == near.claims
    assert lookout.look_near(PIXELS, STEP_NS) == []
    assert near.asked == 2
    assert [one.score for one in lookout.sightings] == [0.6]


def test_what_both_find_is_found_once_but_sighted_twice(near, far):
    near.claims, far.claims = [claim(0, 0.9)], [claim(3, 0.6), claim(90, 0.35)]
    lookout = Lookout(near, far, Pace(None, 5.0))
    assert [one.score for one in look(lookout, 0)] == [0.9, 0.35]
    assert [(one.score, one.full_range) for one in lookout.sightings] == [
        (0.9, False),
        (0.6, True),
        (0.35, True),
    ]
    look(lookout, 1)
    assert [one.full_range for one in lookout.sightings] == [False]


def test_the_far_one_can_be_asked_once_more(near, far):
    lookout = Lookout(near, far, Pace(None, 5.0))
    look(lookout, 0)
    look(lookout, 1)
    far.claims = [claim(0, 0.6)]
    assert not lookout.confirms(claim(0, 0.4))
    for _ in range(2):
        lookout.look_far(PIXELS, STEP_NS)
    assert far.asked == 2
    assert lookout.confirms(claim(0, 0.4))
    assert lookout.confirms(claim(30, 0.4))
    assert not lookout.confirms(claim(30, 0.4), within=0.35)
    assert [one.full_range for one in lookout.sightings] == [True]


def test_an_unsure_far_claim_confirms_nothing(near, far):
    far.claims = [claim(0, 0.45)]
    lookout = Lookout(near, far, Pace(None, 5.0))
    look(lookout, 0)
    assert not lookout.confirms(claim(0, 0.9))


@pytest.mark.parametrize(("score", "gap", "insists"), [(0.8, 6, True), (0.6, 6, False), (0.8, 20, False)])
def test_the_far_one_insists_after_three_sure_claims_in_a_row(near, far, score, gap, insists):
    far.claims = [claim(0, score)]
    lookout = Lookout(near, far, Pace(None, 30.0))
    answers = []
    for step in range(0, 3 * gap, gap):
        (found,) = look(lookout, step)
        answers.append(lookout.insists(found, step * STEP_NS))
    assert answers == [False, False, insists]


def test_a_claim_that_was_refused_is_refused_for_three_frames():
    refusals = Refusals()
    assert not refusals.hold(claim(0, 0.9), 0)
    refusals.note(claim(0, 0.9), 0)
    held = [refusals.hold(claim(2, 0.4), step * STEP_NS) for step in range(5)]
    assert held == [True, True, True, False, False]


def test_a_claim_somewhere_else_is_not_refused():
    refusals = Refusals()
    refusals.note(claim(0, 0.9), 0)
    assert not refusals.hold(claim(20, 0.9), 0)


def test_the_closest_pairs_come_first():
    boxes = [claim(x, 0).box for x in (0, 30, 500)]
    assert assign(boxes, [claim(28, 0.5), claim(10, 0.9)]) == {0: 1, 1: 0}
