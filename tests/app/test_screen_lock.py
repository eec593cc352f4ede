import subprocess
import sys

import pytest

from vcam.app import screen_lock

HERE = {"XDG_SESSION_ID": "7"}


@pytest.mark.skipif(sys.platform != "linux", reason="logind is Linux")
@pytest.mark.parametrize(("said", "expected"), [("yes", True), ("no", False), ("", None), ("what?", None)])
def test_what_logind_says_is_believed(said: str, expected: bool | None) -> None:
    asked: list[str] = []

    def ask(session: str) -> str:
        asked.append(session)
        return said

    assert screen_lock.locked(HERE, ask) is expected
    assert asked == ["7"]


def test_without_a_session_nothing_is_asked() -> None:
    def ask(session: str) -> str:
        raise AssertionError(session)

    assert screen_lock.locked({}, ask) is None


@pytest.mark.parametrize("error", [FileNotFoundError(), subprocess.TimeoutExpired("loginctl", 2)])
def test_no_logind_is_no_answer(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", run)
    assert screen_lock.ask_logind("7") == ""
