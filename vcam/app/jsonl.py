"""Writes JSON lines; a file that could not be finished is not left behind."""

import json
from pathlib import Path
from types import TracebackType

from vcam.errors import SinkError
from vcam.types import Expression


class LinesFile:
    """A JSON Lines file, one object a line, readable while it grows.

    Raises SinkError where it cannot be written. As a context manager it removes what it wrote when the block
    fails and `keep` is False.
    """

    def __init__(self, path: Path, *, keep: bool = False) -> None:
        self._path = path
        self._keep = keep
        try:
            self._file = path.open("w", encoding="utf-8", buffering=1)
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self, entry: object) -> None:
        """Add one line."""
        try:
            self._file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def __enter__(self) -> "LinesFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as failed:
            if kind is None:
                raise self._unwritable(failed) from failed
        if kind is not None and not self._keep:
            self._path.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> SinkError:
        return SinkError(
            f"{self._path} cannot be written: {error.strerror or error}",
            hint="Choose a folder that exists and has space.",
        )


def expression_json(expression: Expression) -> dict[str, object]:
    """An expression as plain JSON types: label, probabilities, certain."""
    return {
        "expression": expression.label.value,
        "probabilities": {label.value: round(p, 4) for label, p in expression.probabilities.items()},
        "certain": expression.certain,
    }
