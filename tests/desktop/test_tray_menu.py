"""The tray as GTK's icon in an XEMBED panel: every entry is clicked on a running camera."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from tests.desktop.clicks import SPOT, choose, is_live, is_standby, open_menu, trayer
from tests.desktop.conftest import Vcam
from tests.desktop.screen import Screen, wait_for

pytestmark = pytest.mark.usefixtures("bindings")


@pytest.fixture(scope="module")
def panel(screen: Screen) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """The tray's host; the test that restarts it puts the new one here."""
    running = [trayer(screen)]
    yield running
    screen.end(running[0])


@pytest.fixture(scope="module")
def vcam(run: Callable[..., Vcam], screen: Screen, panel: object) -> Vcam:
    """vcam on the demo, with its icon shown."""
    vcam = run()
    wait_for(lambda: is_live(screen))
    return vcam


def test_a_left_click_is_standby_and_the_icon_shows_it(vcam: Vcam, screen: Screen) -> None:
    screen.click(*SPOT)
    wait_for(lambda: vcam.status()["standby"])
    wait_for(lambda: is_standby(screen))
    screen.click(*SPOT)
    wait_for(lambda: not vcam.status()["standby"])
    wait_for(lambda: is_live(screen))


def test_the_menu_has_every_entry(vcam: Vcam, screen: Screen) -> None:
    open_menu(screen, button=3)
    screen.press("Escape")
    wait_for(lambda: not screen.popups())


def test_more_privacy_is_one_click_and_less_asks(vcam: Vcam, screen: Screen) -> None:
    choose(screen, "avatar")
    wait_for(lambda: vcam.status()["mode"] == "avatar")
    choose(screen, "off")
    wait_for(lambda: screen.active() == "vcam")
    screen.press("Return")  # the default answer is no
    wait_for(lambda: not screen.active())
    assert vcam.status()["mode"] == "avatar"
    choose(screen, "mask")
    wait_for(lambda: screen.active() == "vcam")
    screen.press("Alt_L", "s")
    wait_for(lambda: vcam.status()["mode"] == "mask")


def test_panic_works_while_a_question_is_open(vcam: Vcam, screen: Screen) -> None:
    choose(screen, "off")
    wait_for(lambda: screen.active() == "vcam")
    screen.click(*SPOT)
    wait_for(lambda: vcam.status()["standby"])
    assert vcam.ctl("standby", "off").returncode == 0
    screen.press("Escape")
    wait_for(lambda: not screen.active())
    assert vcam.status()["mode"] == "mask"


def test_mirror_and_start_at_login(vcam: Vcam, screen: Screen) -> None:
    choose(screen, "mirror")
    wait_for(lambda: vcam.status()["mirror"])
    entry = vcam.config / "autostart/vcam.desktop"
    choose(screen, "login")
    wait_for(entry.exists)
    wait_for(lambda: (vcam.data / "icons/hicolor/512x512/apps/vcam.png").exists())
    choose(screen, "login")
    wait_for(lambda: not entry.exists())


def test_another_camera(vcam: Vcam, screen: Screen) -> None:
    settings = vcam.config / "vcam/settings.toml"
    demo = 'source = "demo"'
    choose(screen, "camera", child=-1)
    wait_for(lambda: demo in settings.read_text())
    choose(screen, "camera", child=0)
    wait_for(lambda: demo not in settings.read_text())
    wait_for(lambda: vcam.status()["state"] == "live")


def test_an_own_emoji_in_four_clicks(vcam: Vcam, screen: Screen) -> None:
    picture = screen.folder / "cat.png"
    Image.new("RGBA", (64, 64), (200, 80, 20, 255)).save(picture)
    choose(screen, "add", child=1)
    wait_for(lambda: screen.active() == "A picture for happiness")
    screen.press("slash")
    time.sleep(0.5)
    screen.type(str(picture)[1:])
    screen.press("Return")
    wait_for(lambda: vcam.status()["pack"] == "mine", patience_s=40)
    wait_for(lambda: any((vcam.data / "vcam/packs/mine").iterdir()))


def test_the_system_s_check_and_about_open_a_window(vcam: Vcam, screen: Screen) -> None:
    for entry in ("doctor", "about"):
        choose(screen, entry)
        wait_for(lambda: "vcam" in screen.active(), patience_s=40)
        screen.press("Escape")
        wait_for(lambda: not screen.active())


def test_the_icon_comes_back_with_a_new_panel(
    vcam: Vcam, screen: Screen, panel: list["subprocess.Popen[bytes]"]
) -> None:
    screen.end(panel[0])
    wait_for(lambda: not is_live(screen))
    panel[0] = trayer(screen)
    wait_for(lambda: is_live(screen))
    choose(screen, "mirror")
    wait_for(lambda: not vcam.status()["mirror"])


def test_quit_ends_the_session(vcam: Vcam, screen: Screen) -> None:
    choose(screen, "quit")
    assert vcam.process.wait(15) == 0, vcam.said()
    assert signal.SIGINT.name not in vcam.said()
