"""Every setting once: its name, type, default and help. Strict TOML in, TOML out.

A `Settings` is immutable; a live change makes a new one with `dataclasses.replace` and hands the whole over.
"""

import dataclasses
import difflib
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints

import tomlkit
from platformdirs import user_config_path

from vcam.errors import ConfigError
from vcam.types import Mode, Size


class NoFace(StrEnum):
    """What `mask` mode shows while no face is in sight."""

    COVER = "cover"
    BLUR = "blur"
    SHOW = "show"


def _setting(default: object, text: str, low: int | None = None, high: int | None = None) -> Any:
    return dataclasses.field(default=default, metadata={"help": text, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of vcam. Raises ConfigError where a value is out of range."""

    source: str = _setting("auto", "the camera: auto, demo, a camera's name or index, or a video file")
    output: str = _setting(
        "auto", "where the picture goes: auto, virtualcam, pipewire, both, preview, or a file ending in .mp4"
    )
    device: str = _setting("", "the virtual camera's device name; empty takes the first that works")
    mode: Mode = _setting(Mode.MASK, "the privacy dial: avatar, mask, beside or off")
    pack: str = _setting("puppet", "the name of the emoji pack")
    size: Size = _setting(Size(1280, 720), "the picture's size as WIDTHxHEIGHT, each side even", 64, 4096)
    fps: int = _setting(30, "pictures a second", 1, 120)
    mirror: bool = _setting(False, "true flips the picture left to right")
    no_face: NoFace = _setting(NoFace.BLUR, "what mask mode shows with no face in sight: cover, blur or show")
    max_faces: int = _setting(8, "how many faces are followed", 1, 8)
    idle_s: int = _setting(10, "seconds with nobody watching until the camera closes; 0 never", 0, 3600)
    lock_sleep: bool = _setting(False, "close the camera while the screen is locked (Linux)")
    tray: bool = _setting(True, "show an icon in the tray, where the desktop has one")
    tray_expression: bool = _setting(True, "the tray's icon shows your expression")
    hotkeys: bool = _setting(False, "let keys work vcam while another program has the keyboard")
    hotkey_standby: str = _setting("ctrl+alt+s", "the keys for standby; empty for none")
    hotkey_pack: str = _setting("ctrl+alt+p", "the keys for the next emoji pack; empty for none")
    hotkey_mode: str = _setting("ctrl+alt+m", "the keys for one stop more privacy; empty for none")
    preview_port: int = _setting(0, "the preview page's port on 127.0.0.1; 0 takes a free one", 0, 65535)

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            low, high = field.metadata["low"], field.metadata["high"]
            value = getattr(self, field.name)
            numbers = value if isinstance(value, Size) else (value,)
            if low is not None and not all(low <= number <= high for number in numbers):
                raise ConfigError(f"{field.name} = {value} is out of range", hint=f"Use {low} to {high}.")
        if self.size.width % 2 or self.size.height % 2:
            raise ConfigError(f"size = {self.size} has an odd side", hint="Use an even width and height.")

    @classmethod
    def helps(cls) -> dict[str, str]:
        """Every setting's name and one line of help, in the order of their definition."""
        return {field.name: field.metadata["help"] for field in dataclasses.fields(cls)}


def _size(text: str) -> Size:
    width, height = text.lower().split("x")
    return Size(int(width), int(height))


def _bool(text: str) -> bool:
    return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}[text.lower()]


_FROM_TEXT: Mapping[type, Callable[[str], object]] = {Size: _size, bool: _bool}


def parse(name: str, written: str) -> Any:
    """The value of setting `name` written as text, as on the command line. Raises ConfigError."""
    helps = Settings.helps()
    if name not in helps:
        near = difflib.get_close_matches(name, helps, 1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise ConfigError(f"there is no setting called {name}", hint=f"{meant}There are: {', '.join(helps)}.")
    kind = get_type_hints(Settings)[name]
    try:
        return _FROM_TEXT.get(kind, kind)(written)
    except (ValueError, KeyError) as error:
        raise ConfigError(f"{name} cannot be {written!r}", hint=f"{name} is {helps[name]}.") from error


def text(value: object) -> str:
    """A setting's value as `parse` takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def default_path() -> Path:
    """The settings file in the user's configuration folder."""
    return user_config_path("vcam", appauthor=False, roaming=True) / "settings.toml"


def load(path: Path) -> Settings:
    """The settings in a TOML file, with defaults for what it leaves out; all defaults where there is no file.

    Raises ConfigError, naming file, line and key, for broken TOML, an unknown key, a wrong type or value.
    """
    try:
        content = path.read_text(encoding="utf-8")
        table = tomllib.loads(content)
    except FileNotFoundError:
        return Settings()
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path}: {error}", hint="Correct that line, or start over with `vcam config reset`."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}", hint="Make it a readable text file, or `vcam config reset`."
        ) from error
    values = {}
    for name, value in table.items():
        place = f"{path}, line {_line_of(name, content)}"
        try:
            values[name] = parse(name, _written(name, value))
            Settings(**{name: values[name]})
        except ConfigError as error:
            raise ConfigError(f"{place}: {error}", hint=error.hint) from error
    return Settings(**values)


def _written(name: str, value: object) -> str:
    kind = get_type_hints(Settings).get(name, type(value))
    wanted = kind if kind in (bool, int) or name not in Settings.helps() else str
    if type(value) is not wanted:
        quoted = {bool: "true or false, without quotes", int: "a whole number, without quotes"}
        raise ConfigError(
            f"{name} = {value!r} has the wrong type",
            hint=f"Write {name} as {quoted.get(wanted, 'text in quotes')}: it is {Settings.helps()[name]}.",
        )
    return text(value)


def _line_of(name: str, content: str) -> int:
    pattern = re.compile(rf"\s*(\[\s*)?[\"']?{re.escape(name)}[\"']?\s*[\]=.]")
    return next((n for n, line in enumerate(content.splitlines(), 1) if pattern.match(line)), 1)


def save(path: Path, settings: Settings) -> None:
    """Write the settings that differ from the defaults, atomically; comments in the file stay.

    Raises ConfigError where the file cannot be written.
    """
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        document = tomlkit.document()
    for name in Settings.helps():
        value = getattr(settings, name)
        if value != getattr(Settings(), name):
            document[name] = value if isinstance(value, bool | int) else str(value)
        elif name in document:
            del document[name]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, tomlkit.dumps(document))
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error}", hint="Free some space or correct the folder's permissions."
        ) from error


def _write_atomically(path: Path, content: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
