import concurrent.futures
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.app.switchboard import Switchboard
from vcam.app import actions
from vcam.app.actions import Actions
from vcam.app.menu import Act
from vcam.app.notify import Notice
from vcam.errors import VcamError
from vcam.types import Mode


class _Dialogs:
    """Answers as it was told to, and remembers what was asked."""

    def __init__(self) -> None:
        self.agree, self.file = False, None
        self.asked: list[str] = []
        self.closed = threading.Event()
        self.agree: bool
        self.file: Path | None

    def confirm(self, question: str, detail: str) -> bool:
        self.asked.append(detail)
        return self.agree

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        assert {"png", "svg", "gif"} <= set(endings)
        self.asked.append(title)
        return self.file

    def tell(self, title: str, text: str) -> None:
        self.asked.append(f"{title}: {text}")

    def cancel(self) -> None:
        self.closed.set()


@pytest.fixture
def board() -> Switchboard:
    return Switchboard(mode=Mode.MASK)


@pytest.fixture
def dialogs() -> _Dialogs:
    return _Dialogs()


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def desk(board: Switchboard, dialogs: _Dialogs, notices: list[Notice]) -> Iterator[Actions]:
    desk = Actions(board, lambda: dialogs, notices.append)
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("act", "value", "told"),
    [
        (Act.STANDBY, "toggle", ("standby", True)),
        (Act.PACK, "mine", ("pack", "mine")),
        (Act.CAMERA, "demo", ("source", "demo")),
        (Act.MIRROR, "toggle", ("mirror", True)),
        (Act.MODE, "avatar", ("mode", Mode.AVATAR)),
        (Act.QUIT, "", ("quit", None)),
    ],
)
def test_an_entry_does_what_it_says_without_asking(
    desk: Actions, board: Switchboard, dialogs: _Dialogs, act: Act, value: str, told: tuple[str, object]
) -> None:
    desk.perform(act, value)
    assert board.told == [told]
    assert dialogs.asked == []


@pytest.mark.parametrize("agree", [True, False])
def test_less_privacy_asks(desk: Actions, board: Switchboard, dialogs: _Dialogs, agree: bool) -> None:
    dialogs.agree = agree
    desk.perform(Act.MODE, "off")
    assert dialogs.asked == ["Your face will be seen as it is."]
    assert board.told == ([("mode", Mode.OFF)] if agree else [])


def test_what_goes_wrong_is_told(desk: Actions, board: Switchboard, notices: list[Notice]) -> None:
    desk.perform(Act.PACK, "broken")
    assert notices == [Notice("vcam", "the pack is broken. Take another.")]
    assert board.now.settings.pack == "classic"


def test_a_question_that_cannot_be_asked_means_no(
    desk: Actions,
    board: Switchboard,
    dialogs: _Dialogs,
    notices: list[Notice],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def impossible(question: str, detail: str) -> bool:
        raise VcamError("no window", hint="Use the terminal.")

    monkeypatch.setattr(dialogs, "confirm", impossible)
    desk.perform(Act.MODE, "off")
    assert board.told == []
    assert len(notices) == 1


def test_panic_does_not_wait_behind_an_open_dialog_which_goes_with_the_end(
    desk: Actions,
    board: Switchboard,
    dialogs: _Dialogs,
    notices: list[Notice],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened, left = threading.Event(), threading.Event()

    def open_dialog(question: str, detail: str) -> bool:
        opened.set()
        assert dialogs.closed.wait(5)
        left.set()
        raise concurrent.futures.CancelledError

    monkeypatch.setattr(dialogs, "confirm", open_dialog)
    desk.request(Act.MODE, "off")
    desk.request(Act.MIRROR, "on")
    assert opened.wait(5)
    desk.request(Act.STANDBY, "on")
    assert board.told == [("standby", True)]
    desk.close()
    assert left.wait(5)
    desk._worker.join(5)
    assert board.told == [("standby", True)]
    assert notices == []


def test_after_the_end_nothing_is_started(desk: Actions, board: Switchboard) -> None:
    desk.close()
    desk.request(Act.MIRROR, "on")
    assert board.told == []


class _Packs:
    """`vcam packs add` as it would end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, code: int) -> None:
        self.commands: list[list[str]] = []
        self.code = code
        monkeypatch.setattr(actions.assets, "user_packs", lambda: folder)
        monkeypatch.setattr(actions.subprocess, "run", self._run)

    def _run(self, command: list[str], **kwargs: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        return subprocess.CompletedProcess(command, self.code, "added\n", "vcam: not a picture\n  Use PNG.\n")


def test_adding_an_emoji_to_a_pack_of_one_s_own(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    desk: Actions,
    board: Switchboard,
    dialogs: _Dialogs,
    notices: list[Notice],
) -> None:
    packs = _Packs(monkeypatch, tmp_path, 0)
    dialogs.file = Path("cat.png")
    desk.perform(Act.ADD_EMOJI, "fear")
    assert packs.commands[0][-6:] == ["add", "cat.png", "--for", "fear", "--pack", "mine"]
    assert board.told == [("pack", "mine")]
    assert notices == [Notice("cat.png added for fear", "The pack 'mine' is in use now.")]


def test_adding_an_emoji_to_the_pack_in_use_if_it_is_the_user_s(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, desk: Actions, dialogs: _Dialogs
) -> None:
    packs = _Packs(monkeypatch, tmp_path, 0)
    (tmp_path / "classic").mkdir()
    dialogs.file = Path("cat.png")
    desk.perform(Act.ADD_EMOJI, "fear")
    assert packs.commands[0][-1] == "classic"


def test_a_file_that_is_no_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, desk: Actions, board: Switchboard, dialogs: _Dialogs
) -> None:
    _Packs(monkeypatch, tmp_path, 1)
    dialogs.file = Path("cat.doc")
    desk.perform(Act.ADD_EMOJI, "fear")
    assert "not a picture" in dialogs.asked[-1]
    assert board.told == []


def test_no_file_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, desk: Actions, dialogs: _Dialogs
) -> None:
    packs = _Packs(monkeypatch, tmp_path, 0)
    desk.perform(Act.ADD_EMOJI, "fear")
    assert packs.commands == []


def test_the_other_entries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, desk: Actions, dialogs: _Dialogs
) -> None:
    done: list[object] = []
    monkeypatch.setattr(actions.assets, "user_packs", lambda: tmp_path / "packs")
    monkeypatch.setattr(actions, "open_folder", done.append)
    monkeypatch.setattr(actions.webbrowser, "open", done.append)
    monkeypatch.setattr(actions.autostart, "toggle", lambda: done.append("autostart"))
    for act in (Act.PACKS_FOLDER, Act.PREVIEW, Act.AUTOSTART, Act.ABOUT):
        desk.perform(act)
    assert done == [tmp_path / "packs", "http://127.0.0.1:8080/?token=x", "autostart"]
    assert (tmp_path / "packs").is_dir()
    assert "emoji over your face" in dialogs.asked[-1]


def test_the_doctor_leaves_the_webcam_alone(
    monkeypatch: pytest.MonkeyPatch, desk: Actions, dialogs: _Dialogs
) -> None:
    from tests.app.test_doctor import LINUX
    from vcam.app.checks import probe

    def record(settings: object, *, cameras: bool) -> object:
        assert not cameras
        return LINUX

    monkeypatch.setattr(probe, "probe", record)
    desk.perform(Act.DOCTOR)
    assert dialogs.asked == ["vcam doctor: Everything is in place."]
