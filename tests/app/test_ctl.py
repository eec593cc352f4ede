import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.app.switchboard import Switchboard
from vcam.app import ctl, instance
from vcam.app.cli import main
from vcam.app.commands import Command
from vcam.app.control import carry_out
from vcam.types import Mode


class _Page(BaseHTTPRequestHandler):
    """The running vcam's page with the real commands behind it; the token is checked as the page does."""

    board: Switchboard

    def do_GET(self) -> None:
        self._answer(lambda: (200, self.board.status().as_dict()))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(lambda: carry_out(self.board, body))

    def _answer(self, work: Callable[[], tuple[int, dict[str, object]]]) -> None:
        allowed = self.headers["Authorization"] == "Bearer secret" and self.path == ctl.PATH
        code, answer = work() if allowed else (403, {"error": "forbidden", "hint": ""})
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        pass


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(instance, "folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def board(folder: Path) -> Iterator[Switchboard]:
    """A running session that can be reached through the instance file."""
    board = Switchboard(mode=Mode.MASK)
    handler = type("Page", (_Page,), {"board": board})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, instance.Instance(folder) as held:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        held.announce(server.server_port, "secret")
        yield board
        server.shutdown()
        thread.join()


def test_names_repeated_here_are_the_real_ones() -> None:
    assert tuple(Mode) == ctl.MODES


@pytest.mark.parametrize(
    ("words", "told", "printed"),
    [
        (["standby"], ("standby", True), "standby on"),
        (["standby", "off"], ("standby", False), "standby off"),
        (["mode", "avatar"], ("mode", Mode.AVATAR), "mode avatar"),
        (["mode", "off", "--yes"], ("mode", Mode.OFF), "mode off"),
        (["pack", "next"], ("pack", "mine"), "pack mine"),
        (["camera", "demo"], ("source", "demo"), "camera demo"),
        (["mirror"], ("mirror", True), "mirror on"),
        (["quit"], ("quit", None), "vcam ends"),
    ],
)
def test_every_command_reaches_the_session(
    board: Switchboard,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: tuple[str, object],
    printed: str,
) -> None:
    assert main(["ctl", *words]) == 0
    assert board.told == [told]
    assert capsys.readouterr().out.strip() == printed


def test_no_command_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["ctl", "--help"])
    printed = capsys.readouterr().out
    assert all(command in printed for command in Command)


def test_status(board: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ctl", "status"]) == 0
    assert "camera   C920 (30.0 fps)" in capsys.readouterr().out
    assert main(["ctl", "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pack"] == "classic"


def test_less_privacy_in_a_script_fails_and_names_the_flag(
    board: Switchboard, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctl.sys.stdin, "isatty", lambda: False)
    assert main(["ctl", "mode", "off"]) == 1
    assert "--yes" in capsys.readouterr().err
    assert board.told == []


@pytest.mark.parametrize(("word", "code", "count"), [("y", 0, 1), ("", 1, 0), ("no", 1, 0)])
def test_less_privacy_in_a_terminal_asks(
    board: Switchboard, monkeypatch: pytest.MonkeyPatch, word: str, code: int, count: int
) -> None:
    monkeypatch.setattr(ctl.sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: word)
    assert main(["ctl", "mode", "off"]) == code
    assert len(board.told) == count


@pytest.mark.parametrize("words", [["mode", "invisible"], ["standby", "maybe"], ["explode"], []])
def test_usage_errors(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["ctl", *words])
    assert caught.value.code == 2


def test_nothing_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ctl", "standby"]) == 1
    assert "vcam is not running" in capsys.readouterr().err


def test_another_program_got_the_dead_one_s_number(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        port = server.server_port
    with instance.Instance(folder) as held:
        held.announce(port, "secret")
        assert main(["ctl", "status"]) == 1
    assert "vcam is not running" in capsys.readouterr().err


def test_a_wrong_token_is_refused(
    board: Switchboard, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "instance.json"
    path.write_text(path.read_text().replace("secret", "guess"))
    assert main(["ctl", "standby"]) == 1
    assert "forbidden" in capsys.readouterr().err
    assert board.told == []


def test_a_panic_key_does_not_wait_for_numpy() -> None:
    code = "import sys, vcam.app.ctl; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"numpy", "cv2", "starlette", "asyncio", "vcam.types"} & set(loaded.split())
