"""The result of one check, as data."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a check ended: fine, worth knowing, or in the way of using vcam."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Fix(StrEnum):
    """What vcam can put right by itself, with the rights it has."""

    MODELS = "get the models"
    LOOPBACK = "bring the virtual camera back"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    `hint` says what to do in one sentence; `commands` are the exact lines to paste into a terminal, in order;
    `fix` is set where `vcam doctor --fix` does it.
    """

    check: str
    level: Level
    message: str
    hint: str = ""
    commands: tuple[str, ...] = ()
    fix: Fix | None = None


def ok(check: str, message: str) -> Finding:
    """A finding that needs nothing."""
    return Finding(check, Level.OK, message)


def warn(check: str, message: str, hint: str, *commands: str, fix: Fix | None = None) -> Finding:
    """A finding that vcam can live with."""
    return Finding(check, Level.WARN, message, hint, commands, fix)


def fail(check: str, message: str, hint: str, *commands: str, fix: Fix | None = None) -> Finding:
    """A finding that keeps vcam from its main job."""
    return Finding(check, Level.FAIL, message, hint, commands, fix)
