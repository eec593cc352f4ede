import ctypes
import queue
from typing import Any

import pytest

from vcam.app import hotkeys_windows
from vcam.app.hotkeys import parse
from vcam.app.hotkeys_windows import WindowsHotkeys, modifiers, virtual_key
from vcam.errors import VcamError


@pytest.mark.parametrize(
    ("text", "flags", "key"),
    [("ctrl+alt+s", 0x4003, 0x53), ("super+1", 0x4008, 0x31), ("shift+f12", 0x4004, 0x7B)],
)
def test_codes(text: str, flags: int, key: int) -> None:
    assert modifiers(parse(text)) == flags
    assert virtual_key(parse(text)) == key


class _User32:
    """user32 with a message queue of its own."""

    def __init__(self, taken: int = -1) -> None:
        self.taken = taken
        self.registered: dict[int, tuple[int, int]] = {}
        self.messages: queue.Queue[tuple[int, int]] = queue.Queue()

    def RegisterHotKey(self, window: None, number: int, flags: int, key: int) -> int:  # noqa: N802
        if number == self.taken:
            return 0
        self.registered[number] = flags, key
        return 1

    def UnregisterHotKey(self, window: None, number: int) -> None:  # noqa: N802
        del self.registered[number]

    def GetMessageW(self, reference: Any, *_: object) -> int:  # noqa: N802
        kind, number = self.messages.get(timeout=5)
        reference._obj.message, reference._obj.wParam = kind, number
        return int(kind != hotkeys_windows._QUIT)

    def PostThreadMessageW(self, thread: int, kind: int, *_: int) -> None:  # noqa: N802
        self.messages.put((kind, 0))


def test_presses_reach_their_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    user32 = _User32()
    monkeypatch.setattr(hotkeys_windows, "_user32", lambda: user32)
    calls: list[str] = []

    def fails() -> None:
        raise RuntimeError("no")

    keys = WindowsHotkeys({parse("ctrl+s"): lambda: calls.append("s"), parse("ctrl+p"): fails})
    keys.start()
    assert user32.registered == {0: (0x4002, 0x53), 1: (0x4002, 0x50)}
    for number in (1, 0):
        user32.messages.put((hotkeys_windows._HOTKEY, number))
    keys.stop()
    keys.stop()
    assert calls == ["s"]
    assert user32.registered == {}


def test_a_taken_combination_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    user32 = _User32(taken=1)
    monkeypatch.setattr(hotkeys_windows, "_user32", lambda: user32)
    with pytest.raises(VcamError, match=r"ctrl\+p"):
        WindowsHotkeys({parse("ctrl+s"): list, parse("ctrl+p"): list}).start()
    assert user32.registered == {}


def test_messages_have_windows_layout() -> None:
    assert ctypes.sizeof(hotkeys_windows.wintypes.MSG) >= 28
