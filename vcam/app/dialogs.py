"""Questions in the system's own windows: yes or no, which file, and plain news.

Each system's dialogs may be called from any thread but the tray's, and wait for the answer. They raise
VcamError where the system has no way to ask.
"""

import logging
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from vcam.errors import VcamError

log = logging.getLogger(__name__)

PICTURES = ("png", "webp", "gif", "apng", "jpg", "jpeg", "svg", "json", "lottie", "tgs")
"""The endings that the file dialog offers first."""


class Dialogs(Protocol):
    """The three questions that vcam asks."""

    def confirm(self, question: str, detail: str) -> bool:
        """Whether the user agrees; closing the window means no."""

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """An existing file, None where the user does not choose."""

    def tell(self, title: str, text: str) -> None:
        """Show text until the user has read it."""


class MacDialogs:
    """AppleScript's dialogs. Texts are passed as arguments, never put into the script."""

    def confirm(self, question: str, detail: str) -> bool:
        """Two buttons, the harmless one is the default."""
        body = (
            "display alert (item 1 of argv) message (item 2 of argv) as warning"
            ' buttons {"Show", "Cancel"} default button "Cancel" cancel button "Cancel"'
        )
        return _script(body, question, detail) is not None

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """The Finder's dialog."""
        body = "POSIX path of (choose file with prompt (item 1 of argv) of type (rest of argv))"
        answer = _script(body, title, *endings)
        return Path(answer) if answer else None

    def tell(self, title: str, text: str) -> None:
        """An alert with one button."""
        _script("display alert (item 1 of argv) message (item 2 of argv)", title, text)


def _script(body: str, *texts: str) -> str | None:
    answer = _run(["osascript", "-e", f"on run argv\n{body}\nend run", *texts])
    return None if answer is None else answer.rstrip("\n")


class ZenityDialogs:
    """Zenity's dialogs, the GNOME family's."""

    def confirm(self, question: str, detail: str) -> bool:
        """Two buttons, the harmless one is the default."""
        command = ["zenity", "--question", "--default-cancel", "--icon=dialog-warning", "--no-markup"]
        return _run([*command, "--title=vcam", f"--text={question}\n\n{detail}"]) is not None

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """GTK's file dialog."""
        patterns = " ".join(f"*.{ending}" for ending in endings)
        answer = _run(
            ["zenity", "--file-selection", f"--title={title}", f"--file-filter=Pictures | {patterns}"]
        )
        return Path(answer.rstrip("\n")) if answer else None

    def tell(self, title: str, text: str) -> None:
        """A window with one button."""
        _run(["zenity", "--info", "--no-markup", f"--title={title}", f"--text={text}"])


class KDialogs:
    """KDialog's dialogs, KDE's."""

    def confirm(self, question: str, detail: str) -> bool:
        """Two buttons."""
        return _run(["kdialog", "--title", "vcam", "--warningyesno", f"{question}\n\n{detail}"]) is not None

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """KDE's file dialog."""
        patterns = " ".join(f"*.{ending}" for ending in endings)
        answer = _run(["kdialog", "--title", title, "--getopenfilename", str(Path.home()), patterns])
        return Path(answer.rstrip("\n")) if answer else None

    def tell(self, title: str, text: str) -> None:
        """A window with one button."""
        _run(["kdialog", "--title", title, "--msgbox", text])


class NoDialogs:
    """Where nothing can be asked: says so."""

    def confirm(self, question: str, detail: str) -> bool:
        """Raises VcamError."""
        raise VcamError(f"{question} {detail}", hint="Use `vcam ctl mode MODE --yes` in a terminal.")

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:  # noqa: ARG002  the protocol's
        """Raises VcamError."""
        raise VcamError("this desktop has no file dialog", hint="Use `vcam packs add` in a terminal.")

    def tell(self, title: str, text: str) -> None:
        """Only the log hears it."""
        log.warning("%s: %s", title, text)


def for_this_system(*, gtk: bool = False) -> Dialogs:
    """The best dialogs here. `gtk`: GTK's main loop runs in this process, so its windows can be used."""
    if sys.platform == "win32":
        from vcam.app.dialogs_windows import WindowsDialogs

        return WindowsDialogs()
    if sys.platform == "darwin":
        return MacDialogs()
    if gtk:
        from vcam.app.dialogs_gtk import GtkDialogs

        return GtkDialogs()
    if shutil.which("zenity"):
        return ZenityDialogs()
    return KDialogs() if shutil.which("kdialog") else NoDialogs()


def _run(command: list[str]) -> str | None:
    """What the dialog printed; None where the user said no or closed it."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise VcamError(f"{command[0]} cannot be started: {error.strerror}", hint="Install it.") from error
    return answer.stdout if answer.returncode == 0 else None
