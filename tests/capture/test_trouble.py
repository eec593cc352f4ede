import os
from pathlib import Path

import pytest

from vcam.capture.names import Camera
from vcam.capture.trouble import holders, why_not


def _process(proc: Path, pid: int, name: str, device: Path | None) -> None:
    fd = proc / str(pid) / "fd"
    fd.mkdir(parents=True)
    (proc / str(pid) / "comm").write_text(f"{name}\n", encoding="utf-8")
    if device is not None:
        (fd / "3").symlink_to(device)


@pytest.fixture
def device(tmp_path: Path) -> Path:
    path = tmp_path / "video0"
    path.touch()
    return path.resolve()


posix = pytest.mark.skipif(os.name != "posix", reason="symbolic links as Linux's /proc has them")


@posix
def test_programs_that_hold_a_device_are_named(tmp_path: Path, device: Path) -> None:
    proc = tmp_path / "proc"
    _process(proc, 11, "zoom", device)
    _process(proc, 12, "wireplumber", device)
    _process(proc, 13, "bash", None)
    _process(proc, os.getpid(), "vcam", device)
    (proc / "self").mkdir()
    assert holders(device, proc) == ["zoom (11)"]


@posix
def test_a_media_server_is_named_only_where_it_is_alone(tmp_path: Path, device: Path) -> None:
    proc = tmp_path / "proc"
    _process(proc, 12, "wireplumber", device)
    assert holders(device, proc) == ["wireplumber (12)"]


def test_no_proc_no_names(tmp_path: Path, device: Path) -> None:
    assert holders(device, tmp_path / "nothing") == []


def _camera(path: str) -> Camera:
    return Camera("My Cam", 0, 0, path, virtual=False)


def test_each_cause_has_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not plugged in" in str(why_not(_camera("/dev/vcam-test-no-such-device")))
    monkeypatch.setattr(Path, "exists", lambda self: True)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "video" in why_not(_camera("/dev/video0")).hint
    monkeypatch.setattr(os, "access", lambda *_: True)
    monkeypatch.setattr("vcam.capture.trouble.holders", lambda *_: ["zoom (11)"])
    assert "in use by zoom (11)" in str(why_not(_camera("/dev/video0")))
    monkeypatch.setattr("vcam.capture.trouble.holders", lambda *_: [])
    assert "cannot be opened" in str(why_not(_camera("/dev/video0")))


@pytest.mark.parametrize(("system", "word"), [("Windows", "Settings"), ("Darwin", "System Settings")])
def test_systems_that_ask_for_permission_are_explained(
    monkeypatch: pytest.MonkeyPatch, system: str, word: str
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    assert why_not(_camera("")).hint.count(word)
