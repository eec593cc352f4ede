"""A screen, a tray host and a running vcam, for tests that click what a user clicks."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vcam import assets
from vcam.errors import ModelError

if TYPE_CHECKING:
    from tests.desktop.screen import Screen

if importlib.util.find_spec("Xlib") is None:
    collect_ignore_glob = ["test_*.py"]

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("Xvfb", "openbox", "dbus-daemon", "trayer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip this folder's tests where a desktop cannot be made."""
    reason = _missing()
    for item in items:
        if reason and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


def _missing() -> str:
    if not sys.platform.startswith("linux"):
        return "a desktop of its own is made on Linux only"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"needs {', '.join(absent)} (Debian: apt install xvfb openbox dbus trayer)"
    try:
        assets.load("face_landmark")
        assets.expression_network()
    except ModelError as error:
        return str(error)
    return ""


class Vcam:
    """A running `vcam run` on the demo, and its command line."""

    python_path = str(ROOT)

    def __init__(
        self, screen: "Screen", settings: str = "", environment: dict[str, str] | None = None
    ) -> None:
        self._environment = screen.environment | {
            "PYTHONPATH": self.python_path,
            "XDG_CONFIG_HOME": str(screen.folder / "config"),
            "XDG_DATA_HOME": str(screen.folder / "data"),
            "XDG_CACHE_HOME": str(assets.models_folder().parent.parent),
        } | (environment or {})  # fmt: skip
        self.data = screen.folder / "data"
        self.config = screen.folder / "config"
        (self.config / "vcam").mkdir(parents=True)
        (self.config / "vcam/settings.toml").write_text(f'idle_s = 0\nsize = "320x180"\nfps = 15\n{settings}')
        self._log = screen.folder / "vcam.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vcam", "run", "--source", "demo", "--output", "preview"],
                cwd=screen.folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run vcam once more, beside the one that runs."""
        return subprocess.run(
            [sys.executable, "-m", "vcam", *words],
            env=self._environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def ctl(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `vcam ctl`."""
        return self.command("ctl", *words)

    def status(self) -> dict[str, Any]:
        """What the running vcam says of itself; empty while it does not answer yet."""
        answer = self.ctl("status", "--json")
        assert self.process.poll() is None, self.said()
        return dict(json.loads(answer.stdout)) if answer.returncode == 0 else {}

    def said(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def close(self) -> int:
        """End it as Ctrl-C would; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Screen"]:
    """A desktop without a tray."""
    from tests.desktop.screen import opened

    with opened(tmp_path_factory.mktemp("screen")) as screen:
        yield screen


@pytest.fixture(scope="module")
def run(screen: "Screen") -> Iterator[Callable[..., Vcam]]:
    """Starts vcam on the screen and waits until it is live."""
    from tests.desktop.screen import wait_for

    started: list[Vcam] = []

    def start(settings: str = "", environment: dict[str, str] | None = None) -> Vcam:
        started.append(Vcam(screen, settings, environment))
        wait_for(lambda: started[-1].status().get("state") == "live", patience_s=60)
        return started[-1]

    yield start
    for vcam in started:
        vcam.close()


@pytest.fixture(scope="session")
def bindings() -> None:
    """Skips where GTK's Python bindings do not load: the tray then has no menu."""
    code = "from vcam.app.desktop import load_bindings; raise SystemExit(not load_bindings())"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    if subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode:
        pytest.skip("needs GTK's Python bindings (Debian: python3-gi gir1.2-gtk-3.0, same Python version)")
