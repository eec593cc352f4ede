"""Start at login, on three systems, and `vcam autostart`.

Nothing here starts or stops the running vcam: what is written takes effect at the next login.
"""

import argparse
import plistlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from vcam import assets
from vcam.errors import VcamError

LABEL = "vcam-emoji"
"""The LaunchAgent's name on macOS; the Run entry on Windows and the .desktop file are called vcam."""
ICON_SIDES_PX = (16, 22, 24, 32, 48, 64, 128, 256, 512)


class Autostart(Protocol):
    """One system's way to start a program at login."""

    def enabled(self) -> bool:
        """Whether vcam will start at the next login."""

    def turn_on(self) -> str:
        """Have it started; says in a few words where that is written. Raises OSError."""

    def turn_off(self) -> None:
        """Not any more. Raises OSError."""


class XdgAutostart:
    """Linux: an autostart file, and the same file in the applications' menu, with icons.

    `config_home` and `data_home` are XDG's folders. `icon` writes the icon of a side in pixels into a file.
    """

    def __init__(
        self,
        config_home: Path,
        data_home: Path,
        command: Sequence[str],
        icon: Callable[[int, Path], None],
    ) -> None:
        self._file = config_home / "autostart" / "vcam.desktop"
        self._data_home = data_home
        self._command = tuple(command)
        self._icon = icon

    def enabled(self) -> bool:
        """There is a file that no desktop's settings have switched off."""
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return not {"Hidden=true", "X-GNOME-Autostart-enabled=false"} & {line.strip() for line in lines}

    def turn_on(self) -> str:
        """Write the autostart file, and vcam into the applications' menu."""
        text = desktop_entry(self._command)
        for file in (self._file, self._data_home / "applications" / "vcam.desktop"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        for side in ICON_SIDES_PX:
            file = self._data_home / f"icons/hicolor/{side}x{side}/apps/vcam.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            self._icon(side, file)
        return str(self._file)

    def turn_off(self) -> None:
        """Remove the autostart file; the entry in the applications' menu stays."""
        self._file.unlink(missing_ok=True)


class LaunchAgent:
    """macOS: a property list in the user's LaunchAgents folder."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._file = folder / f"{LABEL}.plist"
        self._command = list(command)

    def enabled(self) -> bool:
        """There is a list that asks for a start at login."""
        try:
            with self._file.open("rb") as file:
                return plistlib.load(file).get("RunAtLoad") is True
        except (OSError, plistlib.InvalidFileException):
            return False

    def turn_on(self) -> str:
        """Write the list."""
        content = {
            "Label": LABEL,
            "ProgramArguments": self._command,
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_bytes(plistlib.dumps(content))
        return str(self._file)

    def turn_off(self) -> None:
        """Remove the list."""
        self._file.unlink(missing_ok=True)


class Registry(Protocol):
    """The values of keys below HKEY_CURRENT_USER."""

    def read(self, path: str, name: str) -> object:
        """A value; None where there is none."""

    def write(self, path: str, name: str, value: str) -> None:
        """Set a text value."""

    def remove(self, path: str, name: str) -> None:
        """Remove a value; nothing happens where there is none."""


class RunEntry:
    """Windows: a value in the user's Run key, which the Task Manager can overrule in a key beside it."""

    RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
    APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
    """Binary values: an odd first byte means that the user switched the entry off."""

    def __init__(self, registry: Registry, command: Sequence[str]) -> None:
        self._registry = registry
        self._command = tuple(command)

    def enabled(self) -> bool:
        """There is an entry that the Task Manager does not overrule."""
        if self._registry.read(self.RUN, "vcam") is None:
            return False
        approval = self._registry.read(self.APPROVED, "vcam")
        return not (isinstance(approval, bytes) and approval[:1] and approval[0] % 2)

    def turn_on(self) -> str:
        """Write the entry, and take back what the Task Manager says."""
        import subprocess

        self._registry.write(self.RUN, "vcam", subprocess.list2cmdline(self._command))
        self._registry.remove(self.APPROVED, "vcam")
        return rf"HKEY_CURRENT_USER\{self.RUN}"

    def turn_off(self) -> None:
        """Remove the entry."""
        self._registry.remove(self.RUN, "vcam")


def desktop_entry(command: Sequence[str]) -> str:
    """The text of vcam's .desktop file (freedesktop.org's Desktop Entry Specification 1.4)."""
    return f"""[Desktop Entry]
Type=Application
Version=1.4
Name=vcam
GenericName=Virtual camera
Comment=Your own emoji over your face in video calls
Exec={quoted([*command, "run"])}
Icon=vcam
Terminal=false
StartupNotify=false
Categories=AudioVideo;Video;
Keywords=camera;webcam;emoji;privacy;
Actions=standby;quit;

[Desktop Action standby]
Name=Standby
Exec={quoted([*command, "ctl", "standby", "toggle"])}

[Desktop Action quit]
Name=Quit
Exec={quoted([*command, "ctl", "quit"])}
"""


def quoted(command: Sequence[str]) -> str:
    """A command line for a .desktop file's Exec key: quoted, then escaped as every value is."""
    words = []
    for word in command:
        text = word.replace("%", "%%")
        if any(character in text for character in " \t\n\"'\\><~|&;$*?#()`"):
            for character in '\\"`$':
                text = text.replace(character, "\\" + character)
            text = f'"{text}"'
        words.append(text)
    return " ".join(words).replace("\\", "\\\\")


def program() -> list[str]:
    """The command that starts this vcam, without arguments; on Windows the one that opens no terminal."""
    python = Path(sys.executable)
    if sys.platform == "win32" and (quiet := python.with_name("pythonw.exe")).exists():
        python = quiet
    root = assets.checkout()
    return [str(python), str(root / "main.py")] if root else [str(python), "-m", "vcam"]


def for_this_system() -> Autostart:
    """This system's way."""
    if sys.platform == "win32":
        from vcam.app.registry import UserRegistry

        return RunEntry(UserRegistry(), [*program(), "run"])
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library/LaunchAgents", [*program(), "run"])
    from platformdirs import user_config_path, user_data_path

    return XdgAutostart(user_config_path(), user_data_path(), program(), _write_icon)


def _write_icon(side_px: int, file: Path) -> None:
    from vcam.app.icon import Look, draw

    draw(Look.LIVE, side_px=side_px).save(file)


def toggle() -> bool:
    """Turn it the other way; whether it is on now. Raises OSError."""
    autostart = for_this_system()
    if autostart.enabled():
        autostart.turn_off()
        return False
    autostart.turn_on()
    return True


def add_commands(subparsers: Any) -> None:
    """Add `vcam autostart`."""
    parser = subparsers.add_parser("autostart", help="start vcam at login, or not")
    parser.add_argument("state", choices=["on", "off", "status"], metavar="on|off|status")
    parser.set_defaults(handler=_autostart)


def _autostart(arguments: argparse.Namespace) -> int:
    autostart = for_this_system()
    try:
        if arguments.state == "on":
            print(f"vcam starts at login: {autostart.turn_on()}")
        elif arguments.state == "off":
            autostart.turn_off()
            print("vcam does not start at login")
        else:
            print("on" if autostart.enabled() else "off")
    except OSError as error:
        raise VcamError(
            f"start at login cannot be changed: {error}", hint="Correct the permissions of that place."
        ) from error
    return 0
