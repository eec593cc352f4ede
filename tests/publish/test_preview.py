import threading

import cv2
import numpy as np
import pytest

from vcam.publish import preview
from vcam.publish.preview import Picture, Preview
from vcam.types import BGR, Frame, Size

SIZE = Size(64, 48)


def _frame(seq: int, value: int = 0) -> Frame:
    return Frame(seq, 0, np.full((48, 64, 3), value, np.uint8))


@pytest.fixture
def sink() -> Preview:
    made = Preview(SIZE, 30)
    made.open()
    return made


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The grey values that were encoded."""
    values: list[int] = []
    jpeg = preview._jpeg

    def count(pixels: BGR) -> bytes:
        values.append(int(pixels[0, 0, 0]))
        return jpeg(pixels)

    monkeypatch.setattr(preview, "_jpeg", count)
    return values


def test_nothing_is_encoded_while_nobody_watches(sink: Preview, encoded: list[int]) -> None:
    sink.send(_frame(0))
    assert sink.picture(-1, 0) is None
    assert encoded == []
    assert not sink.watched()


def test_watchers_share_one_encoding_of_the_newest_frame(sink: Preview, encoded: list[int]) -> None:
    with sink.watching(), sink.watching():
        assert sink.watched()
        sink.send(_frame(0, 10))
        sink.send(_frame(1, 20))
        first, second = sink.picture(-1, 0), sink.picture(-1, 0)
        assert first is not None
        assert first is second
        assert first.seq == 1
        decoded = cv2.imdecode(np.frombuffer(first.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert decoded is not None
        assert decoded.shape == (48, 64, 3)
        assert decoded.mean() == pytest.approx(20, abs=2)
        assert sink.picture(1, 0) is None, "the same frame is not given twice"
    assert encoded == [20]
    assert not sink.watched()


def test_the_sender_may_reuse_its_pixels(sink: Preview, encoded: list[int]) -> None:
    pixels = np.full((48, 64, 3), 50, np.uint8)
    with sink.watching():
        sink.send(Frame(0, 0, pixels))
        pixels[:] = 200
        sink.picture(-1, 0)
    assert encoded == [50]


def test_an_old_picture_is_not_shown_to_a_later_watcher(sink: Preview) -> None:
    with sink.watching():
        sink.send(_frame(0))
    with sink.watching():
        assert sink.picture(-1, 0) is None


def test_a_waiting_watcher_gets_the_next_frame(sink: Preview) -> None:
    got: list[Picture | None] = []
    with sink.watching():
        watcher = threading.Thread(target=lambda: got.append(sink.picture(-1, 20)))
        watcher.start()
        sink.send(_frame(3))
        watcher.join(20)
    assert got[0] is not None
    assert got[0].seq == 3


def test_closing_wakes_who_waits(sink: Preview) -> None:
    got: list[Picture | None] = []
    with sink.watching():
        watcher = threading.Thread(target=lambda: got.append(sink.picture(-1, 20)))
        watcher.start()
        sink.close()
        watcher.join(20)
    assert got == [None]


def test_another_size_is_refused(sink: Preview) -> None:
    with pytest.raises(ValueError, match="8x8"):
        sink.send(Frame(0, 0, np.zeros((8, 8, 3), np.uint8)))
