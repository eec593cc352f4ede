"""Whether this session's screen is locked: asked of logind, on Linux."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping

TIMEOUT_S = 2.0


def ask_logind(session: str) -> str:
    """What `loginctl` says of the session's lock: "yes", "no", or nothing where it does not know."""
    command = ["loginctl", "show-session", session, "--property", "LockedHint", "--value"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()


def locked(
    environment: Mapping[str, str] = os.environ, ask: Callable[[str], str] = ask_logind
) -> bool | None:
    """Whether the screen is locked; None where that cannot be known.

    Takes a few milliseconds, or TIMEOUT_S where logind hangs: not for the frame path.
    """
    session = environment.get("XDG_SESSION_ID", "")
    if sys.platform != "linux" or not session:
        return None
    return {"yes": True, "no": False}.get(ask(session))
