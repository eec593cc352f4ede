import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.runtime.clock import MS, ManualClock
from vcam.capture.clip import Clip
from vcam.errors import CameraError
from vcam.types import Frame, Size

SIZE = Size(64, 48)


def _film(path: Path, count: int = 20, rate: int = 25, step: int = 1) -> Path:
    """A film whose frame k, at k * step / rate, is black with the grey value 10 + 10 k on its left half."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "10", "g": "5"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for index in range(count):
            pixels = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
            pixels[:, : SIZE.width // 2] = 10 + 10 * index
            frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = index * step, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return _film(tmp_path / "film.mp4")


def _all(clip: Clip) -> list[Frame]:
    return [frame for frame in clip.frames() if frame is not None]


def _grey(frame: Frame) -> int:
    return int(frame.pixels[10, 10].mean())


def test_every_frame_comes_with_its_own_time(film: Path) -> None:
    clip = Clip(film, realtime=False)
    assert (clip.label, clip.format) == ("film.mp4", None)
    frames = _all(clip)
    assert [frame.seq for frame in frames] == list(range(20))
    assert [frame.captured_ns for frame in frames] == [40 * MS * index for index in range(20)]
    assert clip.format == (Size(64, 48), 25.0)
    assert clip.frame_count == 20
    assert [_grey(frame) for frame in frames] == pytest.approx([10 + 10 * k for k in range(20)], abs=4)


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    frames = _all(Clip(_film(tmp_path / "slow.mp4", count=5, step=3), realtime=False))
    assert [frame.captured_ns for frame in frames] == [120 * MS * index for index in range(5)]


def test_probe_tells_the_format_without_playing(film: Path) -> None:
    assert Clip(film).probe() == (Size(64, 48), 25.0)


def test_a_loop_goes_on_in_time(film: Path) -> None:
    frames = Clip(film, realtime=False, loop=True).frames()
    looped = [next(frames) for _ in range(50)]
    frames.close()
    assert [frame.captured_ns for frame in looped if frame] == [40 * MS * index for index in range(50)]
    assert [frame.seq for frame in looped if frame] == list(range(50))


def test_real_time_waits_for_each_frame(film: Path) -> None:
    clock = ManualClock()
    start = clock.ns
    frames = Clip(film, clock=clock.now, sleep=clock.sleep).frames()
    for index in range(20):
        frame = next(frames)
        assert frame is not None
        assert clock.ns - start == frame.captured_ns == 40 * MS * index


def test_real_time_leaves_out_what_is_late_but_never_stands_still(film: Path) -> None:
    clock = ManualClock()
    frames = Clip(film, clock=clock.now, sleep=clock.sleep).frames()
    next(frames)
    clock.ns += 170 * MS
    late = next(frames)
    assert late is not None
    assert late.seq == 4
    slow = []
    for frame in frames:
        clock.ns += 400 * MS  # far slower than the film: still a frame now and then
        if frame:
            slow.append(frame.seq)
    assert slow == [5, 10, 15]


def test_long_waits_are_broken_by_none(tmp_path: Path) -> None:
    clock = ManualClock()
    clip = Clip(_film(tmp_path / "slow.mp4", count=2, rate=1), clock=clock.now, sleep=clock.sleep)
    assert [frame is None for frame in clip.frames()] == [False, True, True, True, False]


def test_after_a_sleep_of_the_machine_it_goes_on_where_it_was(film: Path) -> None:
    clock = ManualClock()
    frames = Clip(film, clock=clock.now, sleep=clock.sleep).frames()
    next(frames)
    clock.ns += 3_600_000 * MS
    frame = next(frames)
    assert frame is not None
    assert frame.seq == 1


def test_a_gif_keeps_its_durations_and_stands_on_white(tmp_path: Path) -> None:
    path = tmp_path / "anim.gif"
    pictures = []
    for index in range(4):
        picture = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
        picture.paste((255, 0, 0, 255), (8 * index, 5, 8 * index + 8, 25))
        pictures.append(picture)
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=[100, 300, 50, 700], disposal=2
    )
    frames = _all(Clip(path, realtime=False))
    assert [frame.captured_ns // MS for frame in frames] == [0, 100, 400, 450]
    for index, frame in enumerate(frames):
        assert frame.pixels[15, 8 * index + 4].tolist() == pytest.approx([0, 0, 255], abs=2)
        assert frame.pixels[1, 1].tolist() == [255, 255, 255]
    looped = Clip(path, realtime=False, loop=True).frames()
    assert [next(looped).captured_ns // MS for _ in range(6)] == [0, 100, 400, 450, 1150, 1250]  # type: ignore[union-attr]
    looped.close()


# The last four words of each matrix row in an MP4 track header; 0x40000000 and 0x10000 mean 1.
_TURNS = {
    90: (0, 0x10000, 0, -0x10000, 0, 0),
    180: (-0x10000, 0, 0, 0, -0x10000, 0),
    270: (0, -0x10000, 0, 0x10000, 0, 0),
}


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_the_rotation_note_of_a_phone_s_film_is_followed(film: Path, clockwise: int) -> None:
    data = bytearray(film.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    data[matrix : matrix + 36] = struct.pack(">9i", *_TURNS[clockwise], 0, 0, 0x40000000)
    film.write_bytes(data)
    clip = Clip(film, realtime=False)
    frame = _all(clip)[12]
    size = Size(48, 64) if clockwise % 180 else Size(64, 48)
    assert frame.size == size
    assert clip.format is not None
    assert clip.format.size == size
    height, width = size.height, size.width
    bright = {
        90: frame.pixels[: height // 2 - 2],
        180: frame.pixels[:, width // 2 + 2 :],
        270: frame.pixels[height // 2 + 2 :],
    }[clockwise]
    assert bright.mean() == pytest.approx(130, abs=4), "the left half went where the turn takes it"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="there is no video file"):
        next(Clip(tmp_path / "none.mp4").frames())


@pytest.mark.parametrize("content", [b"", b"this is no video, only text" * 100])
def test_a_file_that_is_no_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(content)
    with pytest.raises(CameraError, match=r"bad\.mp4 cannot be read") as caught:
        next(Clip(path).frames())
    assert caught.value.hint


def test_a_playlist_cannot_reach_the_network(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", encoding="ascii")
    with pytest.raises(CameraError):
        next(Clip(path).frames())


def test_a_sound_without_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
    with pytest.raises(CameraError, match="has no picture"):
        next(Clip(path).frames())


def test_a_truncated_film_plays_and_then_says_so(tmp_path: Path) -> None:
    path = _film(tmp_path / "cut.mkv", count=25)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    seen = []
    with pytest.raises(CameraError, match=r"breaks off after|cannot be read after"):
        seen.extend(Clip(path, realtime=False).frames())


def test_a_film_whose_index_is_gone(film: Path) -> None:
    film.write_bytes(film.read_bytes()[:-200])
    with pytest.raises(CameraError):
        list(Clip(film, realtime=False).frames())


def test_real_clips_play_to_their_end(clips: Path) -> None:
    for name, count in {
        "carphone_pristine.mp4": 120,
        "intel_asl_help.mkv": 58,
        "intel_preview_head-pose-face-detection-female-and-male.gif": 56,
    }.items():
        frames = _all(Clip(clips / name, realtime=False))
        assert len(frames) == count
        times = [frame.captured_ns for frame in frames]
        assert times == sorted(set(times))
        assert times[0] == 0
