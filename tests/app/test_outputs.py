import sys
from pathlib import Path

import pytest

from vcam.app import outputs
from vcam.config import Settings
from vcam.errors import ConfigError
from vcam.publish.recorder import Recorder


def test_a_file_is_recorded_and_nothing_else(tmp_path: Path) -> None:
    [[sink]] = outputs.candidates(Settings(output=str(tmp_path / "call.mp4")))
    assert isinstance(sink, Recorder)


def test_preview_is_no_other_sink() -> None:
    assert outputs.candidates(Settings(output="preview")) == [[]]


def test_auto_ends_with_the_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    tried = outputs.candidates(Settings(output="auto", device="OBS Virtual Camera"))
    assert [[sink.label for sink in sinks] for sinks in tried] == [["OBS Virtual Camera"], []]


@pytest.mark.skipif(sys.platform != "linux", reason="v4l2loopback and PipeWire are Linux")
@pytest.mark.parametrize(
    ("loopback", "pipewire", "expected"),
    [
        (True, True, ["LoopbackCamera", "PipeWireCamera"]),
        (False, True, ["PipeWireCamera"]),
        (True, False, ["LoopbackCamera"]),
        (False, False, []),
    ],
)
def test_auto_on_linux_tries_what_is_there(
    loopback: bool, pipewire: bool, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.publish.v4l2.usable", lambda _: loopback)
    monkeypatch.setattr("vcam.publish.pipewire.available", lambda: pipewire)
    tried = outputs.candidates(Settings())
    assert [type(sink).__name__ for sinks in tried for sink in sinks] == expected
    assert tried[-1] == []


def test_an_unknown_output_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="screen") as caught:
        outputs.candidates(Settings(output="screen"))
    assert "virtualcam" in caught.value.hint
