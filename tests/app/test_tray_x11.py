"""Without a screen; tests/desktop clicks the real one."""

import os
import types
from typing import Any

import pytest
from PIL import Image

pytest.importorskip("Xlib")

from Xlib import X, display, error

from vcam.app import tray_x11
from vcam.app.tray_x11 import X11Icon

OURS, PANEL, ROOT = 7, 8, 1
PICTURE = Image.new("RGBA", (64, 64), (255, 0, 0, 255))


def _window(number: int) -> types.SimpleNamespace:
    return types.SimpleNamespace(id=number)


def _event(kind: int, window: int = OURS, **more: Any) -> types.SimpleNamespace:
    return types.SimpleNamespace(type=kind, window=_window(window), **more)


CLICK = _event(X.ButtonPress, detail=1)
GONE = _event(X.DestroyNotify, PANEL)


class _Server:
    """An X server with its events ready; it is its own root, panel and icon window."""

    id, root_depth = OURS, 24

    def __init__(self, *events: Any, panel: bool = True) -> None:
        self._events = list(events)
        self._has_panel = panel
        self.masks: list[int] = []
        self.sent: list[Any] = []
        self.painted: list[bytes] = []
        self.names: list[str] = []
        self.closed = False

    def screen(self) -> Any:
        return types.SimpleNamespace(root=self._root(), root_depth=24)

    def _root(self) -> Any:
        return types.SimpleNamespace(id=ROOT, create_window=self._create_window)

    def _create_window(self, *_: Any, event_mask: int, **__: Any) -> "_Server":
        self.masks.append(event_mask)
        return self

    def get_selection_owner(self, selection: int) -> Any:
        return (
            types.SimpleNamespace(
                id=PANEL,
                __window__=lambda: PANEL,
                change_attributes=lambda event_mask: self.masks.append(event_mask),
                send_event=lambda message, event_mask: self.sent.append(message),
            )
            if self._has_panel
            else X.NONE
        )

    def pending_events(self) -> int:
        return len(self._events)

    def next_event(self) -> Any:
        return self._events.pop(0)

    def fileno(self) -> int:
        return self._pipe[0]

    def __enter__(self) -> "_Server":
        self._pipe = os.pipe()
        return self

    def __exit__(self, *_: object) -> None:
        for end in self._pipe:
            os.close(end)

    def close(self) -> None:
        self.closed = True

    def intern_atom(self, name: str) -> int:
        return len(name)

    def get_default_screen(self) -> int:
        return 0

    def get_geometry(self) -> Any:
        return types.SimpleNamespace(width=24, height=30)

    def get_image(self, *_: Any) -> Any:
        return types.SimpleNamespace(data=bytes(24 * 30 * 4))

    def put_image(self, *arguments: Any) -> None:
        self.painted.append(arguments[-1])

    def set_wm_name(self, name: str) -> None:
        self.names.append(name)

    def __getattr__(self, name: str) -> Any:
        if name in {
            "flush",
            "create_gc",
            "change_property",
            "set_wm_class",
            "set_wm_normal_hints",
            "clear_area",
        }:
            return lambda *_, **__: None
        raise AttributeError(name)


def _run(monkeypatch: pytest.MonkeyPatch, server: _Server, icon: X11Icon) -> bool:
    """Run the icon to its end; whether it was offered to a panel."""
    offered: list[object] = []
    monkeypatch.setattr(display, "Display", lambda: server)
    with server:
        icon.run(offered.append)
    assert server.closed
    return bool(offered)


def test_it_asks_for_clicks_and_calls_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    icon = X11Icon("vcam", PICTURE, "vcam: Live")
    clicked: list[object] = []
    icon.menu = clicked.append
    other_button = _event(X.ButtonPress, detail=3)
    server = _Server(CLICK, other_button, _event(X.ButtonPress, PANEL, detail=1), GONE)
    assert _run(monkeypatch, server, icon)
    assert server.masks[0] & X.ButtonPressMask
    assert clicked == [icon]
    assert server.sent[0].data[1][2] == OURS


def test_it_is_painted_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    icon = X11Icon("vcam", PICTURE, "vcam: Live")
    server = _Server(_event(X.Expose))
    monkeypatch.setattr(tray_x11._Docked, "draw", _then_stop(icon, tray_x11._Docked.draw))
    assert _run(monkeypatch, server, icon)
    (pixels,) = server.painted
    rows = [pixels[row * 96 : (row + 1) * 96] for row in range(30)]
    assert set(rows[2]) == {0}
    assert rows[3][:4] == bytes([0, 0, 255, 255]) or rows[3][:3] == bytes([0, 0, 255])
    assert server.names == ["vcam: Live"]


def _then_stop(icon: X11Icon, draw: Any) -> Any:
    def drawn(self: Any, picture: Image.Image, title: str) -> None:
        draw(self, picture, title)
        icon.stop()

    return drawn


def test_a_change_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    icon = X11Icon("vcam", PICTURE, "one")
    drawn: list[tuple[object, str]] = []
    blue = Image.new("RGBA", (64, 64), (0, 0, 255, 255))

    def draw(self: Any, picture: object, title: str) -> None:
        drawn.append((picture, title))
        if len(drawn) == 1:
            icon.icon = blue
        elif len(drawn) == 2:
            icon.title = "two"
        else:
            icon.stop()

    monkeypatch.setattr(tray_x11._Docked, "draw", draw)
    assert _run(monkeypatch, _Server(), icon)
    assert drawn == [(PICTURE, "one"), (blue, "one"), (blue, "two")]


@pytest.mark.parametrize(
    "events",
    [
        [GONE],
        [_event(X.DestroyNotify)],
        [_event(X.ReparentNotify, parent=_window(PANEL)), _event(X.ReparentNotify, parent=_window(ROOT))],
    ],
    ids=["panel ended", "window ended", "given back"],
)
def test_it_ends_with_its_panel(monkeypatch: pytest.MonkeyPatch, events: list[Any]) -> None:
    assert _run(monkeypatch, _Server(*events), X11Icon("vcam", PICTURE, ""))


def test_without_a_panel_it_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _run(monkeypatch, _Server(panel=False), X11Icon("vcam", PICTURE, ""))


def test_stopped_before_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    icon = X11Icon("vcam", PICTURE, "")
    icon.stop()
    icon.stop()
    assert _run(monkeypatch, _Server(), icon)


def test_many_changes_before_it_runs_do_not_block() -> None:
    icon = X11Icon("vcam", PICTURE, "")
    for count in range(100_000):
        icon.title = str(count)
    assert icon.title == "99999"


def test_a_window_that_is_not_there_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    icon = X11Icon("vcam", PICTURE, "")
    server = _Server()

    def missing() -> None:
        icon.stop()
        raise error.XError.__new__(error.BadDrawable)

    monkeypatch.setattr(server, "get_geometry", missing)
    assert _run(monkeypatch, server, icon)
    assert server.painted == []
