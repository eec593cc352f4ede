import dataclasses

import pytest

from tests.app.switchboard import Switchboard
from vcam.app import menu
from vcam.app.commands import Status
from vcam.app.icon import Look
from vcam.app.menu import Act, Entry
from vcam.runtime.stats import Snapshot, State
from vcam.types import Label, Mode


def _status(standby: bool = False, mode: Mode = Mode.MASK, **snapshot: object) -> Status:
    facts = {"state": State.LIVE, "source": "C920", "fps_out": 29.97} | snapshot
    settings = Switchboard(mode=mode).now.settings
    return Status(settings, standby, Snapshot(**facts), "http://127.0.0.1:1/")  # type: ignore[arg-type]


def _build(status: Status, autostart: bool = False) -> tuple[Entry, ...]:
    return menu.build(status, ["classic", "mine"], ["C920", "Integrated"], autostart=autostart)


def _find(entries: tuple[Entry, ...], act: Act) -> list[Entry]:
    return [entry for entry in entries if entry.act is act]


@pytest.mark.parametrize(
    ("status", "look"),
    [
        (_status(), Look.LIVE),
        (_status(mode=Mode.AVATAR), Look.LIVE),
        (_status(mode=Mode.OFF), Look.OFF),
        (_status(standby=True), Look.STANDBY),
        (_status(standby=True, mode=Mode.OFF), Look.STANDBY),
        (_status(standby=True, problem="camera gone"), Look.STANDBY),
        (_status(standby=True, state=State.FAILED), Look.TROUBLE),
        (_status(state=State.STARTING), Look.STANDBY),
        (_status(state=State.ASLEEP), Look.STANDBY),
        (_status(state=State.RECONNECTING), Look.TROUBLE),
        (_status(problem="camera gone"), Look.TROUBLE),
        (_status(mode=Mode.OFF, state=State.HOLDING), Look.STANDBY),
    ],
)
def test_look(status: Status, look: Look) -> None:
    assert menu.look(status) is look


def test_the_status_line_names_camera_rate_and_expression() -> None:
    assert menu.status_line(_status(expression="happiness")) == "Live: C920, 30 fps, happiness"
    assert menu.status_line(_status(state=State.RECONNECTING)) == "Reconnecting: C920"
    assert menu.status_line(_status(state=State.STARTING, source="")) == "Starting"


def test_an_expression_is_shown_only_while_it_is_live() -> None:
    assert menu.expression(_status(expression="fear")) is Label.FEAR
    assert menu.expression(_status(expression="fear", state=State.HOLDING)) is None
    assert menu.expression(_status(expression="")) is None


def test_the_title_fits_windows() -> None:
    assert len(menu.title(_status(source="x" * 300))) == menu.TITLE_CHARACTERS


def test_everything_is_at_most_one_submenu_away() -> None:
    entries = _build(_status())
    assert entries[0] == Entry("Live: C920, 30 fps", enabled=False)
    acts = {entry.act for entry in entries} | {child.act for entry in entries for child in entry.children}
    assert acts == set(Act)
    assert not any(child.children for entry in entries for child in entry.children)


def test_trouble_says_what_to_do() -> None:
    entries = _build(_status(problem="C920 is in use", hint="Close Zoom."))
    assert [entry.text for entry in entries[1:3]] == ["C920 is in use", "Close Zoom."]
    assert not any(entry.enabled for entry in entries[:3])


def test_the_default_click_is_standby() -> None:
    (default,) = (entry for entry in _build(_status(standby=True)) if entry.default)
    assert (default.act, default.value, default.checked) == (Act.STANDBY, "toggle", True)


@pytest.mark.parametrize("mode", list(Mode))
def test_the_dial_marks_one_mode(mode: Mode) -> None:
    modes = _find(_build(_status(mode=mode)), Act.MODE)
    assert [entry.value for entry in modes] == list(Mode)
    assert [entry.value for entry in modes if entry.checked] == [mode]


def test_packs_and_cameras() -> None:
    board = Switchboard(pack="mine", source="C920")
    entries = {entry.text: entry for entry in _build(board.now)}
    packs, cameras = entries["Emoji pack"].children, entries["Camera"].children
    assert [(entry.value, entry.checked) for entry in packs] == [("classic", False), ("mine", True)]
    assert [entry.value for entry in cameras] == ["auto", "C920", "Integrated", "demo"]
    assert [entry.value for entry in cameras if entry.checked] == ["C920"]


def test_a_camera_that_is_gone_stays_the_chosen_one() -> None:
    board = Switchboard(source="Old webcam")
    cameras = {entry.text: entry for entry in _build(board.now)}["Camera"].children
    assert cameras[-1] == Entry("Old webcam", Act.CAMERA, "Old webcam", checked=True, radio=True)


def test_switches_show_what_is_set() -> None:
    (start,) = _find(_build(_status(), autostart=True), Act.AUTOSTART)
    assert start.checked
    (mirror,) = _find(_build(Switchboard(mirror=True).now), Act.MIRROR)
    assert mirror.checked


def test_without_a_page_there_is_no_preview() -> None:
    (preview,) = _find(_build(dataclasses.replace(_status(), preview_url="")), Act.PREVIEW)
    assert not preview.enabled


def test_the_same_status_makes_an_equal_menu() -> None:
    assert _build(_status()) == _build(_status())
    assert _build(_status())[1:] == _build(_status(expression="fear"))[1:]
