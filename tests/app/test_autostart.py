import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vcam.app import autostart
from vcam.app.autostart import LaunchAgent, RunEntry, XdgAutostart
from vcam.app.cli import main

COMMAND = ["/opt/my python/python3", "-m", "vcam"]


def _no_icon(side_px: int, file: Path) -> None:
    file.write_bytes(str(side_px).encode())


@pytest.fixture
def xdg(tmp_path: Path) -> XdgAutostart:
    return XdgAutostart(tmp_path / "config", tmp_path / "data", COMMAND, _no_icon)


def test_linux_on_and_off(xdg: XdgAutostart, tmp_path: Path) -> None:
    assert not xdg.enabled()
    where = xdg.turn_on()
    assert xdg.enabled()
    text = Path(where).read_text(encoding="utf-8")
    assert 'Exec="/opt/my python/python3" -m vcam run\n' in text
    assert (tmp_path / "data/applications/vcam.desktop").read_text(encoding="utf-8") == text
    assert (tmp_path / "data/icons/hicolor/48x48/apps/vcam.png").read_bytes() == b"48"
    xdg.turn_off()
    assert not xdg.enabled()
    xdg.turn_off()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_linux_switched_off_in_the_desktop_s_settings(xdg: XdgAutostart, line: str) -> None:
    file = Path(xdg.turn_on())
    file.write_text(file.read_text() + f"\n{line}\n")
    assert not xdg.enabled()
    xdg.turn_on()
    assert xdg.enabled()


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-utils is not installed")
@pytest.mark.parametrize("command", [COMMAND, ['/a $b/`c`/100%/d"e\\f', "x"]], ids=["space", "everything"])
def test_the_desktop_file_is_valid(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "vcam.desktop"
    file.write_text(autostart.desktop_entry(command), encoding="utf-8")
    checked = subprocess.run(["desktop-file-validate", file], capture_output=True, text=True, check=False)
    assert (checked.stdout, checked.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("plain", "plain"),
        ("two words", '"two words"'),
        ("100%", "100%%"),
        ("a$b", r'"a\\$b"'),
        ('a"b', r'"a\\"b"'),
        ("a\\b", r'"a\\\\b"'),
    ],
)
def test_quoting(word: str, text: str) -> None:
    assert autostart.quoted([word]) == text


def test_icons_are_drawn_at_their_size(tmp_path: Path) -> None:
    from PIL import Image

    autostart._write_icon(48, tmp_path / "vcam.png")
    with Image.open(tmp_path / "vcam.png") as picture:
        assert picture.size == (48, 48)


def test_macos_on_and_off(tmp_path: Path) -> None:
    agent = LaunchAgent(tmp_path / "LaunchAgents", [*COMMAND, "run"])
    assert not agent.enabled()
    content = plistlib.loads(Path(agent.turn_on()).read_bytes())
    assert content["ProgramArguments"] == [*COMMAND, "run"]
    assert content["RunAtLoad"] is True
    assert agent.enabled()
    agent.turn_off()
    assert not agent.enabled()
    agent.turn_off()


def test_macos_a_damaged_list_is_off(tmp_path: Path) -> None:
    (tmp_path / f"{autostart.LABEL}.plist").write_text("not a list")
    assert not LaunchAgent(tmp_path, COMMAND).enabled()


class _Registry:
    """HKEY_CURRENT_USER in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], object] = {}

    def read(self, path: str, name: str) -> object:
        return self.values.get((path, name))

    def write(self, path: str, name: str, value: str) -> None:
        self.values[path, name] = value

    def remove(self, path: str, name: str) -> None:
        self.values.pop((path, name), None)


def test_windows_on_and_off() -> None:
    registry = _Registry()
    entry = RunEntry(registry, [r"C:\Program Files\Python\pythonw.exe", "-m", "vcam", "run"])
    assert not entry.enabled()
    entry.turn_on()
    assert entry.enabled()
    assert registry.values == {(RunEntry.RUN, "vcam"): r'"C:\Program Files\Python\pythonw.exe" -m vcam run'}
    entry.turn_off()
    assert not entry.enabled()
    entry.turn_off()


@pytest.mark.parametrize(
    ("approval", "enabled"), [(b"\x02\0\0\0", True), (b"\x03\0\0\0", False), (None, True)]
)
def test_windows_the_task_manager_has_the_last_word(approval: bytes | None, enabled: bool) -> None:
    registry = _Registry()
    entry = RunEntry(registry, COMMAND)
    entry.turn_on()
    registry.values[RunEntry.APPROVED, "vcam"] = approval
    assert entry.enabled() is enabled
    entry.turn_on()
    assert entry.enabled()


def test_the_program_is_this_checkout_s() -> None:
    assert autostart.program() == [sys.executable, str(autostart.assets.checkout() / "main.py")]  # type: ignore[operator]


def test_an_installed_vcam_is_started_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autostart.assets, "checkout", lambda: None)
    assert autostart.program() == [sys.executable, "-m", "vcam"]


def test_the_command(
    xdg: XdgAutostart, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(autostart, "for_this_system", lambda: xdg)
    printed = []
    for state in ("status", "on", "status", "off", "status"):
        assert main(["autostart", state]) == 0
        printed.append(capsys.readouterr().out.strip())
    assert [printed[0], printed[2], printed[4]] == ["off", "on", "off"]
    assert autostart.toggle()
    assert not autostart.toggle()


def test_a_place_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    broken = XdgAutostart(tmp_path / "file", tmp_path / "file", COMMAND, _no_icon)
    monkeypatch.setattr(autostart, "for_this_system", lambda: broken)
    assert main(["autostart", "on"]) == 1
    assert "start at login cannot be changed" in capsys.readouterr().err
