"""Hotkeys on X11: passive grabs on the root window, whatever the lock keys are. See `hotkeys.Hotkeys`."""

import contextlib
import logging
import os
import select
import threading
from typing import Any

from vcam.app.hotkeys import Bindings, Combination, taken
from vcam.errors import VcamError

log = logging.getLogger(__name__)

REPEAT_MS = 20
"""X repeats a held key by a release and a press at the same time; no finger is that quick."""
_LOCKS = (0, 2, 16, 18)
"""Without, with Caps Lock (LockMask), with Num Lock (Mod2Mask), with both."""
_MASKS = {"shift": 1, "ctrl": 4, "alt": 8, "super": 64}
"""ShiftMask, ControlMask, Mod1Mask, Mod4Mask of X.h."""
_MODIFIERS = sum(_MASKS.values())


class X11Hotkeys:
    """Grabs the combinations and calls what they are bound to, from a thread of its own."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = dict(bindings)
        self._display: Any = None
        self._thread: threading.Thread | None = None
        self._wake: tuple[int, int] | None = None
        self._codes: dict[tuple[int, int], Combination] = {}

    def start(self) -> None:
        """Claim the combinations. Raises VcamError where one is taken, or X does not answer."""
        from Xlib import display, error

        try:
            self._display = display.Display()
        except (error.DisplayError, error.XError, OSError) as problem:
            raise VcamError(f"X does not answer: {problem}", hint="Use `vcam ctl`.") from problem
        try:
            for combination in self._bindings:
                self._grab(combination)
        except BaseException:
            self._display.close()
            raise
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._listen, name="hotkeys", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give the combinations back."""
        if self._thread is None or self._wake is None:
            return
        os.write(self._wake[1], b"x")
        self._thread.join(5)
        self._thread = None
        for end in self._wake:
            os.close(end)
        self._display.close()  # the server lets go of a closed connection's grabs

    def _grab(self, combination: Combination) -> None:
        from Xlib import XK, X, error

        name = combination.key.upper() if combination.key.startswith("f") and combination.key[1:] else None
        code = self._display.keysym_to_keycode(XK.string_to_keysym(name or combination.key))
        mask = sum(_MASKS[modifier] for modifier in combination.modifiers)
        catch = error.CatchError(error.BadAccess)
        root = self._display.screen().root
        for locks in _LOCKS:
            root.grab_key(code, mask | locks, False, X.GrabModeAsync, X.GrabModeAsync, onerror=catch)
        self._display.sync()
        if code == 0 or catch.get_error():
            raise taken(combination)
        self._codes[code, mask] = combination

    def _listen(self) -> None:
        from Xlib import X, error

        assert self._wake is not None  # noqa: S101  start() has made it
        released_ms: dict[int, int] = {}
        with contextlib.suppress(error.ConnectionClosedError):
            while True:
                while self._display.pending_events():
                    event = self._display.next_event()
                    if event.type == X.KeyRelease:
                        released_ms[event.detail] = event.time
                    elif event.type == X.KeyPress:
                        combination = self._codes.get((event.detail, event.state & _MODIFIERS))
                        again = event.time - released_ms.get(event.detail, -REPEAT_MS) < REPEAT_MS
                        if combination is not None and not again:
                            self._call(combination)
                readable, _, _ = select.select([self._display, self._wake[0]], [], [])
                if self._wake[0] in readable:
                    return

    def _call(self, combination: Combination) -> None:
        try:
            self._bindings[combination]()
        except Exception:
            log.exception("the hotkey %s failed", combination)
