import pytest

from tests.runtime.clock import MS, ManualClock
from vcam.runtime.pacer import Pacer, now_ns


def test_the_first_tick_is_at_once_and_the_others_on_the_grid() -> None:
    clock = ManualClock()
    start = clock.ns
    pacer = Pacer(50, clock=clock.now, sleep=clock.sleep)
    times = []
    for expected in range(4):
        assert pacer.wait() == expected
        times.append(clock.ns - start)
    assert times == [0, 20 * MS, 40 * MS, 60 * MS]


def test_a_hundred_thousand_ticks_do_not_drift_from_the_grid() -> None:
    clock = ManualClock()
    start = clock.ns
    pacer = Pacer(30_000 / 1001, clock=clock.now, sleep=clock.sleep)
    for _ in range(100_001):
        clock.ns += 123_457  # work between the ticks
        pacer.wait()
    exact_ns = 100_000 * 1001 * 1_000_000_000 // 30_000
    assert abs(clock.ns - start - 123_457 - exact_ns) <= 1
    assert pacer.missed == 0


def test_a_late_tick_does_not_move_the_next_one() -> None:
    clock = ManualClock()
    start = clock.ns
    pacer = Pacer(50, clock=clock.now, sleep=clock.sleep)
    pacer.wait()
    clock.oversleep_ns = 15 * MS
    assert pacer.wait() == 1
    assert clock.ns - start == 35 * MS
    assert pacer.wait() == 2
    assert clock.ns - start == 40 * MS
    assert pacer.missed == 0


def test_ticks_that_passed_by_are_skipped_and_counted() -> None:
    clock = ManualClock()
    pacer = Pacer(50, clock=clock.now, sleep=clock.sleep)
    pacer.wait()
    clock.ns += 90 * MS  # four whole ticks and a half
    assert pacer.wait() == 4
    assert pacer.missed == 3
    assert pacer.wait() == 5


def test_a_rate_must_be_positive_and_a_grid_must_have_started() -> None:
    with pytest.raises(ValueError, match="rate_hz"):
        Pacer(0)
    with pytest.raises(ValueError, match="first wait"):
        Pacer(30).deadline_ns(1)


def test_the_default_clock_goes_forward() -> None:
    assert now_ns() <= now_ns()
