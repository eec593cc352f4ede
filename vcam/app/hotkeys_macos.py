"""Hotkeys on macOS: Carbon's RegisterEventHotKey, which needs no permission. See `hotkeys.Hotkeys`.

The events reach the application's main run loop, which the tray runs.
"""

import ctypes
import logging
import sys
from typing import Any

from vcam.app.hotkeys import Bindings, Combination, taken

log = logging.getLogger(__name__)

_MODIFIERS = {"super": 1 << 8, "shift": 1 << 9, "alt": 1 << 11, "ctrl": 1 << 12}
"""cmdKey, shiftKey, optionKey and controlKey of Carbon's Events.h."""
_KEY_CODES = (
    *((key, code) for code, key in enumerate("asdfhgzxcv")),
    *((key, code + 11) for code, key in enumerate("bqweryt123465")),
    ("9", 25), ("7", 26), ("8", 28), ("0", 29), ("o", 31), ("u", 32), ("i", 34), ("p", 35), ("l", 37),
    ("j", 38), ("k", 40), ("n", 45), ("m", 46),
    ("f1", 122), ("f2", 120), ("f3", 99), ("f4", 118), ("f5", 96), ("f6", 97), ("f7", 98), ("f8", 100),
    ("f9", 101), ("f10", 109), ("f11", 103), ("f12", 111),
)  # fmt: skip
"""Virtual key codes of an ANSI keyboard (HIToolbox' Events.h, kVK_*); they name places, not letters."""
_SIGNATURE = int.from_bytes(b"vcam", "big")
_KEYBOARD_CLASS, _HOTKEY_PRESSED = int.from_bytes(b"keyb", "big"), 5
_DIRECT_OBJECT, _HOTKEY_ID = int.from_bytes(b"----", "big"), int.from_bytes(b"hkid", "big")
_FRAMEWORK = "/System/Library/Frameworks/Carbon.framework/Carbon"


class EventTypeSpec(ctypes.Structure):
    """A class and a kind of events."""

    _fields_ = (("event_class", ctypes.c_uint32), ("event_kind", ctypes.c_uint32))


class EventHotKeyID(ctypes.Structure):
    """What tells one hotkey from another."""

    _fields_ = (("signature", ctypes.c_uint32), ("number", ctypes.c_uint32))


_Handler = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class MacHotkeys:
    """Registers the combinations with the application's event target."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = list(bindings.items())
        self._handler = _Handler(self._pressed)
        self._handler_ref = ctypes.c_void_p()
        self._refs: list[ctypes.c_void_p] = []
        self._carbon: Any = None

    def start(self) -> None:
        """Claim the combinations. Raises VcamError where one is taken."""
        self._carbon = _carbon()
        target = self._carbon.GetApplicationEventTarget()
        kind = EventTypeSpec(_KEYBOARD_CLASS, _HOTKEY_PRESSED)
        self._carbon.InstallEventHandler(
            target, self._handler, 1, ctypes.byref(kind), None, ctypes.byref(self._handler_ref)
        )
        for number, (combination, _) in enumerate(self._bindings):
            ref = ctypes.c_void_p()
            status = self._carbon.RegisterEventHotKey(
                key_code(combination),
                modifiers(combination),
                EventHotKeyID(_SIGNATURE, number),
                target,
                0,
                ctypes.byref(ref),
            )
            if status != 0:
                self.stop()
                raise taken(combination)
            self._refs.append(ref)

    def stop(self) -> None:
        """Give the combinations back."""
        for ref in self._refs:
            self._carbon.UnregisterEventHotKey(ref)
        self._refs.clear()
        if self._handler_ref:
            self._carbon.RemoveEventHandler(self._handler_ref)
            self._handler_ref = ctypes.c_void_p()

    def _pressed(self, _caller: int, event: int, _data: int) -> int:
        pressed = EventHotKeyID()
        status = self._carbon.GetEventParameter(
            event, _DIRECT_OBJECT, _HOTKEY_ID, None, ctypes.sizeof(pressed), None, ctypes.byref(pressed)
        )
        if status == 0 and pressed.signature == _SIGNATURE:
            combination, work = self._bindings[pressed.number]
            try:
                work()
            except Exception:
                log.exception("the hotkey %s failed", combination)
        return 0


def modifiers(combination: Combination) -> int:
    """Carbon's flags for a combination's modifiers."""
    return sum(_MODIFIERS[name] for name in combination.modifiers)


def key_code(combination: Combination) -> int:
    """Carbon's virtual key code."""
    return dict(_KEY_CODES)[combination.key]


def _carbon() -> Any:
    if sys.platform != "darwin":
        raise OSError("Carbon is a framework of macOS")
    carbon = ctypes.CDLL(_FRAMEWORK)
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    carbon.GetApplicationEventTarget.restype = pointer
    carbon.InstallEventHandler.argtypes = [pointer, _Handler, ctypes.c_ulong, pointer, pointer, pointer]
    carbon.RegisterEventHotKey.argtypes = [number, number, EventHotKeyID, pointer, number, pointer]
    carbon.GetEventParameter.argtypes = [
        pointer, number, number, pointer, ctypes.c_ulong, pointer, pointer,
    ]  # fmt: skip
    carbon.UnregisterEventHotKey.argtypes = [pointer]
    carbon.RemoveEventHandler.argtypes = [pointer]
    return carbon
