"""The desktop's side of a session: tray and hotkeys around the work of the command line.

The tray must have the main thread, so the work moves to another one. Nothing of the desktop is loaded before
the first live picture: it must not compete with the start.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vcam.app import desktop
from vcam.app.commands import Controls
from vcam.errors import VcamError
from vcam.runtime.stats import State

if TYPE_CHECKING:
    from vcam.app.hotkeys import Hotkeys
    from vcam.app.tray import Tray

log = logging.getLogger(__name__)

START_PATIENCE_S = 4.0
"""A session that is not live by then will not be slowed down by the desktop."""


def beside(work: Callable[[], None], controls: Controls, *, tell: Callable[[str], object]) -> None:
    """Run `work`, which ends with the session, with the tray and hotkeys that the settings ask for.

    To be called on the main thread. Raises what `work` raises. What the desktop lacks is told through `tell`,
    once, and does not end the work.
    """
    settings = controls.status().settings
    if not settings.tray and not settings.hotkeys:
        work()
        return
    if sys.platform == "linux" and not desktop.session():
        work()
        return
    runner = _Runner(work)
    runner.start()
    _wait_for_pictures(controls, runner)
    if runner.is_alive():
        try:
            _attend(controls, runner, tell)
        except VcamError as error:
            tell(f"{error}. {error.hint}")
        except Exception as error:
            log.exception("the desktop's side failed")
            tell(f"Tray and hotkeys are off: {error}")
    while runner.is_alive():
        runner.join(0.2)  # in short waits, so that a signal is handled at once on every system
    if runner.error is not None:
        raise runner.error


class _Runner(threading.Thread):
    """The work in a thread; keeps its error, and tells its end to `over`."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="session")
        self._work = work
        self.error: BaseException | None = None
        self.over: Callable[[], object] = lambda: None
        self.finished = threading.Event()

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  raised again on the main thread
            self.error = error
        finally:
            self.finished.set()
            self.over()


def _wait_for_pictures(controls: Controls, runner: threading.Thread) -> None:
    deadline_s = time.monotonic() + START_PATIENCE_S
    while runner.is_alive() and time.monotonic() < deadline_s:
        if controls.status().snapshot.state is State.LIVE:
            return
        runner.join(0.05)


def _attend(controls: Controls, runner: _Runner, tell: Callable[[str], object]) -> None:
    from vcam.app.tray import Tray

    settings = controls.status().settings
    tray = Tray(controls, show_expression=settings.tray_expression, tell_once=tell)
    hotkeys = _hotkeys(controls, tray, tell) if settings.hotkeys else None
    runner.over = tray.stop
    if runner.finished.is_set():
        tray.stop()
    try:
        if settings.tray:
            tray.run()
        else:
            while runner.is_alive():
                runner.join(0.2)
    finally:
        tray.stop()
        if hotkeys is not None:
            hotkeys.stop()


def _hotkeys(controls: Controls, tray: "Tray", tell: Callable[[str], object]) -> "Hotkeys | None":
    from vcam.app import hotkeys
    from vcam.app.menu import Act

    try:
        bindings = hotkeys.from_settings(
            controls.status().settings, lambda command, value: tray.actions.request(Act(command), value)
        )
        listening = hotkeys.for_this_system(bindings)
        listening.start()
    except VcamError as error:
        tell(f"No hotkeys: {error}. {error.hint}")
        return None
    return listening
