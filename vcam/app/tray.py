"""The icon in the tray: shows the session's state, asks for what the user clicks, owns the main thread.

The menu only shows what the controller holds: a click asks for a change, and the mark moves when it was made.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vcam.app import autostart, dialogs, menu, notify, tray_backend
from vcam.app.actions import Actions
from vcam.app.commands import Controls
from vcam.app.icon import draw
from vcam.app.menu import Act, Entry
from vcam.app.notify import Notice, TroubleWatch
from vcam.types import Label

log = logging.getLogger(__name__)

REFRESH_S = 1.0
SLOW_REFRESH_S = 5.0
"""How often packs and start at login are looked at again."""
CAMERAS_REFRESH_S = 30.0
"""How often cameras are listed where the system does not tell cheaply that one came or went."""
HOST_RETRY_S = 2.0
HOST_PATIENCE_S = 10.0
"""After a login the panel may come up later than vcam."""


class Tray:
    """The tray icon of a session.

    `show_expression`: the icon's face follows the user's expression. `tell_once` hears, at most once, that
    this desktop has no tray.
    """

    def __init__(
        self,
        controls: Controls,
        *,
        show_expression: bool = True,
        tell_once: Callable[[str], object] = log.warning,
    ) -> None:
        self._controls = controls
        self._show_expression = show_expression
        self._tell_once: Callable[[str], object] | None = tell_once
        self._icon: Any = None
        self._stopped = threading.Event()
        self._changed = threading.Event()
        self._entries: tuple[Entry, ...] = ()
        self._packs: tuple[str, ...] = ()
        self._autostart = False
        self._lists_due_s = 0.0
        self._cameras: tuple[str, ...] = ()
        self._cameras_mark: object = None
        self._trouble = TroubleWatch()
        self._main_thread = 0
        self.actions = Actions(controls, self._dialogs, self.notify)

    def run(self) -> None:
        """Show the icon until `stop`; to be called on the main thread, where it blocks.

        Where there is no tray it waits for one. Signals are handled as before.
        """
        self._main_thread = threading.get_native_id()
        tray_backend.remember_interrupts()
        self._controls.subscribe(self._changed.set)
        refresher = threading.Thread(target=self._keep_fresh, name="tray", daemon=True)
        refresher.start()
        began_s = time.monotonic()
        try:
            while not self._stopped.is_set():
                if tray_backend.has_host():
                    self._run_icon()
                elif time.monotonic() - began_s > HOST_PATIENCE_S:
                    self._say_once("No tray on this desktop: use the preview page, or `vcam ctl`.")
                self._stopped.wait(HOST_RETRY_S)
        finally:
            self.stop()
            refresher.join(REFRESH_S * 5)

    def stop(self) -> None:
        """Remove the icon and let `run` return; may be called from any thread, also twice."""
        self._stopped.set()
        self._changed.set()
        self.actions.close()
        icon = self._icon
        if icon is not None:
            tray_backend.on_loop(icon, icon.stop)

    def notify(self, notice: Notice) -> None:
        """Show a notification, through the icon where it can."""
        icon = self._icon
        if icon is not None and icon.HAS_NOTIFICATION:
            text = notice.text or notice.title
            tray_backend.on_loop(icon, lambda: icon.notify(text[:255], notice.title[:63]))
        elif not notify.send(notice):
            log.warning("%s: %s", notice.title, notice.text)

    def _dialogs(self) -> dialogs.Dialogs:
        icon = self._icon
        return dialogs.for_this_system(gtk=icon is not None and tray_backend.uses_gtk(icon))

    def _say_once(self, text: str) -> None:
        if self._tell_once is not None:
            self._tell_once(text)
            self._tell_once = None

    def _run_icon(self) -> None:
        try:
            make = tray_backend.load()
            status = self._controls.status()
            icon = make("vcam", draw(menu.look(status)), menu.title(status))
        except Exception as error:
            log.info("no tray icon", exc_info=True)
            self._say_once(f"The tray cannot be used ({error}): use the preview page, or `vcam ctl`.")
            return
        try:
            icon.run(self._begin)
        except Exception:
            # pystray ends with an error of its own where nobody shows notifications.
            log.debug("the tray icon ended", exc_info=True)
        finally:
            self._icon = None

    def _begin(self, icon: Any) -> None:
        tray_backend.keep_interrupts(icon)
        self._entries = ()
        self._icon = icon
        self._refresh()  # what can be seen can be clicked: the menu is there before the icon
        icon.visible = True
        if self._stopped.is_set():
            self.stop()

    def _keep_fresh(self) -> None:
        while not self._stopped.is_set():
            self._changed.wait(REFRESH_S)
            self._changed.clear()
            try:
                self._refresh()
            except Exception:
                log.exception("the tray could not be refreshed")
            tray_backend.wake(self._main_thread)

    def _refresh(self) -> None:
        now_s = time.monotonic()
        status = self._controls.status()
        notice = self._trouble.update(status, now_s)
        if notice is not None:
            self.notify(notice)
        icon = self._icon
        if icon is None or self._stopped.is_set():
            return
        if now_s >= self._lists_due_s:
            self._lists_due_s = now_s + SLOW_REFRESH_S
            self._packs = tuple(self._controls.packs())
            self._autostart = autostart.for_this_system().enabled()
        mark = _cameras_mark(now_s)
        if mark != self._cameras_mark:
            self._cameras_mark = mark
            self._cameras = tuple(self._controls.cameras())
        entries = menu.build(status, self._packs, self._cameras, autostart=self._autostart)
        shown = menu.expression(status) if self._show_expression else None
        picture = draw(menu.look(status), shown or Label.HAPPINESS)
        tray_backend.on_loop(icon, lambda: self._show(icon, picture, menu.title(status), entries))

    def _show(self, icon: Any, picture: Any, title: str, entries: tuple[Entry, ...]) -> None:
        if self._stopped.is_set():
            return
        if icon.icon is not picture:
            icon.icon = picture
        icon.title = title
        if entries == self._entries:
            return
        if entries[1:] == self._entries[1:] and tray_backend.rename_first_entry(icon, entries[0].text):
            self._entries = entries
        elif not tray_backend.menu_is_open(icon):
            self._entries = entries
            icon.menu = _native(entries, self._request)

    def _request(self, entry: Entry) -> None:
        if entry.act is Act.AUTOSTART:
            self._lists_due_s = 0.0
        self.actions.request(entry.act, entry.value)
        self._changed.set()


def _cameras_mark(now_s: float, devices: Path = Path("/sys/class/video4linux")) -> object:
    """Something that changes when cameras may have come or gone; on Linux nothing is opened for that.

    To list cameras opens each of them for a moment, which older v4l2loopbacks take for somebody who watches.
    """
    if sys.platform == "linux":
        return tuple(sorted(entry.name for entry in devices.glob("*")))
    return int(now_s / CAMERAS_REFRESH_S)


def _native(entries: Sequence[Entry], request: Callable[[Entry], None]) -> Any:
    """The entries as a pystray menu."""
    import pystray

    def mark(entry: Entry) -> Any:
        return None if entry.checked is None else lambda _: entry.checked

    def item(entry: Entry) -> Any:
        if entry == menu.SEPARATOR:
            return pystray.Menu.SEPARATOR
        text = entry.text.replace("&", "&&") if sys.platform == "win32" else entry.text
        action = _native(entry.children, request) if entry.children else lambda: request(entry)
        return pystray.MenuItem(
            text, action, checked=mark(entry), radio=entry.radio, default=entry.default, enabled=entry.enabled
        )

    return pystray.Menu(*(item(entry) for entry in entries))
