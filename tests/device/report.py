"""What was checked, as rows of a table."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "ok"
    FAILED = "FAILED"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Row:
    """One check: where it ran, what it checked, how it ended, and the figures or the reason."""

    where: str
    check: str
    outcome: Outcome
    detail: str

    def to_json(self) -> str:
        """One line that `from_json` reads; how rows travel out of the guest."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Row":
        """The row in a line of `to_json`. Raises ValueError or TypeError for any other line."""
        row = cls(**json.loads(line))
        return cls(row.where, row.check, Outcome(row.outcome), row.detail)


class CheckFailedError(Exception):
    """What was checked is not so; the message holds what was seen."""


class SkipError(Exception):
    """The check cannot be made here; the message says why."""


def require(condition: object, seen: str) -> None:
    """Raise CheckFailedError with what was seen, unless the condition holds."""
    if not condition:
        raise CheckFailedError(seen)


class Report:
    """Collects rows; `told` is called with each as soon as it is known."""

    def __init__(self, where: str, told: Callable[[Row], None]) -> None:
        self.where = where
        self.rows: list[Row] = []
        self._told = told

    def add(self, check: str, outcome: Outcome, detail: str) -> None:
        """Add one row."""
        row = Row(self.where, check, outcome, detail)
        self.rows.append(row)
        self._told(row)

    @contextlib.contextmanager
    def check(self, name: str) -> Iterator[list[str]]:
        """A check: the body appends figures to the list it gets, and raises where the check fails.

        Whatever goes wrong becomes a row, so that the checks after it still run.
        """
        figures: list[str] = []
        started_s = time.monotonic()
        outcome = Outcome.FAILED
        try:
            yield figures
            outcome = Outcome.PASSED
        except SkipError as reason:
            outcome = Outcome.SKIPPED
            figures.append(str(reason))
        except Exception as error:  # noqa: BLE001 (a broken check must not hide the others)
            figures.append(str(error) if isinstance(error, CheckFailedError) else repr(error))
        figures.append(f"[{time.monotonic() - started_s:.0f} s]")
        self.add(name, outcome, " ".join(figures))


def table(rows: list[Row]) -> str:
    """All rows, aligned."""
    widths = [
        max((len(getattr(row, part)) for row in rows), default=0) for part in ("outcome", "where", "check")
    ]
    return "\n".join(
        f"{row.outcome:<{widths[0]}}  {row.where:<{widths[1]}}  {row.check:<{widths[2]}}  {row.detail}"
        for row in rows
    )
