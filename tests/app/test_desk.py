import dataclasses
import subprocess
import sys
import threading
from typing import Any

import pytest

from tests.app.switchboard import Switchboard
from vcam.app import desk, desktop, hotkeys, tray
from vcam.errors import ConfigError, VcamError
from vcam.runtime.stats import State


@pytest.fixture
def said() -> list[str]:
    return []


class _Tray:
    """A tray that runs until it is stopped, and notes on which thread."""

    made: list["_Tray"]

    def __init__(self, controls: object, **options: Any) -> None:
        self.options, self.thread = options, ""
        self._over = threading.Event()
        self.actions = self
        self.requests: list[tuple[str, str]] = []
        type(self).made.append(self)

    def request(self, act: str, value: str) -> None:
        self.requests.append((act, value))

    def run(self) -> None:
        self.thread = threading.current_thread().name
        assert self._over.wait(5)

    def stop(self) -> None:
        self._over.set()


@pytest.fixture
def trays(monkeypatch: pytest.MonkeyPatch) -> list[_Tray]:
    _Tray.made = []
    monkeypatch.setattr(tray, "Tray", _Tray)
    monkeypatch.setattr(desktop, "session", lambda: "x11")
    return _Tray.made


def test_the_tray_has_the_main_thread_and_ends_with_the_work(trays: list[_Tray], said: list[str]) -> None:
    threads: list[str] = []
    go = threading.Event()

    def work() -> None:
        threads.append(threading.current_thread().name)
        assert go.wait(5)

    threading.Timer(0.05, go.set).start()
    desk.beside(work, Switchboard(), tell=said.append)
    assert trays[0].thread == "MainThread"
    assert threads == ["session"]
    assert said == []


@pytest.mark.parametrize("session", ["", "x11"])
def test_without_a_desktop_or_a_wish_the_work_stays_where_it_is(
    trays: list[_Tray], monkeypatch: pytest.MonkeyPatch, said: list[str], session: str
) -> None:
    monkeypatch.setattr(desk.sys, "platform", "linux")
    monkeypatch.setattr(desktop, "session", lambda: session)
    threads: list[str] = []
    board = Switchboard(tray=not session)
    desk.beside(lambda: threads.append(threading.current_thread().name), board, tell=said.append)
    assert threads == ["MainThread"]
    assert trays == []


def test_what_the_work_raises_is_raised(trays: list[_Tray], said: list[str]) -> None:
    def work() -> None:
        raise ConfigError("wrong", hint="Correct it.")

    with pytest.raises(ConfigError, match="wrong"):
        desk.beside(work, Switchboard(), tell=said.append)


def test_the_desktop_waits_for_the_first_picture(
    trays: list[_Tray], monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    board = Switchboard()
    board.now = dataclasses.replace(
        board.now, snapshot=dataclasses.replace(board.now.snapshot, state=State.STARTING)
    )
    monkeypatch.setattr(desk, "START_PATIENCE_S", 60.0)
    over = threading.Event()
    early: list[int] = []

    def work() -> None:
        early.append(len(trays))
        board.now = dataclasses.replace(
            board.now, snapshot=dataclasses.replace(board.now.snapshot, state=State.LIVE)
        )
        assert over.wait(5)

    def made(*arguments: Any, **options: Any) -> _Tray:
        over.set()
        return _Tray(*arguments, **options)

    monkeypatch.setattr(tray, "Tray", made)
    desk.beside(work, board, tell=said.append)
    assert early == [0]
    assert len(trays) == 1


def test_a_broken_desktop_does_not_end_the_work(
    trays: list[_Tray], monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    done: list[bool] = []
    go = threading.Event()

    def broken(self: _Tray) -> None:
        go.set()
        raise RuntimeError("no screen")

    def work() -> None:
        assert go.wait(5)
        done.append(True)

    monkeypatch.setattr(_Tray, "run", broken)
    desk.beside(work, Switchboard(), tell=said.append)
    assert done == [True]
    assert said == ["Tray and hotkeys are off: no screen"]


class _Keys:
    def __init__(self, bindings: hotkeys.Bindings) -> None:
        self.bindings, self.running = bindings, False

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False


def test_hotkeys_ask_like_the_tray_does(
    trays: list[_Tray], monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    go = threading.Event()
    listening: list[_Keys] = []

    def make(bindings: hotkeys.Bindings) -> _Keys:
        listening.append(_Keys(bindings))
        return listening[0]

    def run(self: _Tray) -> None:
        assert listening[0].running
        for work in listening[0].bindings.values():
            work()
        go.set()

    monkeypatch.setattr(hotkeys, "for_this_system", make)
    monkeypatch.setattr(_Tray, "run", run)
    desk.beside(lambda: go.wait(5) and None, Switchboard(hotkeys=True), tell=said.append)
    assert trays[0].requests == [("standby", "toggle"), ("pack", "next"), ("mode", "more")]
    assert not listening[0].running


def test_forbidden_hotkeys_say_what_to_bind(
    trays: list[_Tray], monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    def forbidden(bindings: hotkeys.Bindings) -> None:
        raise VcamError("Wayland has them", hint="Bind `vcam ctl`.")

    go = threading.Event()
    monkeypatch.setattr(hotkeys, "for_this_system", forbidden)
    monkeypatch.setattr(_Tray, "run", lambda self: go.set())
    desk.beside(lambda: go.wait(5) and None, Switchboard(hotkeys=True), tell=said.append)
    assert said == ["No hotkeys: Wayland has them. Bind `vcam ctl`."]


def test_nothing_of_the_desktop_is_loaded_with_the_command() -> None:
    code = "import sys, vcam.app.run; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"vcam.app.tray", "vcam.app.hotkeys", "pystray", "gi", "Xlib", "PIL"} & set(loaded.split())
