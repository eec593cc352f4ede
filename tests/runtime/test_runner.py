"""The whole runtime with the shipped fakes, on real threads. Nothing here asserts how long something took."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from vcam.capture.scripted import Scripted, unplugged
from vcam.errors import SinkError
from vcam.publish.memory import Memory
from vcam.runtime.composer import MAX_CRASHES
from vcam.runtime.runner import Runner
from vcam.runtime.situation import LINES
from vcam.runtime.stats import State
from vcam.types import Frame, FrameSource, Size

SIZE = Size(16, 12)
CARD = 1


class Through:
    """A step that changes nothing."""

    def __init__(self) -> None:
        self.closed = 0

    def step(self, frame: Frame) -> Frame | None:
        return frame

    def close(self) -> None:
        self.closed += 1


def _picture(value: int, size: Size = SIZE) -> Frame:
    return Frame(0, 0, np.full((size.height, size.width, 3), value, np.uint8))


def _camera(value: int, size: Size = SIZE, then: Exception | None = None, count: int = 10**9) -> Scripted:
    """A camera that shows grey `value` about 100 times a second, `count` times, then fails or stalls."""

    def script() -> Iterator[Frame | Exception | threading.Event]:
        for _ in range(count):
            time.sleep(0.01)
            yield _picture(value, size)
        yield then if then is not None else threading.Event()

    return Scripted(script())


def _card(line: str) -> Frame:
    return Frame(0, 0, np.full((SIZE.height, SIZE.width, 3), CARD, np.uint8))


@contextmanager
def _running(
    open_source: Callable[[], FrameSource], make_step: Callable[[], Through] = Through, **options: object
) -> Iterator[tuple[Runner, Memory]]:
    sink = Memory(SIZE, 100, keep=10_000)
    runner = Runner(open_source, [sink], make_step, _card, backoff_s=(0.01,), **options)  # type: ignore[arg-type]
    runner.start()
    try:
        yield runner, sink
    finally:
        runner.stop()
    assert not [thread for thread in runner._threads if thread.is_alive()]
    assert sink.opened == sink.closed


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.002)


def _shows(sink: Memory, value: int) -> Callable[[], bool]:
    return lambda: bool(sink.frames) and int(sink.frames[-1].pixels[6, 8, 0]) == value


def _values(sink: Memory) -> list[int]:
    return [int(frame.pixels[6, 8, 0]) for frame in sink.frames]


def test_the_card_goes_out_while_models_load_then_live_pictures() -> None:
    loaded = threading.Event()
    step = Through()

    def slow() -> Through:
        assert loaded.wait(20)
        return step

    with _running(lambda: _camera(100), slow) as (runner, sink):
        assert sink.wait_for(5)
        assert set(_values(sink)) == {CARD}
        loaded.set()
        _until(_shows(sink, 100))
        _until(lambda: runner.stats.snapshot().state is State.LIVE)
    assert step.closed == 1
    assert runner.failure is None


def test_a_camera_comes_back_by_itself_at_another_size() -> None:
    cameras = iter([_camera(100, count=3, then=unplugged())])
    plugged = threading.Event()

    def open_source() -> FrameSource:
        for camera in cameras:
            return camera
        if not plugged.is_set():
            raise unplugged()
        return _camera(200, Size(64, 48))

    with _running(open_source) as (runner, sink):
        _until(_shows(sink, 100))
        _until(_shows(sink, CARD))
        _until(lambda: runner.stats.snapshot().state is State.RECONNECTING)
        assert runner.stats.snapshot().problem
        plugged.set()
        _until(_shows(sink, 200))
        _until(lambda: not runner.stats.snapshot().problem)
        assert {frame.size for frame in sink.frames} == {SIZE}
        delivered = runner.stats.snapshot().format
        assert delivered is not None
        assert delivered.size == Size(64, 48)
    seqs = [frame.seq for frame in sink.frames]
    assert seqs == sorted(set(seqs)), "the output never stopped or went back"


def test_a_stalled_camera_is_not_shown_as_live() -> None:
    with _running(lambda: _camera(100, count=3)) as (runner, sink):
        _until(_shows(sink, 100))
        _until(_shows(sink, CARD))
        assert runner.stats.snapshot().state is State.HOLDING


def test_a_step_that_hangs_does_not_stop_the_output() -> None:
    free = threading.Event()

    class Hanging(Through):
        def step(self, frame: Frame) -> Frame | None:
            assert free.wait(20)
            return frame

    with _running(lambda: _camera(100), Hanging) as (_, sink):
        _until(lambda: sink.count > 20)
        assert set(_values(sink)) == {CARD}
        free.set()


def test_crashes_are_bounded_and_a_new_step_helps() -> None:
    class Crashing(Through):
        def step(self, frame: Frame) -> Frame | None:
            raise ZeroDivisionError("oops")

    made: list[Crashing] = []

    def make_step() -> Through:
        made.append(Crashing())
        return made[-1]

    with _running(lambda: _camera(100), make_step) as (runner, sink):
        _until(lambda: runner.stats.snapshot().state is State.FAILED)
        assert len(made) == MAX_CRASHES
        assert runner.failure is not None
        assert "oops" in str(runner.failure)
        before = sink.count
        assert sink.wait_for(before + 5), "the card still goes out"
        runner.replace_step(Through)
        _until(_shows(sink, 100))
    assert [step.closed for step in made] == [1] * MAX_CRASHES


def test_standby_hides_the_picture_within_one_frame() -> None:
    with _running(lambda: _camera(100)) as (runner, sink):
        _until(_shows(sink, 100))
        runner.standby = True
        after = sink.count
        assert sink.wait_for(after + 10)
        assert set(_values(sink)[after + 1 :]) == {CARD}
        runner.standby = False
        _until(_shows(sink, 100))


def test_a_switch_keeps_the_output_going_and_never_goes_back() -> None:
    first = _camera(100)
    with _running(lambda: first) as (runner, sink):
        _until(_shows(sink, 100))
        runner.switch_source(lambda: _camera(200))
        _until(_shows(sink, 200))
        values = _values(sink)
        switched = len(values) - 1 - values[::-1].index(100)
        assert 200 not in values[:switched]
    assert first.opened == first.closed == 1


@pytest.mark.parametrize("change", ["source", "step"])
def test_after_a_change_nothing_older_is_shown(change: str) -> None:
    free = threading.Event()

    class Waiting(Through):
        def step(self, frame: Frame) -> Frame | None:
            assert free.wait(20)
            return frame

    with _running(lambda: _camera(100)) as (runner, sink):
        _until(_shows(sink, 100))
        if change == "source":
            runner.switch_source(lambda: Scripted([free]))
        else:
            runner.replace_step(Waiting)
        after = sink.count
        assert sink.wait_for(after + 10)
        assert 100 not in _values(sink)[after + 1 :]
        free.set()


def test_asleep_closes_the_camera_and_waking_opens_it_again() -> None:
    cameras: list[Scripted] = []

    def open_source() -> FrameSource:
        cameras.append(_camera(100))
        return cameras[-1]

    with _running(open_source) as (runner, sink):
        _until(_shows(sink, 100))
        runner.asleep = True
        _until(lambda: cameras[0].closed == 1)
        _until(lambda: runner.stats.snapshot().state is State.ASLEEP)
        runner.asleep = False
        _until(_shows(sink, 100))
    assert len(cameras) == 2


def test_a_source_that_ends_ends_the_session_with_its_last_picture() -> None:
    with _running(lambda: Scripted([_picture(100), _picture(200)])) as (runner, sink):
        assert runner.wait(20)
        assert runner.stats.snapshot().state is State.ENDED
        assert _shows(sink, 200)()
    assert runner.failure is None


def test_mirror_flips_the_picture() -> None:
    pixels = np.zeros((12, 16, 3), np.uint8)
    pixels[:, :4] = 100

    def open_source() -> FrameSource:
        return Scripted([Frame(0, 0, pixels), threading.Event()])

    with _running(open_source, mirror=True) as (runner, sink):
        assert runner.mirror
        _until(lambda: int(sink.frames[-1].pixels[6, 15, 0]) == 100)
        assert int(sink.frames[-1].pixels[6, 0, 0]) == 0


def test_a_lost_sink_comes_back() -> None:
    with _running(lambda: _camera(100)) as (runner, sink):
        _until(_shows(sink, 100))
        sink.broken = True
        _until(lambda: isinstance(runner.failure, SinkError))
        sink.broken = False
        before = sink.count
        assert sink.wait_for(before + 5)
        _until(lambda: runner.failure is None)


def test_a_sink_that_does_not_open_is_told_at_start_and_no_camera_is_touched() -> None:
    sink = Memory(SIZE, 100)
    sink.broken = True
    camera = _camera(100)
    runner = Runner(lambda: camera, [sink], Through, _card)
    with pytest.raises(SinkError):
        runner.start()
    assert camera.opened == 0
    runner.stop()


def test_stop_twice_from_two_threads_and_before_the_start() -> None:
    with _running(lambda: _camera(100)) as (runner, sink):
        _until(_shows(sink, 100))
        others = [threading.Thread(target=runner.stop) for _ in range(2)]
        for other in others:
            other.start()
        for other in others:
            other.join(20)
        assert runner.wait(0)
    idle = Runner(lambda: _camera(100), [Memory(SIZE, 100)], Through, _card)
    idle.stop()
    assert idle.wait(0)


def test_a_runner_starts_once() -> None:
    with _running(lambda: _camera(100)) as (runner, _), pytest.raises(RuntimeError, match="once"):
        runner.start()


def _die() -> bool:
    raise ZeroDivisionError("a bug in the worker")


@pytest.mark.parametrize("worker", ["_capturer", "_composer"])
def test_a_worker_that_dies_is_told_and_the_card_goes_on(worker: str) -> None:
    sink = Memory(SIZE, 100)
    camera = _camera(100)
    runner = Runner(lambda: camera, [sink], Through, _card)
    getattr(runner, worker).run = _die
    runner.start()
    _until(lambda: runner.stats.snapshot().state is State.FAILED)
    assert "a bug in the worker" in runner.stats.snapshot().problem
    before = sink.count
    assert sink.wait_for(before + 5)
    _until(lambda: camera.opened == camera.closed)
    assert not runner.wait(0)
    runner.stop()
    assert sink.closed == 1


def test_an_output_worker_that_dies_ends_the_session() -> None:
    runner = Runner(lambda: _camera(100), [Memory(SIZE, 100)], Through, _card)
    runner._publisher._choose = lambda now_ns: _die()  # type: ignore[assignment, return-value, method-assign]
    runner.start()
    assert runner.wait(20)
    assert runner.failure is not None
    runner.stop()


def test_sinks_must_be_alike() -> None:
    with pytest.raises(ValueError, match="one size"):
        Runner(lambda: _camera(1), [Memory(SIZE, 30), Memory(Size(8, 8), 30)], Through, _card)
    with pytest.raises(ValueError, match="one size"):
        Runner(lambda: _camera(1), [], Through, _card)


def test_the_lines_on_the_card_name_no_device() -> None:
    assert all("/" not in line for line in LINES.values())
