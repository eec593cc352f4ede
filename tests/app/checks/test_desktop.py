import pytest

from vcam.app.checks.desktop import check_desktop
from vcam.app.checks.finding import Finding, Level
from vcam.app.checks.state import (
    DesktopState,
    LinuxState,
    MachineState,
    PythonState,
    System,
    SystemState,
)

KDE = DesktopState("wayland", "KDE", bindings=True, status_notifier=True, emoji_font="Noto Color Emoji")


def _check(desktop: DesktopState, linux: LinuxState | None) -> list[Finding]:
    system = System.LINUX if linux else System.WINDOWS
    machine = MachineState(4, 10.0, 4000)
    return check_desktop(SystemState(system, PythonState((3, 11, 7), 64), machine, desktop, linux=linux))


def test_tray_and_font() -> None:
    tray, font = _check(KDE, LinuxState("debian"))
    assert tray.level is font.level is Level.OK
    assert tray.message == "StatusNotifier on KDE"


def test_windows_and_macos_bring_their_tray() -> None:
    tray, _ = _check(DesktopState(emoji_font="Segoe UI Emoji"), None)
    assert tray.level is Level.OK


@pytest.mark.parametrize(
    ("desktop", "word"),
    [
        (DesktopState(), "no desktop session"),
        (DesktopState("wayland", "ubuntu:GNOME"), "GNOME"),
        (DesktopState("x11", "Openbox"), "no tray"),
        (DesktopState("x11", "Xfce", xembed=True), "without a menu"),
    ],
)
def test_no_tray_says_what_works_without(desktop: DesktopState, word: str) -> None:
    tray, _ = _check(desktop, LinuxState("debian"))
    assert tray.level is Level.WARN
    assert word in tray.message
    assert tray.hint


@pytest.mark.parametrize(
    ("distribution", "extension"),
    [("debian", "ubuntu-appindicators@ubuntu.com"), ("fedora", "appindicatorsupport@rgcjonas.gmail.com")],
)
def test_gnome_names_its_extension(distribution: str, extension: str) -> None:
    tray, _ = _check(DesktopState("wayland", "GNOME"), LinuxState(distribution))
    assert tray.commands[-1] == f"gnome-extensions enable {extension}"


def test_no_emoji_font() -> None:
    _, font = _check(DesktopState("x11", "Xfce", True, True), LinuxState("fedora"))
    assert font.level is Level.WARN
    assert font.commands == ("sudo dnf install google-noto-color-emoji-fonts",)
