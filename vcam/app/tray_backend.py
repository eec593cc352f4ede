"""What differs between the systems when pystray draws the tray: which part of it, and what it leaves to us.

Written for pystray 0.19.5. `_menu_handle`, its native menu, is the only private thing used: an entry that
changes every second must not rebuild the menu under the user's hand.
"""

import importlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, cast

from vcam.app import desktop

log = logging.getLogger(__name__)


def has_host() -> bool:
    """Whether something shows tray icons now. Windows and macOS always do."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(desktop.session()) and (desktop.has_status_notifier() or desktop.has_xembed())


def load() -> type:
    """The class of icons for this desktop: pystray's, or our own on bare X; the choice holds for the process.

    Raises ImportError where none works.
    """
    if sys.platform in ("win32", "darwin"):
        icon: type = importlib.import_module("pystray").Icon
        return icon
    problems = []
    for name in [os.environ[_CHOSEN]] if "pystray" in sys.modules else _candidates():
        os.environ[_CHOSEN] = name
        try:
            pystray = importlib.import_module("pystray")
        except Exception as error:  # noqa: BLE001  each part fails in its own way: ImportError, ValueError …
            problems.append(f"{name}: {error}")
            continue
        if name != _BARE:
            return cast("type", pystray.Icon)
        from vcam.app.tray_x11 import X11Icon

        return X11Icon
    raise ImportError("; ".join(problems))


_CHOSEN = "PYSTRAY_BACKEND"
_BARE = "dummy"
"""pystray's part that draws nothing: only its menus are used then, with our own icon."""


def _candidates() -> list[str]:
    """AppIndicator where it is at home, GTK's icon (it has a default click) where the panel embeds, X last.

    Both GTK parts need a D-Bus session; without one they fail only when it is too late to choose another.
    """
    gtk = ["appindicator", "gtk"] if desktop.has_status_notifier() else ["gtk", "appindicator"]
    return [*(gtk if desktop.has_bus() and desktop.load_bindings() else []), _BARE]


def uses_gtk(icon: Any) -> bool:
    """Whether this icon runs GTK's main loop."""
    return type(icon).__module__.rpartition(".")[2] in ("_gtk", "_appindicator")


def on_loop(icon: Any, work: Callable[[], object]) -> None:
    """Have `work` done on the thread that runs the icon, where its system asks for that."""
    if sys.platform == "darwin":
        from PyObjCTools import AppHelper

        AppHelper.callAfter(work)
    elif uses_gtk(icon):
        from gi.repository import GLib

        GLib.idle_add(lambda: bool(work()) and False)
    else:
        work()


def menu_is_open(icon: Any) -> bool:
    """Whether the user is looking at the menu, as far as the system tells: then it must not be rebuilt."""
    handle = getattr(icon, "_menu_handle", None)
    if handle is None:
        return False
    if sys.platform == "win32":
        return _windows_menu_is_open()
    return bool(uses_gtk(icon) and handle.get_visible())


def rename_first_entry(icon: Any, text: str) -> bool:
    """Give the menu's first entry another text in place, also while it is open; whether that can be done."""
    handle = getattr(icon, "_menu_handle", None)
    if handle is None:
        return False
    if sys.platform == "darwin":
        on_loop(icon, lambda: handle[0].itemAtIndex_(0).setTitle_(text))
        return True
    if uses_gtk(icon):
        on_loop(icon, lambda: icon._menu_handle.get_children()[0].set_label(text))
        return True
    return False


def keep_interrupts(icon: Any) -> None:
    """Have Ctrl-C mean again what it meant before pystray took it. To be called while the icon runs."""
    previous = _handlers.get(signal.SIGINT)
    if previous is None:
        return
    if sys.platform == "darwin":
        from PyObjCTools import MachSignals

        on_loop(icon, lambda: MachSignals.signal(signal.SIGINT, lambda number: previous(number, None)))
    elif uses_gtk(icon):
        on_loop(icon, lambda: signal.signal(signal.SIGINT, previous))


_handlers: dict[int, Any] = {}


def remember_interrupts() -> None:
    """Note what Ctrl-C means now. To be called on the main thread before the icon runs."""
    if threading.current_thread() is threading.main_thread():
        _handlers[signal.SIGINT] = signal.getsignal(signal.SIGINT)


def wake(thread_id: int) -> None:
    """Let a Windows message loop turn once, so that Python sees a Ctrl-C; elsewhere signals do that."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.PostThreadMessageW(thread_id, 0, 0, 0)


def _windows_menu_is_open() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes
    from ctypes import wintypes

    class GuiThreadInfo(ctypes.Structure):
        _fields_ = (
            ("size", wintypes.DWORD),
            ("flags", wintypes.DWORD),
            ("windows", wintypes.HWND * 6),
            ("caret", wintypes.RECT),
        )

    info = GuiThreadInfo()
    info.size = ctypes.sizeof(info)
    main = threading.main_thread().native_id
    in_menu_mode, popup_menu_mode = 0x4, 0x10  # GUI_INMENUMODE and GUI_POPUPMENUMODE of winuser.h
    found = ctypes.windll.user32.GetGUIThreadInfo(main, ctypes.byref(info))
    return bool(found) and bool(info.flags & (in_menu_mode | popup_menu_mode))
