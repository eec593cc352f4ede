import numpy as np
import pytest

from vcam.capture.scripted import Scripted
from vcam.publish.memory import Memory
from vcam.runtime.runner import Runner
from vcam.runtime.soak import soak
from vcam.types import Frame, Size

SIZE = Size(16, 12)


class Through:
    def step(self, frame: Frame) -> Frame:
        return frame

    def close(self) -> None:
        pass


def _runner(count: int) -> Runner:
    frame = Frame(0, 0, np.zeros((12, 16, 3), np.uint8))
    return Runner(
        lambda: Scripted([frame] * count),
        [Memory(SIZE, 500, keep=1)],
        Through,
        lambda line: frame,
    )


def test_a_run_is_counted_and_ended() -> None:
    told: list[int] = []
    runner = _runner(10**7)
    report = soak(runner, 300, progress=told.append, poll_s=0.01)
    assert report.frames_stepped >= 300
    assert report.frames_in >= report.frames_stepped
    assert report.frames_out > 0
    assert report.problem == ""
    assert report.memory_mb > 10
    assert abs(report.drift_ms) < 1000
    assert told == sorted(told)
    assert runner.wait(0)


def test_a_source_that_ends_ends_the_run() -> None:
    report = soak(_runner(3), 10**6, poll_s=0.01)
    assert report.frames_in == 3


def test_it_needs_frames() -> None:
    with pytest.raises(ValueError, match="positive"):
        soak(_runner(1), 0)
