"""A desktop of its own for tests: an X server without a monitor, a window manager, D-Bus, a tray, real input.

Mouse and keys go through the XTEST extension, so programs cannot tell them from a user's. Only processes that
were started here are ended.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from Xlib import XK, X, display, error
from Xlib.ext import xtest

Answer = TypeVar("Answer")
PATIENCE_S = 40.0
SIZE = (1024, 768)
Picture = NDArray[np.uint8]
"""(h, w, 3) uint8 in blue, green, red."""


class Area(NamedTuple):
    """A window on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def is_inside(self, other: "Area") -> bool:
        """Whether all of it lies in `other`."""
        right, bottom = other.x + other.width, other.y + other.height
        return (
            self.x >= other.x
            and self.y >= other.y
            and self.x + self.width <= right
            and self.y + self.height <= bottom
        )


def wait_for(what: Callable[[], Answer], *, patience_s: float = PATIENCE_S) -> Answer:
    """The first true answer of `what`; fails the test where none comes in time."""
    deadline_s = time.monotonic() + patience_s
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < deadline_s, f"waited {patience_s:.0f} s in vain"
        time.sleep(0.05)


WHOLE = Area(0, 0, *SIZE)


class Screen:
    """One X server with what runs on it. `environment` is for every program on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        read, write = os.pipe()
        self._spawn(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "{}x{}x24".format(*SIZE)], pass_fds=[write]
        )
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_", "DBUS_", "PYSTRAY", "WAYLAND_"))
        } | {
            "DISPLAY": f":{number}",
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "runtime"),
            "NO_AT_BRIDGE": "1",
            "LANG": "C.UTF-8",
        }
        (folder / "home").mkdir()
        (folder / "runtime").mkdir(mode=0o700)
        self._display = display.Display(f":{number}")
        self._root = self._display.screen().root
        self._start_bus()
        self.spawn("openbox")
        wait_for(lambda: self._property(self._root, "_NET_SUPPORTING_WM_CHECK"))

    def _start_bus(self) -> None:
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._running.append(bus)
        assert bus.stdout is not None
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        bus.stdout.close()

    def _spawn(self, command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, **(silent | options))
        self._running.append(process)
        return process

    def spawn(self, *command: str, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
        """Start a program on this screen; it is ended with the screen at the latest."""
        log = (self.folder / f"{Path(command[0]).name}.log").open("ab")
        with log:
            return self._spawn(
                command, env=self.environment | dict(environment or {}), stdout=log, stderr=log
            )

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """End a program that was started here, and wait for that."""
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End everything that was started here, the X server last."""
        self._display.close()
        for process in reversed(self._running):
            self.end(process)

    def picture(self, area: Area = WHOLE) -> Picture:
        """What is to be seen there now."""
        image = self._root.get_image(*area, X.ZPixmap, 0xFFFFFFFF)
        pixels = np.frombuffer(image.data, np.uint8).reshape(area.height, area.width, 4)
        return pixels[:, :, :3]

    def move(self, x: int, y: int) -> None:
        """Move the mouse there."""
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        self._display.sync()

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the mouse there and press a button."""
        self.move(x, y)
        time.sleep(0.1)  # as a hand would: GTK opens submenus for a pointer that rests
        xtest.fake_input(self._display, X.ButtonPress, button)
        xtest.fake_input(self._display, X.ButtonRelease, button)
        self._display.sync()

    def press(self, *keys: str) -> None:
        """Press keys together, by X's names, and let go of them in the opposite order."""
        codes = [self._display.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def type(self, text: str) -> None:
        """Type text of small letters, digits, slashes, dots, dashes and underscores."""
        names = {"/": "slash", ".": "period", "-": "minus"}
        for character in text:
            if character == "_":
                self.press("Shift_L", "minus")
            elif character.isupper():
                self.press("Shift_L", character.lower())
            else:
                self.press(names.get(character, character))
            time.sleep(0.03)  # as fast a typist as GTK's file dialog keeps up with while it opens its entry

    def popups(self) -> list[Area]:
        """Menus that are open, the newest last; notifications and tooltips look much the same to X."""
        kinds = [f"_NET_WM_WINDOW_TYPE_{kind}" for kind in ("NOTIFICATION", "TOOLTIP")]
        others = {self._display.intern_atom(kind) for kind in kinds}
        found = []
        for window in self._root.query_tree().children:
            with suppress(error.XError):
                attributes = window.get_attributes()
                place = window.get_geometry()
                area = Area(place.x, place.y, place.width, place.height)
                if not attributes.override_redirect or attributes.map_state != X.IsViewable:
                    continue
                if others & set(self._property(window, "_NET_WM_WINDOW_TYPE") or ()):
                    continue
                if area.height > 40 and area.is_inside(WHOLE):
                    found.append(area)
        return found

    def active(self) -> str:
        """The title of the window that has the keyboard; '' where none has it."""
        ids = self._property(self._root, "_NET_ACTIVE_WINDOW")
        if not ids or not ids[0]:
            return ""
        with suppress(error.XError):
            title = self._property(self._display.create_resource_object("window", ids[0]), "_NET_WM_NAME")
            return title.decode() if isinstance(title, bytes) else ""
        return ""

    def _property(self, window: Any, name: str) -> Any:
        answer = window.get_full_property(self._display.intern_atom(name), X.AnyPropertyType)
        return None if answer is None else answer.value


@contextmanager
def opened(folder: Path) -> Iterator[Screen]:
    """A screen that is closed in any case."""
    screen = Screen(folder)
    try:
        yield screen
    finally:
        screen.close()


def rows(menu: Picture) -> list[int]:
    """The middles, in pixels from the top, of the lines of text in a picture of a menu.

    A line of text is a band of rows with ink, of the height of letters; a separator is a thin one.
    """
    text = menu[:, 28:-24].astype(int).mean(axis=2)
    paper = np.median(text)
    inked = (np.abs(text - paper) > 40).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(int)))
    bands: list[tuple[int, int]] = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if bands and top - bands[-1][1] <= 2:  # dots and strokes of one line
            bands[-1] = bands[-1][0], int(bottom)
        else:
            bands.append((int(top), int(bottom)))
    return [(top + bottom) // 2 for top, bottom in bands if bottom - top >= 5]
