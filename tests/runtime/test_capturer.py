import threading
from collections.abc import Callable, Sequence

import numpy as np

from tests.runtime.clock import MS, ManualClock
from vcam.capture.scripted import Scripted, unplugged
from vcam.runtime.capturer import FORGET_NS, Capturer, Shot
from vcam.runtime.latest import LatestSlot
from vcam.runtime.situation import Situation
from vcam.runtime.stats import State, Stats
from vcam.types import Frame, FrameSource, Size


class Bench:
    """A capturer whose output is written down by a slot that forgets nothing."""

    def __init__(self, sources: Sequence[FrameSource | Exception | Callable[[], FrameSource]]) -> None:
        self.clock = ManualClock()
        self.shots: list[Shot] = []
        self.situation = Situation()
        self.stats = Stats(clock=self.clock.now)
        self._sources = iter(sources)
        slot: LatestSlot[Shot] = LatestSlot()
        slot.put = self._put  # type: ignore[method-assign]
        self.capturer = Capturer(
            self.open_source, slot, self.situation, self.stats, clock=self.clock.now, backoff_s=(0.0,)
        )

    def open_source(self) -> FrameSource:
        source = next(self._sources)
        if isinstance(source, Exception):
            raise source
        return source() if callable(source) else source

    def _put(self, shot: Shot) -> None:
        self.clock.ns += 10 * MS
        self.shots.append(shot)


def _frame(seq: int, captured_ms: int = 0, width: int = 8) -> Frame:
    return Frame(seq, captured_ms * MS, np.zeros((6, width, 3), np.uint8))


def test_a_source_that_ends_ends_the_run() -> None:
    source = Scripted([_frame(0), None, _frame(1)])
    bench = Bench([source])
    assert bench.capturer.run()
    assert len(bench.shots) == 2
    assert (source.opened, source.closed) == (1, 1)


def test_frames_are_numbered_and_timed_on_across_a_loss() -> None:
    first = Scripted([_frame(50, 9000), _frame(51, 9033), unplugged()])
    second = Scripted([_frame(0, 0, width=16), _frame(1, 20, width=16)])
    bench = Bench([first, second])
    assert bench.capturer.run()
    assert [shot.frame.seq for shot in bench.shots] == [0, 1, 2, 3]
    assert [shot.frame.size.width for shot in bench.shots] == [8, 8, 16, 16]
    times = [shot.frame.captured_ns for shot in bench.shots]
    assert times == sorted(set(times))
    assert times[1] - times[0] == 33 * MS
    assert times[2] - times[1] >= FORGET_NS, "what is remembered of the old source is too old by then"
    assert times[3] - times[2] == 20 * MS
    now = bench.stats.snapshot()
    assert now.frames_in == 4
    assert now.format is not None
    assert now.format.size == Size(16, 6)


def test_a_missing_camera_is_tried_until_it_is_there() -> None:
    seen: list[State] = []
    bench = Bench([unplugged(), unplugged(), lambda: Scripted([_frame(0)])])
    opening = bench.capturer._open_source

    def note() -> FrameSource:
        seen.append(bench.situation.state())
        return opening()

    bench.capturer._open_source = note
    assert bench.capturer.run()
    assert seen == [State.HOLDING, State.RECONNECTING, State.RECONNECTING]
    assert bench.situation.error() is None, "the first frame takes the trouble back"


def test_a_source_with_a_bug_is_a_camera_that_failed() -> None:
    source = Scripted([_frame(0), ZeroDivisionError("oops")])
    bench = Bench([source, Scripted([])])
    assert bench.capturer.run()
    error = bench.situation.error()
    assert error is not None
    assert "oops" in str(error)
    assert source.closed == 1


def test_a_switch_closes_the_old_source_and_passes_nothing_more_of_it() -> None:
    other = Scripted([_frame(0, width=32)])
    bench = Bench([])

    def switching():  # type: ignore[no-untyped-def]
        yield _frame(0)
        bench.capturer.switch(lambda: other)
        yield _frame(1)
        raise AssertionError("the old source was asked for more")

    old = Scripted(switching())
    bench.capturer._open_source = lambda: old
    assert bench.capturer.run()
    assert [shot.frame.size.width for shot in bench.shots] == [8, 32]
    assert old.closed == 1


def test_a_source_is_closed_at_once_whoever_else_knows_its_frames() -> None:
    class Kept(Scripted):
        def frames(self):  # type: ignore[no-untyped-def]
            self.kept = super().frames()
            return self.kept

    def stopping():  # type: ignore[no-untyped-def]
        yield _frame(0)
        bench.capturer.stop()
        yield _frame(1)

    source = Kept(stopping())
    bench = Bench([source])
    assert not bench.capturer.run()
    assert source.closed == 1


def test_asleep_closes_the_camera_until_it_is_woken() -> None:
    bench = Bench([])
    asleep = threading.Event()

    def falling_asleep():  # type: ignore[no-untyped-def]
        yield _frame(0)
        bench.capturer.asleep = True
        yield _frame(1)

    first = Scripted(falling_asleep())
    sources = iter([first, Scripted([_frame(0)])])
    bench.capturer._open_source = lambda: next(sources)
    setting = bench.situation.set

    def watch(part, gap):  # type: ignore[no-untyped-def]
        setting(part, gap)
        if gap is not None and gap.state is State.ASLEEP:
            asleep.set()

    bench.situation.set = watch  # type: ignore[method-assign]
    worker = threading.Thread(target=bench.capturer.run)
    worker.start()
    assert asleep.wait(10)
    assert first.closed == 1
    assert bench.situation.state() is State.ASLEEP
    bench.capturer.asleep = False
    worker.join(10)
    assert len(bench.shots) == 2


def test_stop_ends_a_stalled_source() -> None:
    never = threading.Event()
    source = Scripted([_frame(0), never])
    bench = Bench([source])
    worker = threading.Thread(target=bench.capturer.run)
    worker.start()
    bench.capturer.stop()
    worker.join(10)
    assert not worker.is_alive()
    assert source.opened == source.closed
