"""What a user sees and does with vcam's icon in a panel at the top right corner."""

import subprocess
import time

import numpy as np

from tests.desktop.screen import SIZE, Area, Screen, rows, wait_for

ENTRIES = (
    "status", "standby", "avatar", "mask", "beside", "off", "pack", "camera", "mirror",
    "add", "folder", "preview", "login", "doctor", "about", "quit",
)  # fmt: skip
"""The lines of the menu, from the top."""
SPOT = (SIZE[0] - 13, 13)
"""The middle of the last icon of a panel 24 to 28 pixels high."""
_AROUND = Area(SPOT[0] - 8, SPOT[1] - 8, 16, 16)


def trayer(screen: Screen) -> "subprocess.Popen[bytes]":
    """A panel that embeds icons (XEMBED)."""
    return screen.spawn(
        "trayer", "--edge", "top", "--align", "right", "--widthtype", "request", "--height", "24"
    )


def is_live(screen: Screen) -> bool:
    """Whether the corner shows the yellow face."""
    blue, green, red = _colour(screen)
    return red > 200 and green > 150 and blue < 120


def is_settled(screen: Screen) -> bool:
    """Whether the corner shows the yellow face and the panel has done moving it about."""
    before = screen.picture().copy()
    time.sleep(0.7)
    return is_live(screen) and bool((screen.picture() == before).all())


def is_standby(screen: Screen) -> bool:
    """Whether the corner shows the grey face with the blue badge."""
    blue, _, red = _colour(screen)
    badge = screen.picture(_AROUND)[10:, 10:].reshape(-1, 3).astype(int)
    return abs(red - blue) < 40 and red < 200 and bool((badge[:, 0] > badge[:, 2] + 60).any())


def _colour(screen: Screen) -> tuple[int, int, int]:
    blue, green, red = np.median(screen.picture(_AROUND).reshape(-1, 3).astype(int), axis=0)
    return int(blue), int(green), int(red)


def _popup(screen: Screen, button: int, tries: int = 4) -> Area:
    """Click the icon until a menu is there: a tray loses a click that comes while it takes a new icon."""
    screen.click(*SPOT, button=button)
    try:
        return wait_for(screen.popups, patience_s=10)[0]
    except AssertionError:
        if tries == 1:
            raise
    return _popup(screen, button, tries - 1)


def open_menu(screen: Screen, button: int) -> tuple[Area, list[int]]:
    """Open the menu; where it is, and the middles of its lines in pixels from its top."""
    assert not screen.popups()
    menu = _popup(screen, button)
    screen.move(SIZE[0] // 4, SIZE[1] - 20)  # off the icon, whose tooltip would cover the first lines
    return menu, wait_for(lambda: lines if len(lines := rows(screen.picture(menu))) == len(ENTRIES) else [])


def choose(screen: Screen, entry: str, child: int | None = None, *, button: int = 3) -> None:
    """Open the menu and click an entry, or the child of that number in its submenu."""
    menu, middles = open_menu(screen, button)
    screen.click(menu.x + 60, menu.y + middles[ENTRIES.index(entry)])
    if child is not None:
        submenu = wait_for(lambda: next((area for area in screen.popups() if area != menu), None))
        middles = wait_for(lambda: rows(screen.picture(submenu)))
        screen.click(submenu.x + 60, submenu.y + middles[child])
    wait_for(lambda: not screen.popups())
