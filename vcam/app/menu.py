"""The tray's menu as data: what it says and what each entry asks for, made from the session's status."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vcam.app.commands import Status
from vcam.app.icon import Look
from vcam.runtime.stats import State
from vcam.types import Label, Mode

TITLE_CHARACTERS = 127
"""What Windows shows of an icon's tooltip."""


class Act(StrEnum):
    """What an entry asks for; those that are commands, too, have the command's name."""

    NOTHING = ""
    STANDBY = "standby"
    MODE = "mode"
    PACK = "pack"
    CAMERA = "camera"
    MIRROR = "mirror"
    ADD_EMOJI = "add emoji"
    PACKS_FOLDER = "packs folder"
    PREVIEW = "preview"
    AUTOSTART = "autostart"
    DOCTOR = "doctor"
    ABOUT = "about"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `checked` None: no mark. With `children` it opens a submenu."""

    text: str
    act: Act = Act.NOTHING
    value: str = ""
    checked: bool | None = None
    radio: bool = False
    default: bool = False
    enabled: bool = True
    children: tuple["Entry", ...] = ()


SEPARATOR = Entry("")

_MODES = {
    Mode.AVATAR: "Emoji only",
    Mode.MASK: "Emoji on my face",
    Mode.BESIDE: "Emoji beside my face",
    Mode.OFF: "No emoji",
}


def look(status: Status) -> Look:
    """What the icon says: trouble that stops everything first, then standby, then any other trouble."""
    snapshot = status.snapshot
    if snapshot.state is State.FAILED:
        return Look.TROUBLE
    if status.standby:
        return Look.STANDBY
    if snapshot.problem or snapshot.state is State.RECONNECTING:
        return Look.TROUBLE
    if snapshot.state is not State.LIVE:
        return Look.STANDBY
    return Look.OFF if status.settings.mode is Mode.OFF else Look.LIVE


def expression(status: Status) -> Label | None:
    """The expression that the first face shows; None where there is none to show."""
    names = {label.value: label for label in Label}
    return names.get(status.snapshot.expression) if status.snapshot.state is State.LIVE else None


def status_line(status: Status) -> str:
    """State, camera, rate and expression in one line."""
    snapshot = status.snapshot
    parts = [snapshot.source] if snapshot.source else []
    if snapshot.state is State.LIVE:
        parts.append(f"{snapshot.fps_out:.0f} fps")
        parts += [snapshot.expression] if snapshot.expression else []
    return ": ".join(part for part in (snapshot.state.value.capitalize(), ", ".join(parts)) if part)


def title(status: Status) -> str:
    """The icon's tooltip."""
    text = f"vcam: {status_line(status)}"
    return text if len(text) <= TITLE_CHARACTERS else text[: TITLE_CHARACTERS - 1] + "…"


def build(
    status: Status, packs: Sequence[str], cameras: Sequence[str], *, autostart: bool
) -> tuple[Entry, ...]:
    """The whole menu. Its first entry is the status line."""
    settings, snapshot = status.settings, status.snapshot
    trouble = [Entry(text, enabled=False) for text in (snapshot.problem, snapshot.hint) if text]
    return (
        Entry(status_line(status), enabled=False),
        *trouble,
        SEPARATOR,
        Entry("Standby", Act.STANDBY, "toggle", checked=status.standby, default=True),
        SEPARATOR,
        *(
            Entry(text, Act.MODE, mode, checked=mode is settings.mode, radio=True)
            for mode, text in _MODES.items()
        ),
        SEPARATOR,
        Entry("Emoji pack", children=_radio(Act.PACK, {pack: pack for pack in packs}, settings.pack)),
        Entry("Camera", children=_radio(Act.CAMERA, _cameras(cameras), settings.source)),
        Entry("Mirror", Act.MIRROR, "toggle", checked=settings.mirror),
        SEPARATOR,
        Entry(
            "Add emoji for",
            children=tuple(Entry(f"{label.capitalize()}…", Act.ADD_EMOJI, label) for label in Label),
        ),
        Entry("Open packs folder", Act.PACKS_FOLDER),
        Entry("Open preview", Act.PREVIEW, enabled=bool(status.preview_url)),
        SEPARATOR,
        Entry("Start at login", Act.AUTOSTART, checked=autostart),
        Entry("Check this system…", Act.DOCTOR),
        Entry("About vcam", Act.ABOUT),
        Entry("Quit", Act.QUIT),
    )


def _cameras(names: Sequence[str]) -> dict[str, str]:
    return {"auto": "Automatic"} | {name: name for name in names} | {"demo": "Demo"}


def _radio(act: Act, texts: dict[str, str], chosen: str) -> tuple[Entry, ...]:
    if chosen not in texts:
        texts = texts | {chosen: chosen}
    return tuple(
        Entry(text, act, value, checked=value == chosen, radio=True) for value, text in texts.items()
    )
