"""When to tell the user of trouble by a notification, and how where the tray cannot."""

import logging
import shutil
import subprocess
import sys
from dataclasses import dataclass

from vcam.app.commands import Status

log = logging.getLogger(__name__)

PATIENCE_S = 3.0
"""How long trouble must last before it is worth a notification: a replugged camera is back by then."""
QUIET_S = 60.0
"""The same trouble is not told again so soon."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification: a few words, and a sentence on what to do."""

    title: str
    text: str


class TroubleWatch:
    """Turns the session's status into notices: each trouble once, none for what passes by itself."""

    def __init__(self) -> None:
        self._problem = ""
        self._since_s = 0.0
        self._told: dict[str, float] = {}

    def update(self, status: Status, now_s: float) -> Notice | None:
        """The notice that is due at `now_s`, any clock's seconds that do not go back; mostly None."""
        problem = status.snapshot.problem
        if problem != self._problem:
            self._problem, self._since_s = problem, now_s
        if not problem or now_s - self._since_s < PATIENCE_S:
            return None
        last = self._told.get(problem)
        self._told[problem] = now_s
        if last is not None and now_s - last < QUIET_S:
            return None
        return Notice(problem, status.snapshot.hint)


def send(notice: Notice) -> bool:
    """Show a notification through the system's own command, without a tray; whether that was possible."""
    if sys.platform == "darwin":
        script = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
        command = ["osascript", "-e", script, notice.title, notice.text]
    elif shutil.which("notify-send"):
        command = ["notify-send", "--app-name=vcam", "--", notice.title, notice.text]
    else:
        return False
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        log.info("no notification: %s", error)
        return False
    return True
