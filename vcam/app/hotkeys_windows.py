"""Hotkeys on Windows: RegisterHotKey, which belongs to the thread that calls it. See `hotkeys.Hotkeys`."""

import ctypes
import logging
import sys
import threading
from ctypes import wintypes
from typing import Any

from vcam.app.hotkeys import Bindings, Combination, taken
from vcam.errors import VcamError

log = logging.getLogger(__name__)

_MODIFIERS = {"alt": 0x1, "ctrl": 0x2, "shift": 0x4, "super": 0x8}
_NO_REPEAT = 0x4000
_HOTKEY, _QUIT = 0x0312, 0x0012
"""MOD_*, WM_HOTKEY and WM_QUIT of winuser.h."""


class WindowsHotkeys:
    """Registers the combinations in a thread with a message loop, and calls what they are bound to."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = list(bindings.items())
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._error: VcamError | None = None

    def start(self) -> None:
        """Claim the combinations. Raises VcamError where one is taken."""
        self._thread = threading.Thread(target=self._listen, name="hotkeys", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join(5)
            self._thread = None
            raise self._error

    def stop(self) -> None:
        """Give the combinations back."""
        if self._thread is None:
            return
        _user32().PostThreadMessageW(self._thread.native_id, _QUIT, 0, 0)
        self._thread.join(5)
        self._thread = None

    def _listen(self) -> None:
        user32 = _user32()
        registered = []
        try:
            for number, (combination, _) in enumerate(self._bindings):
                if not user32.RegisterHotKey(None, number, modifiers(combination), virtual_key(combination)):
                    self._error = taken(combination)
                    return
                registered.append(number)
            self._ready.set()
            message = wintypes.MSG()
            while user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                if message.message == _HOTKEY:
                    self._call(message.wParam)
        finally:
            for number in registered:
                user32.UnregisterHotKey(None, number)
            self._ready.set()

    def _call(self, number: int) -> None:
        combination, work = self._bindings[number]
        try:
            work()
        except Exception:
            log.exception("the hotkey %s failed", combination)


def modifiers(combination: Combination) -> int:
    """RegisterHotKey's flags for a combination's modifiers."""
    return _NO_REPEAT | sum(_MODIFIERS[name] for name in combination.modifiers)


def virtual_key(combination: Combination) -> int:
    """The virtual key code: letters and digits have their ASCII codes, F1 is 0x70."""
    key = combination.key
    return ord(key.upper()) if len(key) == 1 else 0x70 + int(key[1:]) - 1


def _user32() -> Any:
    if sys.platform != "win32":
        raise OSError("user32 is a library of Windows")
    return ctypes.windll.user32
