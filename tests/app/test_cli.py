import argparse
import sys
import types

import pytest

from vcam import __version__
from vcam.app import cli
from vcam.errors import CameraError


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """A command `run` whose handler does what the test says."""
    seen = types.SimpleNamespace(handler=lambda _: 0, parsed=None)

    def handle(parsed: argparse.Namespace) -> int:
        seen.parsed = parsed
        return seen.handler(parsed)

    def add_commands(subparsers: argparse._SubParsersAction) -> None:
        parser = subparsers.add_parser("run")
        parser.add_argument("--source")
        parser.set_defaults(handler=handle)

    module = types.ModuleType("fake_command")
    module.add_commands = add_commands
    monkeypatch.setitem(sys.modules, "fake_command", module)
    monkeypatch.setattr(cli, "COMMANDS", {"run": "fake_command"})
    return seen


def test_without_a_command_it_runs(command: types.SimpleNamespace) -> None:
    assert cli.main([]) == 0
    assert cli.main(["--source", "demo"]) == 0
    assert command.parsed.source == "demo"


def test_an_error_is_a_sentence_and_a_hint(
    command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise CameraError("the camera is gone", hint="Plug it in again.")

    command.handler = fail
    assert cli.main(["run"]) == 1
    assert capsys.readouterr().err == "vcam: the camera is gone\n  Plug it in again.\n"


def test_a_fault_of_ours_shows_no_traceback_without_debug(
    command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise ZeroDivisionError

    command.handler = fail
    assert cli.main(["run"]) == 1
    captured = capsys.readouterr().err
    assert "ZeroDivisionError" in captured
    assert "--debug" in captured
    assert "Traceback" not in captured + caplog.text
    assert cli.main(["run", "--debug"]) == 1
    assert "Traceback" in caplog.text


def test_usage_errors_are_exit_code_2(command: types.SimpleNamespace) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["run", "--nonsense"])
    assert caught.value.code == 2
    with pytest.raises(SystemExit) as caught:
        cli.main(["nonsense"])
    assert caught.value.code == 2


def test_version(command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"vcam {__version__}\n"
