from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.runtime.clock import MS, ManualClock
from vcam.errors import CameraError, SinkError
from vcam.publish.memory import Memory
from vcam.runtime.capturer import Shot
from vcam.runtime.latest import LatestSlot
from vcam.runtime.publisher import MAX_AGE_NS, PATIENCE, Publisher
from vcam.runtime.situation import LINES, Gap, Part, Situation
from vcam.runtime.stats import State, Stats
from vcam.types import Frame, Size

SIZE = Size(8, 6)
CARD = 1


class Bench:
    """A publisher at 50 Hz, run in this thread: `play` is resumed before every tick but the first."""

    def __init__(self, *sinks: Memory, backoff_s: float = 0.1) -> None:
        self.clock = ManualClock()
        self.sinks = sinks or (Memory(SIZE, 50),)
        self.shots: LatestSlot[Shot] = LatestSlot()
        self.situation = Situation()
        self.stats = Stats(clock=self.clock.now)
        self.lines: list[str] = []
        self.publisher = Publisher(
            self.sinks,
            self.shots,
            self.card,
            self.situation,
            self.stats,
            clock=self.clock.now,
            sleep=self.clock.sleep,
            backoff_s=(backoff_s,),
        )

    def card(self, line: str) -> Frame:
        self.lines.append(line)
        return Frame(0, 0, np.full((6, 8, 3), CARD, np.uint8))

    def put(self, value: int) -> None:
        self.shots.put(Shot(Frame(0, 0, np.full((6, 8, 3), value, np.uint8)), self.clock.ns))

    def run(self, play: Callable[[], Iterator[None]]) -> list[int]:
        """Run to the end of `play`; the grey values that were sent."""
        script = play()

        def resume() -> None:
            if next(script, "over") == "over":
                self.publisher.stop()

        self.clock.on_sleep = resume
        self.publisher.run()
        return [int(frame.pixels[0, 0, 0]) for frame in self.sinks[0].frames]


def _ticks(count: int) -> Iterator[None]:
    yield from [None] * count


def test_the_card_goes_out_at_full_rate_on_the_grid_until_a_picture_comes() -> None:
    bench = Bench()
    bench.situation.set(Part.CAPTURE, Gap(State.STARTING))

    def play() -> Iterator[None]:
        yield from _ticks(3)
        bench.put(100)
        yield from _ticks(1)
        bench.put(101)
        yield from _ticks(2)

    assert bench.run(play) == [CARD, CARD, CARD, CARD, 100, 101, 101]
    frames = bench.sinks[0].frames
    assert [frame.seq for frame in frames] == list(range(7))
    assert [frame.captured_ns for frame in frames] == [20 * MS * tick for tick in range(7)]
    assert set(bench.lines) == {LINES[State.STARTING]}
    now = bench.stats.snapshot()
    assert (now.frames_out, now.repeated) == (7, 5)
    assert now.outputs == ("memory",)
    assert bench.sinks[0].closed == 1


def test_no_picture_is_shown_longer_than_half_a_second_after_it_arrived() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        bench.put(100)
        yield from _ticks(40)

    sent = bench.run(play)
    shown = sent.count(100)
    assert shown * 20 * MS <= MAX_AGE_NS + 20 * MS
    assert shown >= 24
    assert sent == [CARD] + [100] * shown + [CARD] * (40 - shown)


def test_a_picture_that_took_too_long_in_processing_is_never_shown() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        frame = Frame(0, 0, np.full((6, 8, 3), 100, np.uint8))
        bench.shots.put(Shot(frame, bench.clock.ns - MAX_AGE_NS - 1))
        yield from _ticks(3)

    assert set(bench.run(play)) == {CARD}


def test_standby_takes_effect_on_the_next_tick_and_ends_on_the_next_tick() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        bench.put(100)
        yield
        bench.publisher.standby = True
        bench.put(101)
        yield
        bench.put(102)
        yield
        bench.publisher.standby = False
        bench.put(103)
        yield

    assert bench.run(play) == [CARD, 100, CARD, CARD, 103]
    assert LINES[State.STANDBY] in bench.lines


def test_a_cut_hides_what_arrived_before_it() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        bench.put(100)
        yield
        bench.publisher.cut()
        yield
        late = Frame(0, 0, np.full((6, 8, 3), 101, np.uint8))
        bench.shots.put(Shot(late, bench.clock.ns - 30 * MS))
        yield
        bench.put(102)
        yield

    assert bench.run(play) == [CARD, 100, CARD, CARD, 102]


def test_the_card_says_what_is_wrong_and_the_status_more() -> None:
    bench = Bench()
    bench.situation.set(
        Part.CAPTURE, Gap(State.RECONNECTING, CameraError("Webcam 7 is in use", hint="Close it."))
    )

    def play() -> Iterator[None]:
        yield
        now = bench.stats.snapshot()
        assert (now.state, now.problem, now.hint) == (State.RECONNECTING, "Webcam 7 is in use", "Close it.")

    bench.run(play)
    assert LINES[State.RECONNECTING] in bench.lines
    assert not any("Webcam" in line for line in bench.lines)


def test_faces_are_told_only_while_a_picture_is_shown() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        bench.put(100)
        yield
        bench.stats.saw(1, "surprise")
        yield
        assert bench.stats.snapshot().faces == 1
        bench.publisher.cut()
        yield
        assert (bench.stats.snapshot().faces, bench.stats.snapshot().expression) == (0, "")

    bench.run(play)


def test_a_lost_sink_comes_back_while_the_others_go_on() -> None:
    steady, flaky = Memory(SIZE, 50), Memory(SIZE, 50)
    bench = Bench(steady, flaky, backoff_s=0.1)

    def play() -> Iterator[None]:
        yield from _ticks(2)
        flaky.broken = True
        yield from _ticks(3)
        assert isinstance(bench.situation.error(), SinkError)
        assert flaky.closed == 1
        yield from _ticks(5)
        flaky.broken = False
        yield from _ticks(10)
        assert bench.situation.error() is None

    bench.run(play)
    assert steady.count == 21
    assert flaky.opened == 2
    assert [frame.seq for frame in flaky.frames][:2] == [0, 1]
    assert flaky.frames[-1].seq == 20
    assert len(flaky.frames) < 21


def test_a_sink_with_a_bug_is_treated_as_lost() -> None:
    class Buggy(Memory):
        def send(self, frame: Frame) -> None:
            raise ZeroDivisionError("oops")

    bench = Bench(Memory(SIZE, 50), Buggy(SIZE, 50))
    bench.run(lambda: _ticks(3))
    assert bench.sinks[0].count == 4
    assert "oops" in str(bench.situation.error())


def test_a_card_that_cannot_be_drawn_leaves_black_not_silence() -> None:
    bench = Bench()

    def broken(line: str) -> Frame:
        raise ZeroDivisionError

    bench.publisher._card = broken
    assert bench.run(lambda: _ticks(2)) == [0, 0, 0]


@pytest.mark.parametrize("error", [None, ZeroDivisionError("a bug")])
def test_a_sink_that_does_not_open_ends_it_and_closes_the_others(error: Exception | None) -> None:
    good, bad = Memory(SIZE, 50), Memory(SIZE, 50)
    bad.broken = True
    if error is not None:

        def fail() -> None:
            raise error

        bad.open = fail  # type: ignore[method-assign]
    bench = Bench(good, bad)
    bench.publisher.run()
    assert bench.publisher.opened.is_set()
    assert isinstance(bench.publisher.open_error, SinkError if error is None else ZeroDivisionError)
    assert (good.opened, good.closed, good.count) == (1, 1, 0)


def test_finish_shows_the_last_picture_and_returns() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        bench.put(100)
        bench.publisher.finish()
        yield from _ticks(10)

    assert bench.run(play) == [CARD, 100]


def test_an_error_at_closing_is_kept() -> None:
    class Full(Memory):
        def close(self) -> None:
            super().close()
            raise SinkError("the disk is full", hint="")

    bench = Bench(Full(SIZE, 50))
    bench.run(lambda: _ticks(1))
    assert "full" in str(bench.situation.error())


def test_asleep_one_card_a_second_goes_out_and_waking_is_seen_at_once() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        bench.put(100)
        yield
        bench.put(101)
        bench.publisher.cut()
        bench.situation.set(Part.CAPTURE, Gap(State.ASLEEP))
        yield from _ticks(150)
        bench.situation.set(Part.CAPTURE, None)
        bench.put(102)
        yield

    assert bench.run(play) == [CARD, 100, CARD, CARD, CARD, CARD, 102]
    assert [frame.seq for frame in bench.sinks[0].frames] == [0, 1, 2, 50, 100, 150, 152]


def _record_waits(bench: Bench, arrive: Callable[[], None]) -> list[int]:
    """The ticks that wait for a picture, by the clock; `arrive` is called in each wait."""
    waits: list[int] = []
    take = bench.shots.take

    def take_late(timeout_s: float | None = None) -> Shot | None:
        if timeout_s:
            assert timeout_s == PATIENCE / 50
            waits.append(bench.clock.ns // MS)
            arrive()
        return take(0.0)

    bench.shots.take = take_late  # type: ignore[method-assign]
    return waits


def test_a_picture_that_is_due_is_waited_for_and_goes_out_on_its_tick() -> None:
    bench = Bench()
    start_ms = bench.clock.ns // MS

    def arrive() -> None:
        bench.clock.ns += 2 * MS
        bench.put(100 + len(waits))

    waits = _record_waits(bench, arrive)

    def play() -> Iterator[None]:
        bench.put(100)
        yield from _ticks(3)

    assert bench.run(play) == [CARD, 100, 101, 102]
    assert waits == [start_ms + 40, start_ms + 60]


def test_a_picture_that_just_missed_a_tick_gives_way_to_its_successor() -> None:
    bench = Bench()

    def arrive() -> None:
        bench.clock.ns += 2 * MS
        bench.put(101)

    waits = _record_waits(bench, arrive)

    def play() -> Iterator[None]:
        bench.shots.put(Shot(Frame(0, 0, np.full((6, 8, 3), 100, np.uint8)), bench.clock.ns - 18 * MS))
        yield

    assert bench.run(play) == [CARD, 101]
    assert len(waits) == 1


def test_nobody_waits_for_a_camera_that_is_slow_or_gone_or_not_shown() -> None:
    bench = Bench()
    start_ms = bench.clock.ns // MS
    waits = _record_waits(bench, lambda: None)

    def play() -> Iterator[None]:
        bench.put(100)
        yield from _ticks(3)
        bench.publisher.standby = True
        bench.put(101)
        yield from _ticks(2)

    bench.run(play)
    assert waits == [start_ms + 40]


def test_after_a_sleep_of_the_machine_the_old_picture_is_gone_and_the_grid_goes_on() -> None:
    bench = Bench()

    def play() -> Iterator[None]:
        bench.put(100)
        yield
        bench.clock.ns += 3_600_000 * MS
        yield
        bench.put(101)
        yield

    assert bench.run(play) == [CARD, 100, CARD, CARD, 101]
    assert [frame.seq for frame in bench.sinks[0].frames[2:]] == [2, 3600 * 50 + 2, 3600 * 50 + 3]
    assert bench.stats.snapshot().late == 3600 * 50 - 1
