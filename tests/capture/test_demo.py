import numpy as np
import pytest

from tests.runtime.clock import MS, ManualClock
from vcam.capture.demo import PERIOD_S, Demo
from vcam.types import Frame, Size

SIZE = Size(320, 180)


def test_a_picture_depends_on_its_number_only() -> None:
    one, two = Demo(SIZE, 30), Demo(SIZE, 30)
    one.render(5)
    assert np.array_equal(one.render(40), two.render(40))
    assert not np.array_equal(one.render(40), one.render(41))
    assert np.array_equal(one.render(3), one.render(3 + round(PERIOD_S * 30)))


def test_the_movement_is_smooth() -> None:
    demo = Demo(SIZE, 30)
    before = demo.render(0).astype(int)
    for index in range(1, 60):
        after = demo.render(index).astype(int)
        assert np.abs(after - before).mean() < 6
        before = after


def test_there_is_a_face_coloured_middle_and_a_calm_edge_in_every_part_of_the_movement() -> None:
    demo = Demo(SIZE, 1)
    for second in range(round(PERIOD_S)):
        pixels = demo.render(second).astype(int)
        assert pixels[:3].std(axis=(0, 1)).max() < 30, "the head stays below the upper edge"
        warm = (pixels[..., 2] > pixels[..., 0] + 25) & (pixels[..., 2] > 120)
        rows, columns = np.nonzero(warm[: SIZE.height * 2 // 3])
        assert len(rows) > 500
        assert SIZE.width * 0.2 < np.median(columns) < SIZE.width * 0.8


def test_frames_come_at_their_rate_and_late_ones_are_left_out() -> None:
    clock = ManualClock()
    demo = Demo(SIZE, 50, clock=clock.now, sleep=clock.sleep)
    frames = demo.frames()
    start = clock.ns
    got: list[Frame] = []
    for _ in range(3):
        frame = next(frames)
        assert frame is not None
        got.append(frame)
    assert clock.ns - start == 40 * MS
    clock.ns += 70 * MS
    frame = next(frames)
    assert frame is not None
    assert [part.seq for part in got] == [0, 1, 2]
    assert frame.seq == 5
    assert frame.captured_ns == 100 * MS
    frames.close()


def test_as_fast_as_possible_leaves_none_out() -> None:
    frames = Demo(SIZE, 30, realtime=False).frames()
    assert [next(frames).seq for _ in range(4)] == [0, 1, 2, 3]  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [Size(64, 48), Size(1080, 1920), Size(641, 361)])
def test_any_size(size: Size) -> None:
    demo = Demo(size, 30)
    assert Frame(0, 0, demo.render(0)).size == size
    assert demo.format == (size, 30)
    assert demo.label == "demo"
