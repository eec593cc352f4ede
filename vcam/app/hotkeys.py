"""Global hotkeys: a key combination that works while another program has the keyboard.

Only the combinations themselves are asked of the system: no other key is seen. Wayland leaves global keys to
the desktop; there `vcam ctl` is what to bind.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from vcam.app import desktop
from vcam.config import Settings
from vcam.errors import ConfigError, VcamError

MODIFIERS = ("ctrl", "alt", "shift", "super")
"""`super` is the Windows key, and Command on macOS."""
KEYS = (
    *"abcdefghijklmnopqrstuvwxyz",
    *"0123456789",
    *(f"f{number}" for number in range(1, 13)),
)


@dataclass(frozen=True, slots=True)
class Combination:
    """Modifiers and a key that are pressed together."""

    modifiers: frozenset[str]
    key: str

    def __str__(self) -> str:
        return "+".join([*(name for name in MODIFIERS if name in self.modifiers), self.key])


class Hotkeys(Protocol):
    """Combinations that are listened for between `start` and `stop`."""

    def start(self) -> None:
        """Claim the combinations. Raises VcamError where one is taken; then none is claimed."""

    def stop(self) -> None:
        """Give them back; a second call does nothing."""


Bindings = Mapping[Combination, Callable[[], object]]
"""What to call for each combination, on a thread of the hotkeys' own; it must return soon."""


def parse(text: str) -> Combination:
    """A combination written as `ctrl+alt+s`. Raises ConfigError for anything else, or without a modifier."""
    *modifiers, key = (part.strip() for part in text.lower().split("+"))
    if key not in KEYS or not modifiers or not set(modifiers) <= set(MODIFIERS):
        hint = f"Join {', '.join(MODIFIERS)} and a letter, a digit or f1 to f12 by +, such as ctrl+alt+s."
        raise ConfigError(f"{text!r} is no key combination", hint=hint)
    if set(modifiers) == {"shift"} and len(key) == 1:
        raise ConfigError(f"{text!r} is a capital letter", hint="Add ctrl, alt or super.")
    return Combination(frozenset(modifiers), key)


def from_settings(settings: Settings, request: Callable[[str, str], object]) -> Bindings:
    """The three hotkeys of the settings; `request` gets a command's name and value. Raises ConfigError."""
    wanted = {
        settings.hotkey_standby: ("standby", "toggle"),
        settings.hotkey_pack: ("pack", "next"),
        settings.hotkey_mode: ("mode", "more"),
    }
    return {parse(text): partial(request, *command) for text, command in wanted.items() if text}


def for_this_system(bindings: Bindings) -> Hotkeys:
    """Hotkeys for this desktop, not started yet. Raises VcamError where the system forbids them."""
    if sys.platform == "win32":
        from vcam.app.hotkeys_windows import WindowsHotkeys

        return WindowsHotkeys(bindings)
    if sys.platform == "darwin":
        from vcam.app.hotkeys_macos import MacHotkeys

        return MacHotkeys(bindings)
    session = desktop.session()
    if session == "wayland":
        raise VcamError(
            "Wayland leaves global hotkeys to the desktop",
            hint="In its keyboard settings, bind `vcam ctl standby toggle`, `vcam ctl pack next` and "
            "`vcam ctl mode more`.",
        )
    if session != "x11":
        raise VcamError("there is no desktop session, so no hotkeys", hint="Use `vcam ctl`.")
    from vcam.app.hotkeys_x11 import X11Hotkeys

    return X11Hotkeys(bindings)


def taken(combination: Combination) -> VcamError:
    """The error for a combination that another program has."""
    return VcamError(
        f"another program uses {combination}",
        hint="Choose other keys with `vcam config set hotkey_standby` (or hotkey_pack, hotkey_mode).",
    )
