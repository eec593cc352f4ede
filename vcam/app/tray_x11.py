"""A tray icon on bare X11, where GTK's bindings do not load: it shows the state, its click is the default.

pystray has a part for that, too, but it asks X for no clicks, and talks to X from several threads, so that it
hangs now and then when a panel goes. Here only `run` talks to X; the other methods leave word and wake it.

Protocols: freedesktop.org's System Tray 0.3 and XEMBED 0.5.
"""

import logging
import os
import select
from collections.abc import Callable
from typing import Any

from PIL import Image

log = logging.getLogger(__name__)

_SIDE_PX = 24
_REQUEST_DOCK = 0
_XEMBED_VERSION, _XEMBED_MAPPED = 0, 1


class X11Icon:
    """What `Tray` needs of a pystray icon; `menu` is only called, for its default entry."""

    HAS_NOTIFICATION = False

    def __init__(self, name: str, icon: Image.Image, title: str) -> None:
        self.name = name
        self.menu: Callable[[object], object] | None = None
        self.visible = False
        self._picture = icon
        self._title = title
        self._stopped = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    @property
    def icon(self) -> Image.Image:
        """The picture that is shown, RGBA of any size."""
        return self._picture

    @icon.setter
    def icon(self, picture: Image.Image) -> None:
        self._picture = picture
        self._wake()

    @property
    def title(self) -> str:
        """The name of the icon's window, which some panels show."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self._wake()

    def stop(self) -> None:
        """Let `run` return; from any thread, also before and after it runs."""
        self._stopped = True
        self._wake()

    def run(self, setup: Callable[["X11Icon"], object]) -> None:
        """Show the icon until `stop`, or until the panel goes. `setup` is called when it has been offered.

        Raises Xlib's errors where X does not answer.
        """
        from Xlib import display, error

        connection = display.Display()
        try:
            docked = _Docked(connection, self.name)
            if docked.offer():
                setup(self)
                self._attend(connection, docked)
        except error.ConnectionClosedError:
            log.info("X has gone")
        finally:
            connection.close()

    def _attend(self, connection: Any, docked: "_Docked") -> None:
        shown: object = None
        while not self._stopped:
            while connection.pending_events():
                word = docked.handle(connection.next_event())
                if word == "gone":
                    return
                if word == "draw":
                    shown = None
                elif word == "click" and self.menu is not None:
                    self.menu(self)
            if shown != (self._picture, self._title):
                shown = self._picture, self._title
                docked.draw(*shown)
            readable, _, _ = select.select([connection, self._reader], [], [])
            if self._reader in readable:
                os.read(self._reader, 4096)

    def _wake(self) -> None:
        try:
            os.write(self._writer, b"x")
        except BlockingIOError:
            log.debug("the icon's thread has been woken often enough")

    def __del__(self) -> None:
        os.close(self._reader)
        os.close(self._writer)


class _Docked:
    """The icon's window, offered to the panel."""

    def __init__(self, connection: Any, name: str) -> None:
        from Xlib import X

        self._connection = connection
        self._root = connection.screen().root
        self._depth = connection.screen().root_depth
        self._embedded = False
        self._panel: Any = None
        mask = X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask
        self._window = self._root.create_window(
            0, 0, _SIDE_PX, _SIDE_PX, 0, self._depth,
            window_class=X.InputOutput, background_pixmap=X.ParentRelative, event_mask=mask,
        )  # fmt: skip
        self._gc = self._window.create_gc()
        info = connection.intern_atom("_XEMBED_INFO")
        self._window.change_property(info, info, 32, [_XEMBED_VERSION, _XEMBED_MAPPED])
        self._window.set_wm_class(name, name)
        self._window.set_wm_normal_hints(flags=16, min_width=_SIDE_PX, min_height=_SIDE_PX)  # PMinSize

    def offer(self) -> bool:
        """Ask the panel to take the window; whether there is one."""
        from Xlib import X
        from Xlib.protocol import event

        number = self._connection.get_default_screen()
        selection = self._connection.intern_atom(f"_NET_SYSTEM_TRAY_S{number}")
        self._panel = self._connection.get_selection_owner(selection)
        if not self._panel:
            return False
        self._panel.change_attributes(event_mask=X.StructureNotifyMask)
        opcode = self._connection.intern_atom("_NET_SYSTEM_TRAY_OPCODE")
        data = (32, [X.CurrentTime, _REQUEST_DOCK, self._window.id, 0, 0])
        message = event.ClientMessage(window=self._panel, client_type=opcode, data=data)
        self._panel.send_event(message, event_mask=X.NoEventMask)
        self._connection.flush()
        return True

    def handle(self, event: Any) -> str:
        """What an event means: `click`, `draw`, `gone`, or '' for nothing."""
        from Xlib import X

        ours = event.window.id == self._window.id
        if event.type == X.ButtonPress and ours and event.detail == 1:
            return "click"
        if event.type == X.DestroyNotify and event.window.id in (self._window.id, self._panel.id):
            return "gone"
        if event.type == X.ReparentNotify and ours:
            back = event.parent.id == self._root.id
            gone, self._embedded = back and self._embedded, not back
            return "gone" if gone else "draw"
        return "draw" if event.type in (X.Expose, X.ConfigureNotify) and ours else ""

    def draw(self, picture: Image.Image, title: str) -> None:
        """Paint the picture over the panel's own background, as large as there is room."""
        from Xlib import X, error

        try:
            self._window.set_wm_name(title)
            place = self._window.get_geometry()
            self._window.clear_area(0, 0, place.width, place.height)
            behind = self._window.get_image(0, 0, place.width, place.height, X.ZPixmap, 0xFFFFFFFF)
            size = place.width, place.height
            ground = Image.frombytes("RGB", size, behind.data, "raw", "BGRX").convert("RGBA")
            side = min(size)
            small = picture.resize((side, side), Image.Resampling.LANCZOS)
            ground.alpha_composite(small, ((size[0] - side) // 2, (size[1] - side) // 2))
            pixels = ground.convert("RGB").tobytes("raw", "BGRX")
            self._window.put_image(self._gc, 0, 0, *size, X.ZPixmap, self._depth, 0, pixels)
            self._connection.flush()
        except error.XError as problem:  # not mapped yet, or just gone: an event will tell
            log.debug("the icon was not drawn: %s", problem)
