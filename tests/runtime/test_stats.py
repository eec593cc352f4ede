import json

import pytest

from tests.runtime.clock import MS, ManualClock
from vcam.runtime.stats import Snapshot, State, Stats
from vcam.types import Size, SourceFormat


def test_rates_cover_the_last_seconds_and_fall_to_zero() -> None:
    clock = ManualClock()
    stats = Stats(clock=clock.now)
    for _ in range(61):
        stats.arrived(dropped=3)
        stats.sent(repeated=False, late=0, age_ms=10.0)
        clock.ns += 20 * MS
    now = stats.snapshot()
    assert now.fps_in == pytest.approx(50, rel=0.03)
    assert now.fps_out == pytest.approx(50, rel=0.03)
    assert (now.frames_in, now.frames_out, now.dropped) == (61, 61, 3)
    clock.ns += 6_000 * MS
    assert stats.snapshot().fps_in == 0


def test_percentiles_of_steps_and_ages() -> None:
    stats = Stats(clock=ManualClock().now)
    for step_ms in range(1, 101):
        stats.stepped(step_ms)
    stats.sent(repeated=False, late=2, age_ms=40.0)
    stats.sent(repeated=True, late=2, age_ms=None)
    now = stats.snapshot()
    assert now.step_ms_p50 == pytest.approx(50.5)
    assert now.step_ms_p95 == pytest.approx(95.05)
    assert now.age_ms_p95 == 40
    assert (now.repeated, now.late, now.frames_stepped) == (1, 2, 100)


def test_a_snapshot_becomes_json() -> None:
    stats = Stats(clock=ManualClock().now)
    stats.note(state=State.LIVE, format=SourceFormat(Size(640, 480), 30.0), outputs=("preview",))
    stats.saw(2, "surprise")
    plain = json.loads(json.dumps(stats.snapshot().as_dict()))
    assert plain["state"] == "live"
    assert (plain["width"], plain["height"], plain["rate_hz"]) == (640, 480, 30.0)
    assert (plain["faces"], plain["expression"], plain["outputs"]) == (2, "surprise", ["preview"])
    assert json.loads(json.dumps(Snapshot().as_dict()))["width"] is None
