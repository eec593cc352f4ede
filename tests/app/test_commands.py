import json

import pytest

from tests.app.switchboard import Switchboard
from vcam.app.commands import Command, NotConfirmedError, apply, describe, exposure
from vcam.errors import ConfigError, PackError
from vcam.types import Mode


@pytest.fixture
def board() -> Switchboard:
    return Switchboard(mode=Mode.MASK, pack="classic")


@pytest.mark.parametrize(
    ("value", "before", "after"),
    [
        ("", False, True),
        ("", True, True),
        ("on", False, True),
        ("off", True, False),
        ("toggle", True, False),
        ("toggle", False, True),
    ],
)
def test_standby_without_a_value_is_panic_and_never_a_toggle(
    board: Switchboard, value: str, before: bool, after: bool
) -> None:
    board.change(standby=before)
    assert apply(board, Command.STANDBY, value) == f"standby {'on' if after else 'off'}"
    assert board.told == [("standby", after)]


@pytest.mark.parametrize(("value", "after"), [("", True), ("toggle", True), ("on", True), ("off", False)])
def test_mirror(board: Switchboard, value: str, after: bool) -> None:
    apply(board, Command.MIRROR, value)
    assert board.told == [("mirror", after)]


@pytest.mark.parametrize(
    ("value", "mode"), [("avatar", Mode.AVATAR), ("more", Mode.AVATAR), ("mask", Mode.MASK)]
)
def test_more_privacy_is_immediate(board: Switchboard, value: str, mode: Mode) -> None:
    assert apply(board, Command.MODE, value) == f"mode {mode}"
    assert board.told == [("mode", mode)]


@pytest.mark.parametrize("value", ["beside", "off", "less"])
def test_less_privacy_asks_first(board: Switchboard, value: str) -> None:
    with pytest.raises(NotConfirmedError, match="your face will be seen"):
        apply(board, Command.MODE, value)
    assert board.told == []
    apply(board, Command.MODE, value, confirmed=True)
    assert len(board.told) == 1


@pytest.mark.parametrize(("start", "value"), [(Mode.AVATAR, "more"), (Mode.OFF, "less")])
def test_the_dial_stops_at_its_ends(start: Mode, value: str) -> None:
    board = Switchboard(mode=start)
    apply(board, Command.MODE, value, confirmed=True)
    assert board.told == [("mode", start)]


def test_next_pack_goes_round(board: Switchboard) -> None:
    assert apply(board, Command.PACK, "next") == "pack mine"
    with pytest.raises(PackError):
        apply(board, Command.PACK, "next")
    assert board.now.settings.pack == "mine"


def test_camera_and_quit(board: Switchboard) -> None:
    apply(board, Command.CAMERA, "demo")
    apply(board, Command.QUIT)
    assert board.told == [("source", "demo"), ("quit", None)]


@pytest.mark.parametrize(
    ("command", "value"),
    [
        (Command.STANDBY, "maybe"),
        (Command.MIRROR, "left"),
        (Command.MODE, "invisible"),
        (Command.PACK, "nosuch"),
        (Command.CAMERA, ""),
    ],
)
def test_values_that_make_no_sense_change_nothing(board: Switchboard, command: Command, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        apply(board, command, value, confirmed=True)
    assert caught.value.hint
    assert board.told == []


def test_every_mode_says_what_will_be_seen() -> None:
    assert len({exposure(mode) for mode in Mode}) == len(Mode)


def test_status_is_plain_json(board: Switchboard) -> None:
    plain = json.loads(json.dumps(board.status().as_dict()))
    assert (plain["state"], plain["mode"], plain["standby"]) == ("live", "mask", False)


def test_errors_in_one_line() -> None:
    assert describe(PackError("no art", hint="Add some.")) == "no art. Add some."
    assert describe(RuntimeError()) == "RuntimeError"
