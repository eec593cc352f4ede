from typing import Any

import pytest

from vcam.app import hotkeys_macos
from vcam.app.hotkeys import KEYS, parse
from vcam.app.hotkeys_macos import EventHotKeyID, MacHotkeys, key_code, modifiers
from vcam.errors import VcamError


def test_codes() -> None:
    # kVK_ANSI_S 0x01, kVK_ANSI_M 0x2E, kVK_ANSI_0 0x1D, kVK_F12 0x6F
    assert [key_code(parse(f"ctrl+{key}")) for key in ("s", "m", "0", "f12")] == [0x01, 0x2E, 0x1D, 0x6F]
    assert modifiers(parse("super+ctrl+s")) == 0x1100
    assert modifiers(parse("alt+shift+s")) == 0x0A00


def test_no_two_keys_share_a_code() -> None:
    assert len({key_code(parse(f"ctrl+{key}")) for key in KEYS}) == len(KEYS)


class _Carbon:
    """Carbon with an event target that keeps its handler."""

    def __init__(self, taken: int = -1) -> None:
        self.taken = taken
        self.handler: Any = None
        self.registered: list[tuple[int, int]] = []
        self.removed = 0

    def GetApplicationEventTarget(self) -> int:  # noqa: N802
        return 1

    def InstallEventHandler(self, target: int, handler: Any, *_: Any) -> int:  # noqa: N802
        self.handler = handler
        _[-1]._obj.value = 7
        return 0

    def RegisterEventHotKey(self, code: int, flags: int, identity: EventHotKeyID, *_: Any) -> int:  # noqa: N802
        if identity.number == self.taken:
            return -9878
        self.registered.append((code, flags))
        return 0

    def GetEventParameter(self, event: int, *rest: Any) -> int:  # noqa: N802
        rest[-1]._obj.signature, rest[-1]._obj.number = hotkeys_macos._SIGNATURE, event
        return 0

    def UnregisterEventHotKey(self, ref: Any) -> None:  # noqa: N802
        self.removed += 1

    def RemoveEventHandler(self, ref: Any) -> None:  # noqa: N802
        self.handler = None


def test_presses_reach_their_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    carbon = _Carbon()
    monkeypatch.setattr(hotkeys_macos, "_carbon", lambda: carbon)
    calls: list[str] = []
    keys = MacHotkeys(
        {parse("ctrl+s"): lambda: calls.append("s"), parse("ctrl+m"): lambda: calls.append("m")}
    )
    keys.start()
    assert carbon.registered == [(0x01, 0x1000), (0x2E, 0x1000)]
    assert carbon.handler(0, 1, 0) == 0
    assert calls == ["m"]
    keys.stop()
    keys.stop()
    assert carbon.removed == 2
    assert carbon.handler is None


def test_a_taken_combination_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    carbon = _Carbon(taken=1)
    monkeypatch.setattr(hotkeys_macos, "_carbon", lambda: carbon)
    with pytest.raises(VcamError, match=r"ctrl\+m"):
        MacHotkeys({parse("ctrl+s"): list, parse("ctrl+m"): list}).start()
    assert carbon.removed == 1
    assert carbon.handler is None
