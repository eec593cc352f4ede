"""The tray as an AppIndicator on a StatusNotifier host, Xfce's panel."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desktop.clicks import ENTRIES, SPOT, choose, is_live, is_standby, open_menu
from tests.desktop.conftest import Vcam
from tests.desktop.screen import Screen, wait_for

pytestmark = [
    pytest.mark.usefixtures("bindings"),
    pytest.mark.skipif(not shutil.which("xfce4-panel"), reason="needs xfce4-panel, a StatusNotifier host"),
]
PANEL = Path(__file__).with_name("xfce4-panel.xml")


@pytest.fixture(scope="module")
def vcam(run: Callable[..., Vcam], screen: Screen) -> Iterator[Vcam]:
    """vcam on the demo, with its icon in Xfce's panel."""
    folder = screen.folder / "home/.config/xfce4/xfconf/xfce-perchannel-xml"
    folder.mkdir(parents=True)
    shutil.copy(PANEL, folder)
    panel = screen.spawn("xfce4-panel", "--disable-wm-check")
    vcam = run()
    wait_for(lambda: is_live(screen))
    yield vcam
    vcam.close()
    screen.end(panel)


def test_the_menu_opens_and_its_entries_work(vcam: Vcam, screen: Screen) -> None:
    choose(screen, "standby", button=1)
    wait_for(lambda: vcam.status()["standby"])
    wait_for(lambda: is_standby(screen))
    choose(screen, "standby", button=1)
    wait_for(lambda: not vcam.status()["standby"])
    choose(screen, "avatar", button=1)
    wait_for(lambda: vcam.status()["mode"] == "avatar")


def test_the_status_line_changes_under_an_open_menu(vcam: Vcam, screen: Screen) -> None:
    menu, middles = open_menu(screen, button=1)
    line = menu._replace(y=menu.y + middles[0] - 8, height=16)
    before = screen.picture(line).copy()

    def changes() -> bool:
        """Switching cameras is a matter of a moment, so it may take more than one to see it."""
        assert vcam.ctl("camera", "demo").returncode == 0
        return bool((screen.picture(line) != before).any())

    wait_for(changes)
    wait_for(lambda: vcam.status()["state"] == "live")
    assert screen.popups() == [menu]
    screen.press("Escape")
    wait_for(lambda: not screen.popups())


def test_a_submenu(vcam: Vcam, screen: Screen) -> None:
    wait_for(lambda: is_live(screen))
    choose(screen, "pack", child=0, button=1)
    wait_for(lambda: vcam.status()["state"] == "live")


def test_quit(vcam: Vcam, screen: Screen) -> None:
    assert ENTRIES[-1] == "quit"
    choose(screen, "quit", button=1)
    assert vcam.process.wait(15) == 0, vcam.said()
    screen.click(*SPOT)
    assert not screen.popups()
