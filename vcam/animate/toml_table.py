"""Strict reading of TOML: every value is checked, and every complaint names file, line and the remedy."""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NoReturn

from vcam.errors import PackError

MAX_BYTES = 64 * 1024
MAX_TEXT = 400
MAX_LINE = 2000
"""A key of tens of thousands of dotted parts takes the parser a quarter of a minute."""


class TomlTable:
    """One table of a TOML file, read key by key; `finish` complains about every key that was not read."""

    def __init__(
        self, values: Mapping[str, object], text: str, file: Path, keys: tuple[str, ...] = ()
    ) -> None:
        self._values = values
        self._text = text
        self._file = file
        self._keys = keys
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def names(self) -> list[str]:
        """The keys that are there, in the file's order."""
        return list(self._values)

    def peek(self, key: str) -> object:
        """The bare value of a key, None where it is missing; does not count as reading it."""
        return self._values.get(key)

    def value(self, key: str) -> object:
        """The bare value of a key that is there (KeyError otherwise), for shapes that this class lacks."""
        self._known.append(key)
        return self._values[key]

    def text(self, key: str, default: str = "", *, choices: Collection[str] = ()) -> str:
        """A string, one of `choices` where any are given. Raises PackError for anything else."""
        self._known.append(key)
        found = self._values.get(key, default)
        if not isinstance(found, str):
            self.fail(key, f"{key} must be text", f'Write {key} = "…", in quotes.')
        if len(found) > MAX_TEXT:
            self.fail(key, f"{key} is {len(found)} characters long", f"Use at most {MAX_TEXT} characters.")
        if choices and found not in choices:
            self.fail(key, f'{key} = "{found[:40]}" is not known', f"Write {listing(choices)}.")
        return found

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A finite number from `low` to `high`. Raises PackError for anything else."""
        self._known.append(key)
        return self._number(key, key, self._values.get(key, default), low, high)

    def pair(self, key: str, default: tuple[float, float], low: float, high: float) -> tuple[float, float]:
        """Two finite numbers from `low` to `high`, [x, y]. Raises PackError for anything else."""
        self._known.append(key)
        found = self._values.get(key, list(default))
        if not isinstance(found, list) or len(found) != 2:
            self.fail(key, f"{key} must be two numbers", f"Write {key} = [{default[0]:g}, {default[1]:g}].")
        x, y = (
            self._number(key, f"{key}'s {axis}", item, low, high)
            for axis, item in zip("xy", found, strict=True)
        )
        return x, y

    def flag(self, key: str, default: bool) -> bool:
        """True or false. Raises PackError for anything else."""
        self._known.append(key)
        found = self._values.get(key, default)
        if not isinstance(found, bool):
            self.fail(
                key, f"{key} must be true or false", f"Write {key} = {str(default).lower()}, without quotes."
            )
        return found

    def table(self, key: str) -> "TomlTable":
        """A table within this one; an empty one where there is none. Raises PackError for another value."""
        self._known.append(key)
        found = self._values.get(key, {})
        if not isinstance(found, dict):
            name = ".".join((*self._keys, key))
            self.fail(
                key, f"{key} must be a table", f"Write [{name}] on a line of its own, its keys below it."
            )
        return TomlTable(found, self._text, self._file, (*self._keys, key))

    def within(self, key: str, values: Mapping[str, object]) -> "TomlTable":
        """An inline table found in the array `key`, read with the same strictness."""
        return TomlTable(values, self._text, self._file, (*self._keys, key))

    def finish(self) -> None:
        """Raises PackError for the first key that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                close = difflib.get_close_matches(key, self._known, 1)
                hint = (
                    f'Did you mean "{close[0]}"?'
                    if close
                    else f"Known here: {listing(sorted(set(self._known)))}."
                )
                self.fail(key, f'"{key[:40]}" is not a key of {self._title()}', hint)

    def fail(self, key: str, message: str, hint: str) -> NoReturn:
        """Raises PackError: the message with file and line of `key` (of the table where it is missing)."""
        raise PackError(f"{self._file.name}, line {self.line(key)}: {message}", hint=hint)

    def line(self, key: str) -> int:
        """The line of `key`, else of this table's header, from 1."""
        return _line_of(self._text, (*self._keys, key))

    def _title(self) -> str:
        return f"[{'.'.join(self._keys)}]" if self._keys else self._file.name

    def _number(self, key: str, name: str, found: object, low: float, high: float) -> float:
        if isinstance(found, bool) or not isinstance(found, int | float):
            self.fail(
                key, f"{name} must be a number", f"Write a number from {low:g} to {high:g}, without quotes."
            )
        if not low <= found <= high:
            self.fail(key, f"{name} is out of range", f"Write a number from {low:g} to {high:g}.")
        return float(found)


def read_toml(file: Path) -> TomlTable:
    """The whole of a TOML file. Raises PackError where it is missing, too large, or not TOML in UTF-8."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise PackError(
            f"{file.name} cannot be read: {error.strerror or error}",
            hint="`vcam packs new` makes one to start from.",
        ) from error
    if len(content) > MAX_BYTES:
        raise PackError(
            f"{file.name} is larger than {MAX_BYTES // 1024} KB",
            hint="A pack's description is a page of text at most.",
        )
    return parse_toml(content, file)


def parse_toml(content: bytes, file: Path) -> TomlTable:
    """The same from bytes; `file` is only named in complaints."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        _check_lines(text, file)
        return TomlTable(tomllib.loads(text), text, file)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PackError(
            f"{file.name}, line {line}: not UTF-8 text", hint="Save the file as UTF-8."
        ) from error
    except (ValueError, RecursionError) as error:
        reason = (
            str(error) if isinstance(error, tomllib.TOMLDecodeError) else "numbers or brackets beyond reason"
        )
        raise PackError(f"{file.name}: {reason}", hint="Correct that line; text goes in quotes.") from error


def _check_lines(text: str, file: Path) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            raise PackError(
                f"{file.name}, line {number}: longer than {MAX_LINE} characters",
                hint="Break it up: a list may go over several lines.",
            )


def listing(names: Collection[str]) -> str:
    """Names as prose: "a", "b" or "c"."""
    quoted = [f'"{name}"' for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """The line on which the path of keys is written, or the longest part of it that is found."""
    here: tuple[str, ...] = ()
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?$", line)
        written = re.match(
            r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""", line
        )
        if header:
            here = found = _split(header[1])
        elif written:
            found = here + _split(written[1])
        else:
            continue
        shared = min(len(found), len(keys))
        if shared > depth and found[:shared] == keys[:shared]:
            best, depth = number, shared
    return best


def _split(dotted: str) -> tuple[str, ...]:
    parts = re.findall(r""""([^"]*)"|'([^']*)'|([\w-]+)""", dotted)
    return tuple(a or b or c for a, b, c in parts)
