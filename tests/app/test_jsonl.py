import json
from pathlib import Path

import pytest

from vcam.app.jsonl import LinesFile, expression_json
from vcam.errors import SinkError
from vcam.types import Expression, Label


def test_lines_can_be_read_while_the_file_grows(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    with LinesFile(path) as lines:
        lines.write({"name": "Zoë"})
        assert json.loads(path.read_text(encoding="utf-8")) == {"name": "Zoë"}
        lines.write({"seq": 1})
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("keep", [False, True])
def test_a_failed_run_leaves_no_half_written_file_unless_asked(tmp_path: Path, keep: bool) -> None:
    path = tmp_path / "lines.jsonl"

    def run() -> None:
        with LinesFile(path, keep=keep) as lines:
            lines.write({})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()
    assert path.exists() is keep


def test_an_impossible_place_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="cannot be written") as caught:
        LinesFile(tmp_path / "nowhere" / "lines.jsonl")
    assert caught.value.hint


def test_expression_as_json() -> None:
    expression = Expression(Label.FEAR, {Label.FEAR: 0.123456, Label.ANGER: 0.5}, certain=False)
    assert expression_json(expression) == {
        "expression": "fear",
        "probabilities": {"fear": 0.1235, "anger": 0.5},
        "certain": False,
    }
