"""Carries out what the tray's entries and the hotkeys ask for, one at a time and in a thread that may wait.

Less privacy is asked for in a dialog; what goes wrong is told in a notice, never raised.
"""

import concurrent.futures
import logging
import queue
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from vcam import __version__, assets
from vcam.app import autostart
from vcam.app.commands import Command, Controls, NotConfirmedError, apply, describe
from vcam.app.dialogs import Dialogs
from vcam.app.menu import Act
from vcam.app.notify import Notice

log = logging.getLogger(__name__)

OWN_PACK = "mine"
"""The pack that takes an added emoji while a pack is in use that ships with vcam."""


class Actions:
    """A worker for acts. `dialogs` is asked for when a dialog is needed; `tell` shows a notice."""

    def __init__(
        self, controls: Controls, dialogs: Callable[[], Dialogs], tell: Callable[[Notice], object]
    ) -> None:
        self._controls = controls
        self._dialogs = dialogs
        self._tell = tell
        self._wanted: queue.SimpleQueue[tuple[Act, str] | None] = queue.SimpleQueue()
        self._asking: Dialogs | None = None
        self._closed = False
        self._starting = threading.Lock()
        # Daemon for Windows' sake, whose dialogs cannot be closed from here.
        self._worker = threading.Thread(target=self._work, name="actions", daemon=True)

    def request(self, act: Act, value: str = "") -> None:
        """Have an act carried out soon; returns at once. Standby does not queue behind an open dialog."""
        if act is Act.STANDBY:
            self.perform(act, value)
            return
        with self._starting:
            if self._closed:
                return
            if not self._worker.is_alive():
                self._worker.start()
        self._wanted.put((act, value))

    def perform(self, act: Act, value: str = "") -> None:
        """Carry out an act in this thread. Raises nothing: what goes wrong is told."""
        try:
            self._perform(act, value)
        except concurrent.futures.CancelledError:
            log.debug("%s: the question was taken back", act)
        except Exception as error:
            log.info("%s %s failed", act, value, exc_info=True)
            self._tell(Notice("vcam", describe(error)))

    def close(self) -> None:
        """Take no more, and close an open dialog; a second call does nothing."""
        with self._starting:
            if self._closed:
                return
            self._closed = True
        self._wanted.put(None)
        asking = self._asking
        if asking is not None:
            asking.cancel()

    def _work(self) -> None:
        while (wanted := self._wanted.get()) is not None and not self._closed:
            self.perform(*wanted)

    def _ask(self) -> Dialogs:
        self._asking = self._dialogs()
        return self._asking

    def _perform(self, act: Act, value: str) -> None:
        match act:
            case Act.STANDBY | Act.PACK | Act.CAMERA | Act.MIRROR | Act.QUIT:
                apply(self._controls, Command(act.value), value)
            case Act.MODE:
                self._mode(value)
            case Act.ADD_EMOJI:
                self._add_emoji(value)
            case Act.PACKS_FOLDER:
                folder = assets.user_packs()
                folder.mkdir(parents=True, exist_ok=True)
                open_folder(folder)
            case Act.PREVIEW:
                webbrowser.open(self._controls.status().preview_url)
            case Act.AUTOSTART:
                autostart.toggle()
            case Act.DOCTOR:
                self._doctor()
            case Act.ABOUT:
                self._ask().tell(f"vcam {__version__}", ABOUT)

    def _mode(self, value: str) -> None:
        try:
            apply(self._controls, Command.MODE, value)
        except NotConfirmedError as question:
            if self._ask().confirm("Show more of yourself?", f"{str(question).capitalize()}."):
                apply(self._controls, Command.MODE, value, confirmed=True)

    def _add_emoji(self, label: str) -> None:
        from vcam.animate.art.loader import SUFFIXES

        endings = sorted(suffix.removeprefix(".") for suffix in SUFFIXES)
        file = self._ask().choose_file(f"A picture for {label}", endings)
        if file is None:
            return
        pack = self._controls.status().settings.pack
        if not (assets.user_packs() / pack).is_dir():
            pack = OWN_PACK
        command = [sys.executable, "-m", "vcam", "packs", "add", str(file), "--for", label, "--pack", pack]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            self._ask().tell(f"{file.name} was not added", answer.stderr.strip())
            return
        self._controls.set_pack(pack)
        self._tell(Notice(f"{file.name} added for {label}", f"The pack '{pack}' is in use now."))

    def _doctor(self) -> None:
        from vcam.app.checks.finding import Level
        from vcam.app.checks.probe import probe
        from vcam.app.doctor import diagnose, paragraphs

        findings = diagnose(probe(self._controls.status().settings, cameras=False))
        todo = [finding for finding in findings if finding.level is not Level.OK]
        text = paragraphs(todo) if todo else "Everything is in place."
        self._ask().tell("vcam doctor", text)


ABOUT = (
    "A virtual camera that puts your own emoji over your face.\n"
    "Everything happens on this computer: nothing is sent anywhere, nothing is kept."
)


def open_folder(folder: Path) -> None:
    """Show a folder in the system's file manager. Raises OSError where there is none."""
    if sys.platform == "win32":
        import os

        os.startfile(folder)  # noqa: S606  a folder of ours, shown by the Explorer
    else:
        subprocess.Popen(
            ["open" if sys.platform == "darwin" else "xdg-open", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
