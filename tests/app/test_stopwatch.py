from itertools import count

from vcam.app.stopwatch import Stopwatch


class Worker:
    def __init__(self, clock: list[int]) -> None:
        self.clock = clock

    def work(self, spent_ns: int) -> int:
        self.clock[0] += spent_ns
        return spent_ns


def test_calls_of_one_frame_add_up_and_laps_are_frames() -> None:
    clock = [0]
    stopwatch = Stopwatch(lambda: clock[0])
    worker = Worker(clock)
    stopwatch.watch("work", worker, "work")
    assert worker.work(1_000_000) == 1_000_000
    worker.work(2_000_000)
    stopwatch.lap()
    worker.work(5_000_000)
    stopwatch.lap()
    assert stopwatch.figures() == {"work": {"p50_ms": 4.0, "p95_ms": 4.9, "max_ms": 5.0}}


def test_a_warm_up_does_not_count() -> None:
    stopwatch = Stopwatch(count().__next__)
    stopwatch.around("step", lambda: None)()
    stopwatch.lap(count=False)
    stopwatch.lap()
    assert stopwatch.figures() == {}


def test_time_counts_when_the_call_fails() -> None:
    clock = [0]
    stopwatch = Stopwatch(lambda: clock[0])

    def fail() -> None:
        clock[0] += 3_000_000
        raise OSError

    try:
        stopwatch.around("step", fail)()
    except OSError:
        stopwatch.lap()
    assert stopwatch.figures()["step"]["max_ms"] == 3.0
