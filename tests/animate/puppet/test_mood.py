import numpy as np
import pytest

from vcam.animate.puppet import mood
from vcam.animate.puppet.brush import Brush
from vcam.animate.puppet.room import Room
from vcam.animate.puppet.signals import REST, Signals
from vcam.animate.puppet.turn import Turn
from vcam.types import Label


@pytest.mark.parametrize("label", list(Label))
def test_nudges_stay_in_range_and_grow_with_the_weight(label: Label) -> None:
    full = mood.nudged(Signals(*[1.0] * 16), {label: 1.0})
    assert max(full[:16]) <= 1.0
    half, whole = (np.array(mood.nudged(REST, {label: weight})) for weight in (0.5, 1.0))
    assert (np.abs(whole) >= np.abs(half)).all()
    assert (whole.any()) == (label is not Label.NEUTRAL)


def test_no_weight_changes_nothing() -> None:
    given = Signals(smile_left=0.3, jaw_open=0.2)
    assert mood.nudged(given, dict.fromkeys(Label, 0.0)) == given


@pytest.mark.parametrize("label", [Label.SADNESS, Label.FEAR, Label.ANGER])
def test_tears_sweat_and_steam_move(label: Label) -> None:
    def marks(time_s: float) -> np.ndarray:
        brush = Brush((201, 201), (100, 100), 80.0)
        mood.draw_marks(brush, Turn(0, 0), {label: 1.0}, time_s)
        return brush.pixels

    assert marks(0.3).any()
    assert (marks(0.3) != marks(0.7)).any()


def test_happy_cheeks_and_gleaming_eyes() -> None:
    assert mood.blush({Label.HAPPINESS: 1.0}) > mood.blush({})
    assert mood.sparkle({Label.SADNESS: 1.0}) == 1.0


def test_marks_that_reach_far_are_announced() -> None:
    assert mood.room({Label.ANGER: 1.0}, Room()).side > mood.room({Label.SADNESS: 1.0}, Room()).side
    assert mood.room({Label.ANGER: 1.0}, Room(up=1.9)).up == 1.9


def test_a_grimace_is_no_smile() -> None:
    grimace = Signals(smile_left=0.8, smile_right=0.8)
    assert mood.nudged(grimace, {Label.SADNESS: 1.0}).smile < 0.3
    assert mood.nudged(grimace, {Label.NEUTRAL: 1.0}).smile == 0.8
