import threading
from collections.abc import Callable

import numpy as np

from tests.runtime.clock import MS, ManualClock
from vcam.errors import ModelError
from vcam.runtime.capturer import Shot
from vcam.runtime.composer import MAX_CRASHES, Composer, Step
from vcam.runtime.latest import LatestSlot
from vcam.runtime.situation import Situation
from vcam.runtime.stats import State, Stats
from vcam.types import Frame, Size

SIZE = Size(8, 6)


class Recording:
    """A step that does what `act` does with a frame, and counts how often it was closed."""

    def __init__(self, act: Callable[[Frame], Frame | None] = lambda frame: frame) -> None:
        self.seen: list[Frame] = []
        self.closed = 0
        self._act = act

    def step(self, frame: Frame) -> Frame | None:
        self.seen.append(frame)
        return self._act(frame)

    def close(self) -> None:
        self.closed += 1


class Bench:
    """A composer with `count` shots in a row, as if each had come just when it was asked for."""

    def __init__(self, make_step: Callable[[], Step], count: int, width: int = 8) -> None:
        self.clock = ManualClock()
        self.situation = Situation()
        self.stats = Stats(clock=self.clock.now)
        self.released: list[Shot] = []
        shots: LatestSlot[Shot] = LatestSlot()
        left = iter(range(count))

        def take(timeout_s: float | None = None) -> Shot | None:
            index = next(left, None)
            if index is None:
                shots.close()
                return None
            return Shot(Frame(index, index, np.full((6, width, 3), index, np.uint8)), self.clock.ns + index)

        shots.take = take  # type: ignore[method-assign]
        out: LatestSlot[Shot] = LatestSlot()
        out.put = self.released.append  # type: ignore[method-assign]
        self.composer = Composer(
            make_step, SIZE, shots, out, self.situation, self.stats, clock=self.clock.now, backoff_s=(0.0,)
        )


def _crash(frame: Frame) -> Frame:
    raise ZeroDivisionError("oops")


def test_every_shot_is_stepped_at_the_output_s_size_and_keeps_its_arrival() -> None:
    step = Recording()
    bench = Bench(lambda: step, 3, width=16)
    assert bench.composer.run()
    assert [shot.frame.seq for shot in bench.released] == [0, 1, 2]
    assert {frame.size for frame in step.seen} == {SIZE}
    assert [shot.arrived_ns - bench.clock.ns for shot in bench.released] == [0, 1, 2]
    assert bench.stats.snapshot().frames_stepped == 3
    assert step.closed == 1


def test_a_frame_that_may_not_be_shown_is_not_released() -> None:
    bench = Bench(lambda: Recording(lambda frame: frame if frame.seq % 2 else None), 4)
    assert bench.composer.run()
    assert [shot.frame.seq for shot in bench.released] == [1, 3]


def test_mirror_is_applied_before_the_step() -> None:
    step = Recording()
    bench = Bench(lambda: step, 1)
    bench.composer.mirror = True
    bench.composer.run()
    assert step.seen[0].size == SIZE


def test_a_crash_makes_a_new_step_and_loses_one_frame() -> None:
    steps: list[Recording] = []

    def make_step() -> Step:
        steps.append(Recording(lambda frame: _crash(frame) if frame.seq == 1 else frame))
        return steps[-1]

    bench = Bench(make_step, 4)
    assert bench.composer.run()
    assert [shot.frame.seq for shot in bench.released] == [0, 2, 3]
    assert [step.closed for step in steps] == [1, 1]
    assert bench.situation.error() is None


def test_a_result_of_another_size_counts_as_a_crash() -> None:
    small = Frame(0, 0, np.zeros((2, 2, 3), np.uint8))
    bench = Bench(lambda: Recording(lambda frame: small if frame.seq == 0 else frame), 2)
    assert bench.composer.run()
    assert [shot.frame.seq for shot in bench.released] == [1]


def test_after_too_many_crashes_it_says_what_to_do_and_waits_for_another_step() -> None:
    made: list[Recording] = []

    def make_step() -> Step:
        made.append(Recording(_crash))
        return made[-1]

    bench = Bench(make_step, 100)
    gave_up = threading.Event()
    setting = bench.situation.set

    def watch(part, gap):  # type: ignore[no-untyped-def]
        setting(part, gap)
        if gap is not None and gap.state is State.FAILED:
            gave_up.set()

    bench.situation.set = watch  # type: ignore[method-assign]
    worker = threading.Thread(target=bench.composer.run)
    worker.start()
    assert gave_up.wait(10)
    assert len(made) == MAX_CRASHES
    assert all(step.closed == 1 for step in made)
    error = bench.situation.error()
    assert error is not None
    assert "restart vcam" in error.hint
    bench.composer.replace(Recording)
    worker.join(10)
    assert not worker.is_alive()
    assert [shot.frame.seq for shot in bench.released] == list(range(MAX_CRASHES, 100))
    assert bench.situation.error() is None


def test_rare_crashes_never_make_it_give_up() -> None:
    bench = Bench(lambda: Recording(late_crash), 3 * MAX_CRASHES)

    def late_crash(frame: Frame) -> Frame:
        bench.clock.ns += 20_000 * MS
        raise ZeroDivisionError

    assert bench.composer.run()
    assert bench.stats.snapshot().frames_stepped == 0


def test_a_missing_model_is_waited_for() -> None:
    tries = iter([ModelError("missing", hint="get it"), ModelError("missing", hint="get it")])
    states: list[State] = []
    bench = Bench(lambda: make_step(), 1)

    def make_step() -> Step:
        states.append(bench.situation.state())
        for error in tries:
            raise error
        return Recording()

    assert bench.composer.run()
    assert states == [State.STARTING] * 3
    assert len(bench.released) == 1
    assert bench.situation.error() is None


def test_a_step_that_cannot_be_made_for_another_reason_is_a_crash() -> None:
    tries = iter([True, False])

    def make_step() -> Step:
        if next(tries):
            raise ZeroDivisionError
        return Recording()

    bench = Bench(make_step, 2)
    assert bench.composer.run()
    assert len(bench.released) == 2


def test_replace_goes_on_with_the_other_step() -> None:
    second = Recording()

    def act(frame: Frame) -> Frame:
        bench.composer.replace(lambda: second)
        return frame

    first = Recording(act)
    bench = Bench(lambda: first, 5)
    assert bench.composer.run()
    assert len(first.seen) == 1
    assert first.closed == second.closed == 1
    assert [frame.seq for frame in second.seen] == [1, 2, 3, 4]


def test_a_shot_that_comes_after_replace_is_not_for_the_old_step() -> None:
    first, second = Recording(), Recording()
    bench = Bench(lambda: first, 4)
    take = bench.composer._shots.take

    def take_and_replace(timeout_s: float | None = None) -> Shot | None:
        shot = take(timeout_s)
        if shot is not None and shot.frame.seq == 2:
            bench.composer.replace(lambda: second)
        return shot

    bench.composer._shots.take = take_and_replace  # type: ignore[method-assign]
    assert bench.composer.run()
    assert [frame.seq for frame in first.seen] == [0, 1]
    assert [frame.seq for frame in second.seen] == [3]


def test_stop_ends_it() -> None:
    def act(frame: Frame) -> Frame:
        bench.composer.stop()
        return frame

    step = Recording(act)
    bench = Bench(lambda: step, 100)
    assert not bench.composer.run()
    assert len(step.seen) == 1
    assert step.closed == 1
