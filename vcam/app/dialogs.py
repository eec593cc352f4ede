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


class Dialogs(Protocol):
    """The three questions that vcam asks."""

    def confirm(self, question: str, detail: str) -> bool:
        """Whether the user agrees; closing the window means no."""

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """An existing file with one of these endings (`png`), None where the user does not choose."""

    def tell(self, title: str, text: str) -> None:
        """Show text until the user has read it."""

    def cancel(self) -> None:
        """Close what is open, from another thread: whoever waits gets no answer, that is 'no'."""


class DialogProgram:
    """A program that shows a dialog and prints the answer; one at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, command: list[str]) -> str | None:
        """What it printed; None where the user said no or closed it. Raises VcamError where it is missing."""
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except OSError as error:
            raise VcamError(
                f"{command[0]} cannot be started: {error.strerror}", hint="Install it."
            ) from error
        self._process = process
        try:
            printed, _ = process.communicate()
        finally:
            self._process = None
        return printed if process.returncode == 0 else None

    def cancel(self) -> None:
        """End the program that runs now, if there is one."""
        process = self._process
        if process is not None:
            process.terminate()


class MacDialogs:
    """AppleScript's dialogs. Texts are passed as arguments, never put into the script."""

    def __init__(self) -> None:
        self._program = DialogProgram()

    def confirm(self, question: str, detail: str) -> bool:
        """Two buttons, the harmless one is the default."""
        body = (
            "display alert (item 1 of argv) message (item 2 of argv) as warning"
            ' buttons {"Show", "Cancel"} default button "Cancel" cancel button "Cancel"'
        )
        return self._script(body, question, detail) is not None

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """The Finder's dialog."""
        body = "POSIX path of (choose file with prompt (item 1 of argv) of type (rest of argv))"
        answer = self._script(body, title, *endings)
        return Path(answer) if answer else None

    def tell(self, title: str, text: str) -> None:
        """An alert with one button."""
        self._script("display alert (item 1 of argv) message (item 2 of argv)", title, text)

    def cancel(self) -> None:
        """End the open dialog's program."""
        self._program.cancel()

    def _script(self, body: str, *texts: str) -> str | None:
        answer = self._program.run(["osascript", "-e", f"on run argv\n{body}\nend run", *texts])
        return None if answer is None else answer.rstrip("\n")


class ZenityDialogs:
    """Zenity's dialogs, the GNOME family's."""

    def __init__(self) -> None:
        self._program = DialogProgram()

    def confirm(self, question: str, detail: str) -> bool:
        """Two buttons, the harmless one is the default."""
        command = ["zenity", "--question", "--default-cancel", "--icon=dialog-warning", "--no-markup"]
        return self._program.run([*command, "--title=vcam", f"--text={question}\n\n{detail}"]) is not None

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """GTK's file dialog."""
        patterns = " ".join(f"*.{ending}" for ending in endings)
        answer = self._program.run(
            ["zenity", "--file-selection", f"--title={title}", f"--file-filter=Pictures | {patterns}"]
        )
        return Path(answer.rstrip("\n")) if answer else None

    def tell(self, title: str, text: str) -> None:
        """A window with one button."""
        self._program.run(["zenity", "--info", "--no-markup", f"--title={title}", f"--text={text}"])

    def cancel(self) -> None:
        """End the open dialog's program."""
        self._program.cancel()


class KDialogs:
    """KDialog's dialogs, KDE's."""

    def __init__(self) -> None:
        self._program = DialogProgram()

    def confirm(self, question: str, detail: str) -> bool:
        """Two buttons."""
        return (
            self._program.run(["kdialog", "--title", "vcam", "--warningyesno", f"{question}\n\n{detail}"])
            is not None
        )

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """KDE's file dialog."""
        patterns = " ".join(f"*.{ending}" for ending in endings)
        answer = self._program.run(
            ["kdialog", "--title", title, "--getopenfilename", str(Path.home()), patterns]
        )
        return Path(answer.rstrip("\n")) if answer else None

    def tell(self, title: str, text: str) -> None:
        """A window with one button."""
        self._program.run(["kdialog", "--title", title, "--msgbox", text])

    def cancel(self) -> None:
        """End the open dialog's program."""
        self._program.cancel()


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

    def cancel(self) -> None:
        """Nothing is ever open."""


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
