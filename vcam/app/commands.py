"""What a running vcam can be told: the same commands for tray, hotkeys, `vcam ctl` and the control page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from vcam.config import Settings
from vcam.errors import ConfigError, VcamError
from vcam.runtime.stats import Snapshot
from vcam.types import Mode


@dataclass(frozen=True, slots=True)
class Status:
    """The running session: the settings in force, whether standby was asked for, the workers' figures."""

    settings: Settings
    standby: bool
    snapshot: Snapshot
    preview_url: str = ""

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON types."""
        return self.snapshot.as_dict() | {
            "mode": self.settings.mode.value,
            "pack": self.settings.pack,
            "mirror": self.settings.mirror,
            "standby": self.standby,
            "preview_url": self.preview_url,
        }


class Controls(Protocol):
    """The switches of a running session; every method may be called from any thread."""

    def status(self) -> Status:
        """What is in force now."""

    def set_mode(self, mode: Mode, *, confirmed: bool = False) -> None:
        """Turn the privacy dial. Raises ConfigError for less privacy that is not `confirmed`."""

    def set_pack(self, name: str) -> None:
        """Take another emoji pack. Raises PackError; then the old one stays."""

    def set_source(self, name: str) -> None:
        """Take another camera."""

    def set_standby(self, on: bool) -> None:
        """Put the standby card out, or the picture again."""

    def set_mirror(self, on: bool) -> None:
        """Flip the picture left to right, or not."""

    def packs(self) -> Sequence[str]:
        """Names of the packs there are, the user's own included."""

    def cameras(self) -> Sequence[str]:
        """Names of the cameras there are now; asks the system, so not for every tick."""

    def quit(self) -> None:
        """End the session; returns at once."""

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Have `callback` called after every change of a switch, on the thread that changed it."""


class Command(StrEnum):
    """What can be told. The value's meaning: see `apply`."""

    STANDBY = "standby"
    MODE = "mode"
    PACK = "pack"
    CAMERA = "camera"
    MIRROR = "mirror"
    QUIT = "quit"


class NotConfirmedError(ConfigError):
    """Less privacy was asked for without saying that it is meant."""


def apply(controls: Controls, command: Command, value: str = "", *, confirmed: bool = False) -> str:
    """Carry out one command and say in a few words what holds now.

    `value`: for `standby` on (the default: it is the panic switch, so twice is still on), off or toggle; for
    `mirror` on, off or toggle (the default); for `mode` a stop of the dial, `more` or `less` privacy; for
    `pack` a name or `next`; for `camera` a name, an index, `auto` or `demo`.
    Raises NotConfirmedError for less privacy without `confirmed`, ConfigError for a value that makes no
    sense, and what the controls raise.
    """
    status = controls.status()
    match command:
        case Command.STANDBY:
            standby = _switch(value or "on", status.standby)
            controls.set_standby(standby)
            return f"standby {'on' if standby else 'off'}"
        case Command.MIRROR:
            mirror = _switch(value or "toggle", status.settings.mirror)
            controls.set_mirror(mirror)
            return f"mirror {'on' if mirror else 'off'}"
        case Command.MODE:
            mode = _mode(value, status.settings.mode)
            if mode.privacy < status.settings.mode.privacy and not confirmed:
                raise NotConfirmedError(exposure(mode), hint="Say that you mean it: add --yes.")
            controls.set_mode(mode, confirmed=confirmed)
            return f"mode {mode}"
        case Command.PACK:
            pack = _pack(value, status.settings.pack, controls)
            controls.set_pack(pack)
            return f"pack {pack}"
        case Command.CAMERA:
            if not value:
                raise ConfigError("a camera's name is missing", hint="See `vcam cameras`.")
            controls.set_source(value)
            return f"camera {value}"
        case Command.QUIT:
            controls.quit()
            return "vcam ends"


def exposure(mode: Mode) -> str:
    """What others will see in this mode, as one sentence for a question."""
    return {
        Mode.AVATAR: "only the emoji will be seen",
        Mode.MASK: "the room and everything but your face will be seen",
        Mode.BESIDE: "your face will be seen, with the emoji beside it",
        Mode.OFF: "your face will be seen as it is",
    }[mode]


def _switch(value: str, now: bool) -> bool:
    values = {"on": True, "off": False, "toggle": not now}
    if value not in values:
        raise ConfigError(f"{value!r} is no position of a switch", hint="Use on, off or toggle.")
    return values[value]


def _mode(value: str, now: Mode) -> Mode:
    dial = list(Mode)
    if value in ("more", "less"):
        step = -1 if value == "more" else 1
        return dial[min(max(dial.index(now) + step, 0), len(dial) - 1)]
    try:
        return Mode(value)
    except ValueError as error:
        hint = f"Use {', '.join(Mode)}, more or less."
        raise ConfigError(f"{value!r} is no mode", hint=hint) from error


def _pack(value: str, now: str, controls: Controls) -> str:
    packs = list(controls.packs())
    if value == "next":
        return packs[(packs.index(now) + 1) % len(packs)] if now in packs else packs[0]
    if value not in packs:
        raise ConfigError(f"there is no pack {value!r}", hint=f"There are: {', '.join(packs)}.")
    return value


def describe(error: Exception) -> str:
    """An error as one line for a notification or a dialog: what happened, and what to do."""
    if isinstance(error, VcamError):
        return f"{error}. {error.hint}"
    return str(error) or type(error).__name__
