"""The tray without GTK's Python bindings, an icon with a default click; and the hotkeys."""

import signal
from collections.abc import Callable

import pytest

from tests.desktop.clicks import SPOT, is_live, is_settled, is_standby, trayer
from tests.desktop.conftest import Vcam
from tests.desktop.screen import Screen, wait_for

SETTINGS = """
hotkeys = true
hotkey_mode = "super+f9"
"""


@pytest.fixture(scope="module")
def vcam(run: Callable[..., Vcam], screen: Screen) -> Vcam:
    """vcam on the demo, with hotkeys, on a desktop without a tray, where `gi` does not load."""
    broken = screen.folder / "broken"
    broken.mkdir()
    (broken / "gi.py").write_text("raise ImportError('not here')\n")
    return run(SETTINGS, {"PYTHONPATH": f"{broken}:{Vcam.python_path}"})


def test_no_tray_is_said_once_and_the_command_line_works(vcam: Vcam) -> None:
    wait_for(lambda: "No tray on this desktop" in vcam.said())
    assert vcam.ctl("standby").stdout == "standby on\n"
    assert vcam.ctl("standby", "off").returncode == 0
    assert vcam.said().count("No tray") == 1


def test_keys_work_whatever_has_the_keyboard(vcam: Vcam, screen: Screen) -> None:
    screen.press("Control_L", "Alt_L", "s")
    wait_for(lambda: vcam.status()["standby"])
    screen.press("Num_Lock")
    screen.press("Control_L", "Alt_L", "s")
    wait_for(lambda: not vcam.status()["standby"])
    screen.press("Num_Lock")
    before = vcam.status()["pack"]
    screen.press("Control_L", "Alt_L", "p")
    wait_for(lambda: vcam.status()["pack"] != before)
    screen.press("Super_L", "F9")
    wait_for(lambda: vcam.status()["mode"] == "avatar")


def test_a_panel_that_comes_later_gets_the_icon_and_may_go_and_come_again(vcam: Vcam, screen: Screen) -> None:
    for _ in range(2):
        panel = trayer(screen)
        wait_for(lambda: is_settled(screen))
        screen.click(*SPOT)
        wait_for(lambda: vcam.status()["standby"])
        wait_for(lambda: is_standby(screen))
        screen.click(*SPOT)
        wait_for(lambda: not vcam.status()["standby"])
        screen.end(panel)
        wait_for(lambda: not is_live(screen))


def test_a_second_one_is_told_about_the_first(vcam: Vcam) -> None:
    second = vcam.command("run", "--source", "demo", "--output", "preview")
    assert second.returncode == 1
    assert f"vcam is already running (process {vcam.process.pid})" in second.stderr


def test_ctrl_c_ends_it_in_order(vcam: Vcam) -> None:
    vcam.process.send_signal(signal.SIGINT)
    assert vcam.process.wait(15) == 0, vcam.said()
    assert vcam.ctl("status").returncode == 1
