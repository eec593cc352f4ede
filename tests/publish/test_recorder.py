import errno
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from vcam.errors import SinkError
from vcam.publish import recorder
from vcam.publish.recorder import Recorder
from vcam.types import BGR, Frame, Size

SIZE = Size(160, 120)


def _pixels(index: int, size: Size = SIZE) -> BGR:
    x = np.arange(size.width, dtype=np.uint16)[None, :, None] + 3 * index
    y = np.arange(size.height, dtype=np.uint16)[:, None, None]
    return np.broadcast_to((x + y) // 2 % 200 + 20, (size.height, size.width, 3)).astype(np.uint8)


def _frame(index: int, rate_hz: float = 30, size: Size = SIZE) -> Frame:
    return Frame(index, 5_000_000_000 + round(index * 1e9 / rate_hz), _pixels(index, size))


def _send(sink: Recorder, indices: range) -> None:
    for index in indices:
        sink.send(_frame(index))


def _read(path: Path) -> tuple[list[float], list[BGR], float, tuple[int, int]]:
    """Times in seconds, pictures, average rate, and colour matrix and range of a film."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        pictures = [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in frames]
        note = frames[0].colorspace, frames[0].color_range
        return [float(frame.time or 0) for frame in frames], pictures, float(stream.average_rate or 0), note


@pytest.mark.parametrize("rate_hz", [25, 30, 60, 30_000 / 1001, 12.5])
def test_a_film_has_every_frame_at_its_time(tmp_path: Path, rate_hz: float) -> None:
    path = tmp_path / "film.mp4"
    sink = Recorder(path, SIZE, rate_hz)
    assert (sink.label, sink.size, sink.rate_hz, sink.watched()) == ("film.mp4", SIZE, rate_hz, None)
    sink.open()
    for index in range(40):
        sink.send(_frame(index, rate_hz))
    sink.close()
    sink.close()
    times, pictures, rate, note = _read(path)
    assert times == pytest.approx([index / rate_hz for index in range(40)], abs=1e-4)
    assert rate == pytest.approx(rate_hz, rel=1e-3)
    assert note == (5, 1), "BT.601, limited range"
    for index in (0, 20, 39):
        assert np.abs(pictures[index].astype(int) - _pixels(index)).mean() < 4


def test_an_even_clip_with_uneven_times_keeps_them(tmp_path: Path) -> None:
    sink = Recorder(tmp_path / "film.mp4", SIZE, 10)
    sink.open()
    at_ms = [0, 100, 400, 450, 1150]
    for index, ms in enumerate(at_ms):
        sink.send(Frame(index, ms * 1_000_000, _pixels(index)))
    sink.close()
    assert _read(tmp_path / "film.mp4")[0] == pytest.approx([ms / 1000 for ms in at_ms], abs=1e-4)


def test_times_that_stand_still_are_moved_on(tmp_path: Path) -> None:
    sink = Recorder(tmp_path / "film.mp4", SIZE, 30)
    sink.open()
    for index in range(3):
        sink.send(Frame(index, 0, _pixels(index)))
    sink.close()
    assert len(_read(tmp_path / "film.mp4")[0]) == 3


def test_the_same_frames_make_the_same_file(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        sink = Recorder(tmp_path / name, SIZE, 30)
        sink.open()
        for index in range(20):
            sink.send(_frame(index))
        sink.close()
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_an_odd_size_is_kept(tmp_path: Path) -> None:
    size = Size(161, 121)
    sink = Recorder(tmp_path / "film.mp4", size, 30)
    sink.open()
    for index in range(5):
        sink.send(_frame(index, size=size))
    sink.close()
    pictures = _read(tmp_path / "film.mp4")[1]
    assert pictures[4].shape == (121, 161, 3)
    assert np.abs(pictures[4].astype(int) - _pixels(4, size)).mean() < 4


def test_without_h264_it_falls_back(tmp_path: Path) -> None:
    sink = Recorder(tmp_path / "film.mp4", SIZE, 30, codecs=("no-such-encoder", "mpeg4"))
    sink.open()
    for index in range(10):
        sink.send(_frame(index))
    sink.close()
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.streams.video[0].codec_context.name == "mpeg4"
    assert len(_read(tmp_path / "film.mp4")[0]) == 10


def test_no_encoder_at_all_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="encode no video"):
        Recorder(tmp_path / "film.mp4", SIZE, 30, codecs=("no-such-encoder",)).open()
    assert not list(tmp_path.iterdir())


_KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from vcam.publish.recorder import Recorder
from vcam.types import Frame, Size
sink = Recorder(Path(sys.argv[1]), Size(160, 120), 30)
sink.open()
for index in range(90):
    sink.send(Frame(index, round(index * 1e9 / 30), np.full((120, 160, 3), 20 + 2 * index, np.uint8)))
os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
"""


def test_a_killed_process_leaves_a_film_that_plays_to_the_last_moment(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "killed.mp4"
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(path)], cwd=root, timeout=120)
    assert ended.returncode != 0
    times, pictures, _, _ = _read(path)
    assert len(times) >= 90 - 10, "a third of a second may be lost"
    last = len(times) - 1
    assert pictures[last].mean() == pytest.approx(20 + 2 * last, abs=4)


def test_a_full_disk_keeps_what_plays(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    sink = Recorder(path, SIZE, 30)
    sink.open()
    for index in range(60):
        sink.send(_frame(index))
    assert sink._disk is not None
    _fill(sink._disk)
    with pytest.raises(SinkError, match="disk is full"):
        _send(sink, range(60, 200))
    with pytest.raises(SinkError, match="disk is full"):
        sink.send(_frame(300))
    with pytest.raises(SinkError, match="disk is full"):
        sink.open()
    sink.close()
    assert len(_read(path)[0]) >= 40


def test_a_disk_that_is_full_from_the_start_leaves_no_file(tmp_path: Path) -> None:
    sink = Recorder(tmp_path / "film.mp4", SIZE, 30)
    sink.open()
    assert sink._disk is not None
    _fill(sink._disk)
    with pytest.raises(SinkError, match="disk is full"):
        _send(sink, range(200))
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_full_at_the_end_is_told_by_close(tmp_path: Path) -> None:
    sink = Recorder(tmp_path / "film.mp4", SIZE, 30)
    sink.open()
    for index in range(60):
        sink.send(_frame(index))
    assert sink._disk is not None
    _fill(sink._disk)
    with pytest.raises(SinkError, match="disk is full"):
        sink.close()
    assert len(_read(tmp_path / "film.mp4")[0]) >= 40


class _FullFile:
    """A raw file on a full disk: it cannot grow, but what it has can be written over."""

    def __init__(self, raw) -> None:  # type: ignore[no-untyped-def]
        self._raw = raw
        self._size = raw.seek(0, os.SEEK_END)

    def write(self, data: bytes) -> int:
        if self._raw.tell() + len(data) > self._size:
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(self._raw.write(data))

    def __getattr__(self, name: str) -> object:
        return getattr(self._raw, name)


def _fill(disk: recorder._Disk) -> None:
    disk._raw = _FullFile(disk._raw)  # type: ignore[assignment]


def test_nothing_recorded_leaves_no_file(tmp_path: Path) -> None:
    sink = Recorder(tmp_path / "film.mp4", SIZE, 30)
    sink.open()
    sink.close()
    assert not list(tmp_path.iterdir())


def test_discard_removes_the_file_only_where_it_made_one(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"an older film")
    Recorder(path, SIZE, 30).discard()
    assert path.read_bytes() == b"an older film"
    sink = Recorder(path, SIZE, 30)
    sink.open()
    sink.send(_frame(0))
    sink.discard()
    assert not path.exists()


def test_a_folder_that_is_not_there_and_a_name_that_is_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "film.mp4", tmp_path):
        with pytest.raises(SinkError) as caught:
            Recorder(path, SIZE, 30).open()
        assert caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SinkError, match="may not be written"):
        Recorder(tmp_path / "film.mp4", SIZE, 30).open()


def test_misuse_is_refused(tmp_path: Path) -> None:
    sink = Recorder(tmp_path / "film.mp4", SIZE, 30)
    with pytest.raises(RuntimeError, match="not open"):
        sink.send(_frame(0))
    sink.open()
    with pytest.raises(ValueError, match="8x8"):
        sink.send(Frame(0, 0, np.zeros((8, 8, 3), np.uint8)))
    sink.close()
