import json
import signal
from pathlib import Path

import pytest

from vcam.app import cli
from vcam.app.instance import Instance, folder

pytestmark = pytest.mark.usefixtures("models")
QUIET = ["--idle-s", "0", "--size", "320x240"]


def test_the_demo_runs_and_says_where_the_picture_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stats = tmp_path / "stats.jsonl"
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    arguments = ["--source", "demo", "--output", "preview", "--seconds", "3", "--stats", str(stats), *QUIET]
    assert cli.main(["run", *arguments]) == 0
    shown = capsys.readouterr().out
    assert "http://127.0.0.1:" in shown
    assert "demo" in shown
    last = json.loads(stats.read_text(encoding="utf-8").splitlines()[-1])
    assert last["frames_out"] > 0
    assert last["first_frame_s"] > 0
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    assert not (folder() / "instance.json").exists()


def test_a_clip_into_a_file_ends_by_itself(demo_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    assert cli.main(["run", "--source", str(demo_clip), "--output", str(out), *QUIET]) == 0
    assert out.stat().st_size > 1000


def test_a_second_one_is_told_about_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    with Instance():
        assert cli.main(["run", "--source", "demo", "--output", "preview", *QUIET]) == 1
    assert "already running" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--source", "demo", "--output", "nonsense"], "no output called nonsense"),
        (["--source", "./nowhere/clip.mp4", "--output", "preview"], "clip.mp4"),
        (["--source", "demo", "--output", "./nowhere/out.mp4"], "out.mp4"),
        (["--source", "demo", "--output", "preview", "--pack", "nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_is_told_at_once(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--seconds", "5", *arguments, *QUIET]) == 1
    shown = capsys.readouterr().err
    assert told in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "inf"])
def test_seconds_must_be_some(seconds: str) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["run", "--seconds", seconds])
    assert caught.value.code == 2
