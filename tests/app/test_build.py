from pathlib import Path

import pytest

from vcam.app import build
from vcam.capture import names
from vcam.capture.clip import Clip
from vcam.capture.demo import Demo
from vcam.capture.webcam import Webcam
from vcam.config import Settings

C920 = names.Camera("C920", 0, 200, "/dev/video0", False)


def test_auto_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [C920]
    monkeypatch.setattr(names, "cameras", lambda: listed)
    make = build.source_factory(Settings())
    assert isinstance(make(), Webcam)
    listed.clear()
    lost = make()
    assert isinstance(lost, Webcam), "a webcam that is lost is waited for, not replaced by the demo"
    assert lost.label == "C920"


def test_auto_without_a_webcam_is_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "cameras", list)
    assert isinstance(build.source_factory(Settings())(), Demo)


def test_auto_never_takes_its_own_output(monkeypatch: pytest.MonkeyPatch) -> None:
    own = names.Camera("my output", 9, 200, "/dev/video9", False)
    monkeypatch.setattr(names, "cameras", lambda: [own, C920])
    source = build.source_factory(Settings(), exclude={"my output"})()
    assert source.label == "C920"


def test_a_file_is_a_clip(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.touch()
    assert isinstance(build.source_factory(Settings(source=str(clip)))(), Clip)


@pytest.mark.parametrize(
    ("source", "is_file"),
    [("C920", False), ("0", False), ("demo", False), ("/dev/video0", False), ("folder/none.mp4", True)],
)
def test_what_counts_as_a_file(source: str, is_file: bool) -> None:
    assert build.is_file(source) is is_file
