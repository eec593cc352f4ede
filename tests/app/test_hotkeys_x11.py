"""Without a screen; tests/desktop presses real keys."""

import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("X11 is used on Linux only", allow_module_level=True)

from Xlib import X, display, error

from vcam.app.hotkeys import Bindings, parse
from vcam.app.hotkeys_x11 import X11Hotkeys
from vcam.errors import VcamError


class _Event:
    def __init__(self, kind: int, code: int, state: int, time_ms: int) -> None:
        self.type, self.detail, self.state, self.time = kind, code, state, time_ms


class _Display:
    """An X server that has its events ready; `taken` are the key codes that another program grabbed."""

    def __init__(self, events: list[_Event], taken: set[int]) -> None:
        self._events, self._taken = events, taken
        self.grabs: list[tuple[int, int]] = []
        self.closed = threading.Event()
        self._socket = socket.socketpair()

    def screen(self) -> Any:
        return self

    @property
    def root(self) -> Any:
        return self

    def grab_key(self, code: int, mask: int, *_: Any, onerror: Any) -> None:
        self.grabs.append((code, mask))
        if code in self._taken:
            onerror(error.BadAccess.__new__(error.BadAccess), None)

    def keysym_to_keycode(self, keysym: int) -> int:
        return keysym % 256

    def sync(self) -> None:
        pass

    def pending_events(self) -> int:
        return len(self._events)

    def next_event(self) -> _Event:
        return self._events.pop(0)

    def fileno(self) -> int:
        return self._socket[0].fileno()

    def close(self) -> None:
        for end in self._socket:
            end.close()
        self.closed.set()


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Starts hotkeys on a server with these events, and stops them; returns the server."""

    def press(bindings: Bindings, events: list[_Event], taken: set[int] = frozenset()) -> _Display:  # type: ignore[assignment]
        server = _Display(events, taken)
        monkeypatch.setattr(display, "Display", lambda: server)
        keys = X11Hotkeys(bindings)
        keys.start()
        keys.stop()
        keys.stop()
        assert server.closed.is_set()
        return server

    return press


CTRL_ALT, NUM_LOCK = 4 | 8, 16
S = ord("s")


def test_each_lock_key_s_state_is_grabbed(press: Any) -> None:
    server = press({parse("ctrl+alt+s"): list}, [])
    assert server.grabs == [(S, CTRL_ALT), (S, CTRL_ALT | 2), (S, CTRL_ALT | 16), (S, CTRL_ALT | 18)]


def test_a_press_calls_and_a_held_key_calls_once(press: Any) -> None:
    calls: list[int] = []
    events = [_Event(X.KeyPress, S, CTRL_ALT | NUM_LOCK, 1000)]
    for time_ms in range(1660, 3000, 40):
        events += [_Event(X.KeyRelease, S, CTRL_ALT, time_ms), _Event(X.KeyPress, S, CTRL_ALT, time_ms)]
    events += [_Event(X.KeyRelease, S, CTRL_ALT, 3000), _Event(X.KeyPress, S, CTRL_ALT, 3100)]
    press({parse("ctrl+alt+s"): lambda: calls.append(1)}, events)
    assert len(calls) == 2


def test_other_keys_and_a_binding_that_fails_do_no_harm(press: Any) -> None:
    calls: list[int] = []

    def fails() -> None:
        raise RuntimeError("no")

    events = [_Event(X.KeyPress, S, 0, 1), _Event(X.KeyPress, ord("p"), 4, 2), _Event(X.KeyPress, S, 4, 3)]
    press({parse("ctrl+p"): fails, parse("ctrl+s"): lambda: calls.append(1)}, events)
    assert calls == [1]


def test_a_combination_that_another_program_has(monkeypatch: pytest.MonkeyPatch) -> None:
    server = _Display([], {S})
    monkeypatch.setattr(display, "Display", lambda: server)
    with pytest.raises(VcamError, match=r"another program uses ctrl\+s"):
        X11Hotkeys({parse("ctrl+s"): list}).start()
    assert server.closed.is_set()


def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise error.DisplayConnectionError(":9", "refused")

    monkeypatch.setattr(display, "Display", missing)
    with pytest.raises(VcamError, match="X does not answer"):
        X11Hotkeys({}).start()
