import numpy as np
import pytest

from vcam.animate.puppet.rig import Rig
from vcam.animate.puppet.signals import REST, Signals

STEP_NS = 33_333_333


def play(rig: Rig, signals: Signals | None, frames: int, start: int = 0) -> list[Signals]:
    return [rig.update(signals, (start + i) * STEP_NS) for i in range(frames)]


def test_a_persons_own_rest_is_learnt_and_taken_out() -> None:
    rig = Rig()
    resting = Signals(brow_inner_up=0.25, blink_left=0.12, blink_right=0.1, smile_left=0.15)
    after = play(rig, resting, 150)[-1]
    assert max(after[:16]) < 0.03
    smiling = play(rig, resting._replace(smile_left=0.9, smile_right=0.8), 30, 150)[-1]
    assert smiling.smile_left > 0.8


def test_whoever_begins_with_a_smile_smiles() -> None:
    after = play(Rig(), Signals(smile_left=0.9, smile_right=0.9), 90)[-1]
    assert after.smile > 0.75


@pytest.mark.parametrize(
    ("name", "cautious"),
    [("jaw_open", 0.5), ("blink", 0.5), ("brow_down", 0.55), ("pucker", 0.6), ("wide", 0.3), ("smile", 0.85)],
)
def test_what_a_cautious_network_reads_is_shown_in_full(name: str, cautious: float) -> None:
    names = [name] if name in Signals._fields else [f"{name}_left", f"{name}_right"]
    rig = Rig()
    play(rig, Signals(), 90)
    shown = play(rig, Signals(**dict.fromkeys(names, cautious)), 20, 90)[-1]
    assert all(getattr(shown, one) > 0.95 for one in names)


def test_a_look_to_the_side_is_shown_in_full_and_counts_from_where_the_eyes_rest() -> None:
    rig = Rig()
    assert abs(play(rig, Signals(look_x=0.1), 150)[-1].look_x) < 0.02
    assert play(rig, Signals(look_x=0.75), 20, 150)[-1].look_x > 0.95
    assert play(rig, Signals(look_x=-0.55), 20, 170)[-1].look_x < -0.95


def test_eyes_that_blink_go_on_looking_where_they_looked() -> None:
    rig = Rig()
    play(rig, Signals(), 90)
    before = play(rig, Signals(look_x=0.5), 20, 90)[-1].look_x
    shut = play(rig, Signals(look_x=-0.9, blink_left=0.6, blink_right=0.6), 5, 110)
    assert min(signals.look_x for signals in shut) > before - 0.05
    assert play(rig, Signals(look_x=-0.9), 10, 115)[-1].look_x < -0.9


def test_whoever_looks_aside_for_long_looks_aside() -> None:
    assert play(Rig(), Signals(look_x=0.5), 30 * 60)[-1].look_x > 0.5


def test_a_high_rest_does_not_turn_noise_into_grimaces() -> None:
    rig = Rig()
    play(rig, Signals(brow_down_left=0.3, wide_left=0.15), 150)
    shown = play(rig, Signals(brow_down_left=0.36, wide_left=0.21), 20, 150)[-1]
    assert 0.05 < shown.brow_down_left < 0.25
    assert 0.05 < shown.wide_left < 0.25


def test_a_long_smile_does_not_fade() -> None:
    rig = Rig()
    play(rig, Signals(), 90)
    assert play(rig, Signals(smile_left=0.9, smile_right=0.9), 30 * 20, 90)[-1].smile > 0.8


def test_it_does_not_tremble_and_still_blinks_quickly() -> None:
    rig, rng = Rig(), np.random.default_rng(0)
    noise = rng.normal(0, 0.02, 200)
    # A smile is full at 0.85 and rests at 0.3 at most: what lies between is stretched.
    shown = [
        rig.update(Signals(smile_left=0.5 + float(n)), i * STEP_NS).smile_left for i, n in enumerate(noise)
    ]
    assert np.std(np.diff(shown[60:])) < 0.6 * np.std(np.diff(noise[60:])) / 0.55
    blink = play(rig, Signals(smile_left=0.5, blink_left=1.0), 3, 200)
    assert blink[-1].blink_left > 0.8


@pytest.mark.parametrize("lost", [None, Signals(jaw_open=float("nan")), Signals(yaw=float("inf"))])
def test_a_lost_face_eases_to_rest_without_a_jump(lost: Signals | None) -> None:
    rig = Rig()
    last = play(rig, Signals(jaw_open=0.9, yaw=0.5), 60)[-1]
    path = [last, *play(rig, lost, 40, 60)]
    jaws = [signals.jaw_open for signals in path]
    assert jaws == sorted(jaws, reverse=True)
    assert max(-np.diff(jaws)) < 0.15
    assert path[-1].jaw_open == pytest.approx(0, abs=0.02)
    assert path[-1].yaw == pytest.approx(0, abs=0.01)


def test_at_rest_it_blinks_now_and_then() -> None:
    shown = play(Rig(), None, 300, 100)
    blinks = [signals.blink_left for signals in shown]
    assert max(blinks) > 0.7
    assert np.mean(np.array(blinks) > 0.05) < 0.15


def test_mad_numbers_stay_in_range() -> None:
    shown = play(Rig(), Signals(*[50.0] * 16), 10)[-1]
    assert all(0 <= value <= 1 for value in shown[:16])
    assert Signals() == REST


def test_eyes_close_together_unless_it_is_a_wink() -> None:
    rig = Rig()
    play(rig, Signals(), 60)
    uneven = play(rig, Signals(blink_left=0.5, blink_right=0.4), 20, 60)[-1]
    assert uneven.blink_left == pytest.approx(uneven.blink_right, abs=0.01)
    wink = play(rig, Signals(blink_left=0.7, blink_right=0.1), 20, 80)[-1]
    assert wink.blink_left > 0.8
    assert wink.blink_right < 0.3
