"""A private desktop session on this machine: X, D-Bus, PipeWire, WirePlumber and the camera portal.

Nothing of the user's own session is touched: runtime folder, home and bus are temporary.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tests.device.report import SkipError

PROGRAMS = ("Xvfb", "dbus-daemon", "pipewire", "wireplumber", "gdbus", "pw-dump")
_PERMISSION_STORE = Path("/usr/libexec/xdg-permission-store")
_PORTAL = Path("/usr/libexec/xdg-desktop-portal")


class Session:
    """Starts everything on entry, ends what it started on exit; `env` is the environment for its clients.

    Raises SkipError on entry where a program is missing.
    """

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env: dict[str, str] = {}
        self.folder = Path()

    def __enter__(self) -> "Session":
        missing = [name for name in PROGRAMS if shutil.which(name) is None]
        missing += [str(path) for path in (_PERMISSION_STORE, _PORTAL) if not path.exists()]
        if missing:
            raise SkipError(f"missing programs: {', '.join(missing)} (tests/device/packages.txt)")
        with contextlib.ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vcam-session-")))
            stack.callback(self._end_all)
            self._start_all()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start_all(self) -> None:
        runtime = self.folder / "run"
        runtime.mkdir(mode=0o700)
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "PIPEWIRE_"))},
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CURRENT_DESKTOP": "GNOME",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime / 'bus'}",
        }
        self.env["DISPLAY"] = self._start_x()
        self._start(
            "dbus-daemon", "--session", "--nofork", f"--address={self.env['DBUS_SESSION_BUS_ADDRESS']}"
        )
        wait_for(lambda: (runtime / "bus").exists(), 10, "the session bus")
        self.start_pipewire()
        self._start(str(_PERMISSION_STORE))
        self._wait_for_name("org.freedesktop.impl.portal.PermissionStore")
        # Without a stored permission the portal asks, and nobody is here to answer.
        for app in ("", "chromium"):
            self._allow_camera(app)
        self._start(str(_PORTAL))
        self._wait_for_name("org.freedesktop.portal.Desktop")
        self.start_wireplumber()

    def _start_x(self) -> str:
        reading, writing = os.pipe()
        with os.fdopen(reading) as display:
            self._start(
                "Xvfb",
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                keep=writing,
            )
            os.close(writing)
            return f":{display.readline().strip()}"

    def _allow_camera(self, app: str) -> None:
        store = "org.freedesktop.impl.portal.PermissionStore"
        subprocess.run(
            [
                *("gdbus", "call", "--session", "-d", store),
                *("-o", "/org/freedesktop/impl/portal/PermissionStore", "-m", f"{store}.SetPermission"),
                *("devices", "true", "camera", app, "['yes']"),
            ],
            env=self.env,
            check=True,
            timeout=20,
            capture_output=True,
        )

    def start_pipewire(self) -> None:
        """Start the daemon."""
        self._start("pipewire")
        wait_for(lambda: Path(self.env["XDG_RUNTIME_DIR"], "pipewire-0").exists(), 10, "PipeWire")

    def start_wireplumber(self) -> None:
        """Start the session manager."""
        self._start("wireplumber")
        wait_for(lambda: b'"WirePlumber"' in self.dump(), 20, "WirePlumber")

    def kill(self, name: str) -> None:
        """End one program of the session at once."""
        process = self._processes.pop(name)
        process.kill()
        process.wait(10)

    def wait_for_camera(self, name: str = "vcam") -> None:
        """Return when the daemon has a camera of this name. Raises TimeoutError."""
        wait_for(lambda: f'"node.name": "{name}"'.encode() in self.dump(), 20, f"the camera {name}")

    def dump(self) -> bytes:
        """What `pw-dump` says; empty where the daemon does not answer."""
        done = subprocess.run(["pw-dump"], env=self.env, check=False, timeout=20, capture_output=True)
        return done.stdout

    def _start(self, *command: str, keep: int | None = None) -> None:
        name = Path(command[0]).name
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self._processes[name] = subprocess.Popen(
                command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=() if keep is None else (keep,),
            )

    def _wait_for_name(self, name: str) -> None:
        subprocess.run(
            ["gdbus", "wait", "--session", "--timeout", "20", name],
            env=self.env,
            check=True,
            timeout=30,
            capture_output=True,
        )

    def _end_all(self) -> None:
        for process in reversed(self._processes.values()):
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(condition: Callable[[], object], timeout_s: float, what: str) -> None:
    """Return when the condition holds. Raises TimeoutError after `timeout_s` seconds."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"{what} did not come within {timeout_s:.0f} s")
        time.sleep(0.1)
