import threading

import numpy as np
import pytest

from vcam.capture.scripted import Scripted, unplugged
from vcam.errors import CameraError
from vcam.types import Frame, Size


def _frame() -> Frame:
    return Frame(0, 0, np.zeros((6, 8, 3), np.uint8))


def test_it_plays_its_script_and_counts() -> None:
    source = Scripted([_frame(), None, unplugged()], label="cam")
    assert (source.label, source.format) == ("cam", None)
    frames = source.frames()
    assert source.opened == 0, "opening waits for the first frame to be asked for"
    assert isinstance(next(frames), Frame)
    assert source.format is not None
    assert source.format.size == Size(8, 6)
    assert next(frames) is None
    with pytest.raises(CameraError):
        next(frames)
    assert (source.opened, source.closed) == (1, 1)


def test_an_event_stalls_it_and_closing_the_generator_closes_it() -> None:
    event = threading.Event()
    source = Scripted([event, _frame()])
    frames = source.frames()
    assert next(frames) is None
    event.set()
    assert isinstance(next(frames), Frame)
    frames.close()
    assert source.closed == 1
