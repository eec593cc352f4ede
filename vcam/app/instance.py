"""The one running vcam of this user: a lock that dies with its process, a file that says how to talk to it.

The lock is the system's, so a killed vcam leaves nothing in the way: its lock is free, its file stale.
"""

import contextlib
import json
import logging
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from vcam.errors import VcamError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the running vcam listens: a port of 127.0.0.1, its secret, and its process."""

    port: int
    token: str
    pid: int


def folder() -> Path:
    """Where both files lie: the session's runtime folder where there is one, else the user's state folder."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if sys.platform == "linux" and runtime and Path(runtime).is_dir():
        return Path(runtime) / "vcam"
    from platformdirs import user_state_path

    return user_state_path("vcam", appauthor=False)


class Instance:
    """This process's claim to be the one running vcam; a context manager that holds it.

    Entering raises VcamError where another process of this user holds it.
    """

    def __init__(self, where: Path | None = None) -> None:
        self._folder = where or folder()
        self._lock: IO[str] | None = None

    def __enter__(self) -> "Instance":
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self._folder / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise VcamError(
                f"{self._folder} cannot be written: {error.strerror or error}",
                hint="Correct the folder's permissions.",
            ) from error
        if not _try_lock(lock):
            lock.close()
            other = find(self._folder)
            whom = f" (process {other.pid})" if other else ""
            raise VcamError(
                f"vcam is already running{whom}",
                hint="Talk to it with `vcam ctl`, or end it with `vcam ctl quit`.",
            )
        self._lock = lock
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            with contextlib.suppress(OSError):
                _file(self._folder).unlink()
            self._lock.close()
            self._lock = None

    def announce(self, port: int, token: str) -> None:
        """Tell this user's programs how to talk to this process. Raises ValueError without the claim."""
        if self._lock is None:
            raise ValueError("announce() needs the claim: use the instance as a context manager first")
        text = json.dumps({"port": port, "token": token, "pid": os.getpid()})
        handle, temporary = tempfile.mkstemp(dir=self._folder)  # made for this user's eyes only: mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(_file(self._folder))


def find(where: Path | None = None) -> Address | None:
    """The running vcam's address; None where none runs. A file that a killed one left is removed."""
    file = _file(where or folder())
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        address = Address(int(found["port"]), str(found["token"]), int(found["pid"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s cannot be used: %s", file, error)
        return None
    if _lives(address.pid):
        return address
    with contextlib.suppress(OSError):
        file.unlink()
    return None


def _file(where: Path) -> Path:
    return where / "instance.json"


def _lives(pid: int) -> bool:
    if sys.platform == "win32":
        import psutil

        return bool(psutil.pid_exists(pid))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _try_lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
