import sys
import threading
import types
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from vcam.app import dialogs
from vcam.app.dialogs import Dialogs, KDialogs, MacDialogs, NoDialogs, ZenityDialogs
from vcam.app.dialogs_gtk import GtkDialogs
from vcam.app.dialogs_windows import WindowsDialogs
from vcam.errors import VcamError

Answer = Callable[[int, str], list[Sequence[str]]]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Sets what the next dialogs answer; returns the list of commands that they were."""

    def set_answer(code: int, printed: str) -> list[Sequence[str]]:
        commands: list[Sequence[str]] = []

        def run(command: Sequence[str], **_: object) -> types.SimpleNamespace:
            commands.append(command)
            return types.SimpleNamespace(returncode=code, communicate=lambda: (printed, None))

        monkeypatch.setattr(dialogs.subprocess, "Popen", run)
        return commands

    return set_answer


ALL = [MacDialogs(), ZenityDialogs(), KDialogs()]


@pytest.mark.parametrize("system", ALL, ids=lambda system: type(system).__name__)
def test_yes_and_no(answer: Answer, system: Dialogs) -> None:
    commands = answer(0, "button returned:Show\n")
    assert system.confirm("Show more?", "Your face will be seen.")
    assert any("Show more?" in word for word in commands[0])
    answer(1, "")
    assert not system.confirm("Show more?", "Your face will be seen.")


@pytest.mark.parametrize("system", ALL, ids=lambda system: type(system).__name__)
def test_choosing_a_file(answer: Answer, system: Dialogs) -> None:
    commands = answer(0, "/home/ada/my cat.png\n")
    assert system.choose_file("A picture", ["png", "gif"]) == Path("/home/ada/my cat.png")
    assert "png" in " ".join(commands[0])
    answer(1, "")
    assert system.choose_file("A picture", ["png"]) is None


@pytest.mark.parametrize("system", ALL, ids=lambda system: type(system).__name__)
def test_news(answer: Answer, system: Dialogs) -> None:
    commands = answer(0, "")
    system.tell("Done", '"quoted" & <marked>')
    assert any('"quoted" & <marked>' in word for word in commands[0])


def test_a_text_never_becomes_applescript(answer: Answer) -> None:
    commands = answer(0, "")
    text = '" & (do shell script "true") & "'
    MacDialogs().tell("x", text)
    assert text not in commands[0][2]
    assert commands[0][-1] == text


def test_an_open_dialog_is_closed_from_another_thread() -> None:
    program = dialogs.DialogProgram()
    program.cancel()
    answers: list[str | None] = []
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    thread = threading.Thread(target=lambda: answers.append(program.run(command)))
    thread.start()
    while thread.is_alive():
        program.cancel()
        thread.join(0.01)
    assert answers == [None]


def test_where_nothing_can_be_asked_nothing_is_shown() -> None:
    with pytest.raises(VcamError) as caught:
        NoDialogs().confirm("Show more?", "x")
    assert "--yes" in caught.value.hint
    with pytest.raises(VcamError):
        NoDialogs().choose_file("x", [])


def test_a_program_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object, **kwargs: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(dialogs.subprocess, "Popen", missing)
    with pytest.raises(VcamError, match="zenity"):
        ZenityDialogs().tell("x", "y")


@pytest.mark.parametrize(
    ("system", "programs", "gtk", "kind"),
    [
        ("win32", [], False, WindowsDialogs),
        ("darwin", [], False, MacDialogs),
        ("linux", ["zenity"], True, GtkDialogs),
        ("linux", ["zenity", "kdialog"], False, ZenityDialogs),
        ("linux", ["kdialog"], False, KDialogs),
        ("linux", [], False, NoDialogs),
    ],
)
def test_each_system_has_its_own(
    monkeypatch: pytest.MonkeyPatch, system: str, programs: list[str], gtk: bool, kind: type
) -> None:
    monkeypatch.setattr(dialogs.sys, "platform", system)
    monkeypatch.setattr(dialogs.shutil, "which", lambda name: name if name in programs else None)
    assert isinstance(dialogs.for_this_system(gtk=gtk), kind)
