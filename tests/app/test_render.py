import json
from pathlib import Path

import numpy as np
import pytest

from vcam.app import cli
from vcam.capture.clip import Clip
from vcam.types import Label

pytestmark = pytest.mark.usefixtures("models")


def _frames(path: Path) -> list[np.ndarray]:
    return [frame.pixels for frame in Clip(path, realtime=False).frames() if frame is not None]


def test_every_frame_comes_out_the_same_twice(demo_clip: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        arguments = [str(demo_clip), str(tmp_path / f"{name}.mp4"), "--json", str(tmp_path / f"{name}.jsonl")]
        assert cli.main(["render", *arguments]) == 0
    before, after, again = (_frames(path) for path in (demo_clip, tmp_path / "one.mp4", tmp_path / "two.mp4"))
    assert len(after) == len(before) == 20
    assert after[0].shape == before[0].shape
    assert Clip(tmp_path / "one.mp4").probe() == Clip(demo_clip).probe()
    assert all(np.array_equal(one, two) for one, two in zip(after, again, strict=True))
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_json_line_tells_of_the_frame(demo_clip: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    assert cli.main(["render", str(demo_clip), str(tmp_path / "out.mp4"), "--json", str(lines)]) == 0
    entries = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [entry["seq"] for entry in entries] == list(range(20))
    assert [entry["captured_ms"] for entry in entries[:3]] == [0.0, 40.0, 80.0]
    assert {entry["release"] for entry in entries} <= {"live", "held", "covered"}
    [face] = entries[-1]["faces"]
    assert set(face) == {"track_id", "box_xyxy", "expression", "probabilities", "certain", "covered"}
    assert face["covered"] is True
    assert set(face["probabilities"]) == set(Label)
    x0, y0, x1, y1 = face["box_xyxy"]
    assert 0 <= x0 < x1 <= 640
    assert 0 <= y0 < y1 <= 360


def test_landmarks_only_when_asked_for(demo_clip: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    arguments = [str(demo_clip), str(tmp_path / "out.mp4"), "--json", str(lines), "--landmarks"]
    assert cli.main(["render", *arguments]) == 0
    last = json.loads(lines.read_text(encoding="utf-8").splitlines()[-1])
    assert np.array(last["faces"][0]["landmarks"]).shape == (468, 3)


def test_modes_differ_as_they_should(demo_clip: Path, tmp_path: Path) -> None:
    shown = {}
    for mode in ("mask", "off", "avatar"):
        assert cli.main(["render", str(demo_clip), str(tmp_path / f"{mode}.mp4"), "--mode", mode]) == 0
        shown[mode] = _frames(tmp_path / f"{mode}.mp4")[-1].astype(int)
    original = _frames(demo_clip)[-1].astype(int)
    changed = {
        mode: float((abs(pixels - original).max(axis=2) > 40).mean()) for mode, pixels in shown.items()
    }
    assert changed["off"] < 0.01
    assert 0.02 < changed["mask"] < 0.9
    assert changed["avatar"] > changed["mask"]


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 100])
def test_a_corrupt_video_is_one_sentence_and_leaves_nothing(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content)
    out, lines = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    assert cli.main(["render", str(broken), str(out), "--json", str(lines)]) == 1
    assert capsys.readouterr().err.count("\n") == 2
    assert not out.exists()
    assert not lines.exists()


def test_a_truncated_video_leaves_no_half_written_file(demo_clip: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(demo_clip.read_bytes()[:-3000])
    out = tmp_path / "out.mp4"
    code = cli.main(["render", str(broken), str(out)])
    assert out.exists() is (code == 0)


def test_a_clip_is_not_written_over_itself(
    demo_clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(demo_clip.read_bytes())
    assert cli.main(["render", str(copy), str(copy)]) == 1
    assert "another name" in capsys.readouterr().err
    assert copy.read_bytes() == demo_clip.read_bytes()


def test_an_unwritable_place_is_told(
    demo_clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["render", str(demo_clip), str(tmp_path / "nowhere" / "out.mp4")]) == 1
    assert "existing folder" in capsys.readouterr().err
