import numpy as np
import pytest

from vcam.errors import SinkError
from vcam.publish.memory import Memory
from vcam.types import Frame, Size


def _frame(value: int, width: int = 8) -> Frame:
    return Frame(value, 0, np.full((6, width, 3), value, np.uint8))


def test_it_keeps_copies_of_the_newest_frames() -> None:
    sink = Memory(Size(8, 6), 30, keep=2)
    sink.open()
    pixels = np.zeros((6, 8, 3), np.uint8)
    sink.send(Frame(0, 0, pixels))
    pixels[:] = 9
    sink.send(_frame(1))
    assert [int(frame.pixels[0, 0, 0]) for frame in sink.frames] == [0, 1]
    sink.send(_frame(2))
    assert [frame.seq for frame in sink.frames] == [1, 2]
    assert sink.count == 3
    assert sink.wait_for(3, 0)
    assert not sink.wait_for(4, 0)
    sink.close()
    sink.close()
    assert (sink.opened, sink.closed, sink.watched()) == (1, 1, None)


def test_it_fails_when_told_and_when_misused() -> None:
    sink = Memory(Size(8, 6), 30)
    with pytest.raises(RuntimeError, match="not open"):
        sink.send(_frame(0))
    sink.open()
    with pytest.raises(ValueError, match="10x6"):
        sink.send(_frame(0, width=10))
    sink.broken = True
    with pytest.raises(SinkError):
        sink.send(_frame(0))
    with pytest.raises(SinkError):
        sink.open()
