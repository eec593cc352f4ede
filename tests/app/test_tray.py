"""The tray on pystray's part without a screen; tests/desktop clicks the real one."""

import importlib
import os
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.switchboard import Switchboard
from vcam.app import autostart, tray, tray_backend
from vcam.app.icon import Look, draw
from vcam.app.notify import Notice
from vcam.app.tray import Tray
from vcam.types import Label, Mode


@pytest.fixture
def pystray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module with its dummy part, whatever desktop the test runs on."""
    for name in [name for name in sys.modules if name.split(".")[0] == "pystray"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
    yield importlib.import_module("pystray")
    assert os.environ["PYSTRAY_BACKEND"] == "dummy"


@pytest.fixture
def board() -> Switchboard:
    return Switchboard(mode=Mode.MASK)


class _Icon:
    """An icon that runs until it is stopped, and remembers its menus."""

    HAS_NOTIFICATION = True

    def __init__(self, name: str, icon: object, title: str) -> None:
        self.icon, self.title, self.visible = icon, title, False
        self.menus: list[Any] = []
        self.notes: list[tuple[str, str]] = []
        self._over = threading.Event()

    @property
    def menu(self) -> Any:
        return self.menus[-1] if self.menus else None

    @menu.setter
    def menu(self, menu: Any) -> None:
        self.menus.append(menu)

    def run(self, setup: Any) -> None:
        setup(self)
        self._over.wait(10)

    def stop(self) -> None:
        self._over.set()

    def notify(self, text: str, title: str) -> None:
        self.notes.append((text, title))


@pytest.fixture
def shown(board: Switchboard, pystray: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Tray, _Icon]]:
    """A tray whose icon is shown, refreshed by hand."""
    monkeypatch.setattr(autostart, "for_this_system", lambda: types.SimpleNamespace(enabled=lambda: False))
    icon = _Icon("vcam", None, "")
    shown = Tray(board)
    shown._begin(icon)
    shown._refresh()
    yield shown, icon
    shown.stop()


def _items(icon: _Icon) -> dict[str, Any]:
    return {item.text: item for item in icon.menu.items}


def test_the_icon_and_its_words_follow_the_session(shown: tuple[Tray, _Icon], board: Switchboard) -> None:
    panel, icon = shown
    assert icon.visible
    assert icon.icon is draw(Look.LIVE, Label.HAPPINESS)
    assert icon.title == "vcam: Live: C920, 30 fps"
    board.set_standby(True)
    panel._refresh()
    assert icon.icon is draw(Look.STANDBY, Label.HAPPINESS)
    assert _items(icon)["Standby"].checked


def test_a_click_asks_and_the_mark_follows_the_change(shown: tuple[Tray, _Icon], board: Switchboard) -> None:
    panel, icon = shown
    assert not _items(icon)["Standby"].checked
    icon.menu(icon)
    assert board.told == [("standby", True)]
    panel._refresh()
    assert _items(icon)["Standby"].checked


def test_every_entry_has_its_own_action(shown: tuple[Tray, _Icon], monkeypatch: pytest.MonkeyPatch) -> None:
    panel, icon = shown
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(panel.actions, "request", lambda act, value: asked.append((act, value)))
    items = _items(icon)
    items["Emoji only"](icon)
    for child in items["Emoji pack"].submenu.items:
        child(icon)
    assert asked == [("mode", "avatar"), ("pack", "broken"), ("pack", "classic"), ("pack", "mine")]


def test_the_menu_is_there_before_the_icon(
    board: Switchboard, pystray: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autostart, "for_this_system", lambda: types.SimpleNamespace(enabled=lambda: False))
    seen: list[bool] = []

    class Icon(_Icon):
        def __setattr__(self, name: str, value: object) -> None:
            if name == "visible" and value:
                seen.append(self.menu is not None)
            super().__setattr__(name, value)

    panel = Tray(board)
    panel._begin(Icon("vcam", None, ""))
    assert seen == [True]
    panel.stop()


def test_the_menu_is_rebuilt_only_for_news(shown: tuple[Tray, _Icon], board: Switchboard) -> None:
    panel, icon = shown
    count = len(icon.menus)
    panel._refresh()
    assert len(icon.menus) == count
    board.set_mirror(True)
    panel._refresh()
    assert len(icon.menus) == count + 1


def test_an_open_menu_is_left_alone_until_it_closes(
    shown: tuple[Tray, _Icon], board: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, icon = shown
    count = len(icon.menus)
    monkeypatch.setattr(tray_backend, "menu_is_open", lambda icon: True)
    board.set_mirror(True)
    panel._refresh()
    assert len(icon.menus) == count
    monkeypatch.setattr(tray_backend, "menu_is_open", lambda icon: False)
    panel._refresh()
    assert _items(icon)["Mirror"].checked


def test_a_status_line_that_can_be_renamed_does_not_rebuild_the_menu(
    shown: tuple[Tray, _Icon], board: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    panel, icon = shown
    names: list[str] = []
    count = len(icon.menus)
    monkeypatch.setattr(tray_backend, "rename_first_entry", lambda icon, text: names.append(text) or True)
    board.change(snapshot=dataclasses.replace(board.now.snapshot, expression="fear"))
    panel._refresh()
    assert names == ["Live: C920, 30 fps, fear"]
    assert len(icon.menus) == count


def test_cameras_are_listed_again_only_when_one_came_or_went(
    shown: tuple[Tray, _Icon], board: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, icon = shown
    marks = iter([1, 1, 1, 2])
    listed: list[list[str]] = []

    def cameras() -> list[str]:
        listed.append(["C920", "New one"])
        return listed[-1]

    monkeypatch.setattr(tray, "_cameras_mark", lambda now_s: next(marks))
    monkeypatch.setattr(board, "cameras", cameras)
    for count in (1, 1, 1, 2):
        panel._refresh()
        assert len(listed) == count
    assert "New one" in [item.text for item in _items(icon)["Camera"].submenu.items]


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own folder")
def test_the_mark_is_the_folder_s_content(tmp_path: Path) -> None:
    before = tray._cameras_mark(0.0, tmp_path)
    assert tray._cameras_mark(9999.0, tmp_path) == before
    (tmp_path / "video0").touch()
    assert tray._cameras_mark(9999.0, tmp_path) != before


def test_a_notice_fits_windows(shown: tuple[Tray, _Icon]) -> None:
    panel, icon = shown
    panel.notify(Notice("t" * 100, "x" * 400))
    ((text, title),) = icon.notes
    assert (len(title), len(text)) == (63, 255)


def test_without_an_icon_notices_go_another_way(board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Notice] = []
    monkeypatch.setattr(tray.notify, "send", lambda notice: sent.append(notice) or True)
    Tray(board).notify(Notice("a", "b"))
    assert sent == [Notice("a", "b")]


def test_no_tray_is_said_once_and_run_goes_on(board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    rounds: list[None] = []
    panel = Tray(board, tell_once=said.append)

    def no_host() -> bool:
        rounds.append(None)
        if len(rounds) == 4:
            panel.stop()
        return False

    monkeypatch.setattr(tray, "HOST_RETRY_S", 0.0)
    monkeypatch.setattr(tray, "HOST_PATIENCE_S", -1.0)
    monkeypatch.setattr(tray_backend, "has_host", no_host)
    panel.run()
    assert len(rounds) == 4
    assert len(said) == 1
    assert "vcam ctl" in said[0]


def test_an_icon_that_ends_is_made_again(
    board: Switchboard, monkeypatch: pytest.MonkeyPatch, pystray: Any
) -> None:
    icons: list[_Icon] = []
    panel = Tray(board)

    def make(*arguments: Any) -> _Icon:
        icons.append(_Icon(*arguments))
        if len(icons) == 3:
            panel.stop()
        icons[-1].stop()
        return icons[-1]

    monkeypatch.setattr(tray, "HOST_RETRY_S", 0.0)
    monkeypatch.setattr(tray_backend, "has_host", lambda: True)
    monkeypatch.setattr(tray_backend, "load", lambda: make)
    panel.run()
    assert len(icons) == 3


def test_a_tray_that_cannot_be_used_is_no_end(board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    panel = Tray(board, tell_once=said.append)

    def broken() -> None:
        if said:
            panel.stop()
        raise ImportError("no part of pystray works")

    monkeypatch.setattr(tray, "HOST_RETRY_S", 0.0)
    monkeypatch.setattr(tray_backend, "has_host", lambda: True)
    monkeypatch.setattr(tray_backend, "load", broken)
    panel.run()
    assert len(said) == 1


def test_stop_before_run_and_twice(board: Switchboard) -> None:
    panel = Tray(board)
    panel.stop()
    panel.stop()
    panel.run()
