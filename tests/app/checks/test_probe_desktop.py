import subprocess
from pathlib import Path

import pytest

from vcam.app import desktop
from vcam.app.checks import probe_desktop
from vcam.app.checks.state import System


def test_linux_asks_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "session", lambda: "x11")
    monkeypatch.setattr(desktop, "desktop_name", lambda: "XFCE")
    monkeypatch.setattr(desktop, "load_bindings", lambda: True)
    monkeypatch.setattr(desktop, "has_status_notifier", lambda: False)
    monkeypatch.setattr(desktop, "has_xembed", lambda: True)
    monkeypatch.setattr(probe_desktop, "_linux_font", lambda: "Noto Color Emoji")
    state = probe_desktop.probe(System.LINUX)
    assert (state.session, state.name, state.bindings, state.xembed) == ("x11", "XFCE", True, True)


def test_font_names_are_taken_from_fontconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = subprocess.CompletedProcess([], 0, stdout="Twemoji\nNoto Color Emoji,Noto\n")
    monkeypatch.setattr(probe_desktop.shutil, "which", lambda name: "/usr/bin/fc-list")
    monkeypatch.setattr(probe_desktop.subprocess, "run", lambda *args, **kwargs: answer)
    assert probe_desktop._linux_font() == "Noto Color Emoji"


def test_no_fontconfig_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_desktop.shutil, "which", lambda name: None)
    assert probe_desktop._linux_font() is None


def test_windows_looks_for_its_font_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    font = tmp_path / "seguiemj.ttf"
    monkeypatch.setattr(probe_desktop, "_FONTS", {System.WINDOWS: ("Segoe UI Emoji", font)})
    assert probe_desktop.probe(System.WINDOWS).emoji_font is None
    font.touch()
    assert probe_desktop.probe(System.WINDOWS).emoji_font == "Segoe UI Emoji"
