"""GTK's dialogs, for a process whose tray runs GTK's main loop. `desktop.load_bindings` comes first."""

import concurrent.futures
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class GtkDialogs:
    """Windows on the tray's main loop; the calling thread waits for the answer. See `dialogs.Dialogs`."""

    def __init__(self) -> None:
        self._waiting: concurrent.futures.Future[Any] | None = None

    def confirm(self, question: str, detail: str) -> bool:
        """Two buttons, the harmless one is the default."""
        from gi.repository import Gtk

        def make() -> Any:
            dialog = Gtk.MessageDialog(title="vcam", message_type=Gtk.MessageType.WARNING, text=question)
            dialog.format_secondary_text(detail)
            dialog.add_button("_Cancel", Gtk.ResponseType.CANCEL)
            dialog.add_button("_Show", Gtk.ResponseType.ACCEPT)
            dialog.set_default_response(Gtk.ResponseType.CANCEL)
            return dialog

        return self._ask(make, lambda _, response: bool(response == Gtk.ResponseType.ACCEPT))

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """GTK's file dialog."""
        from gi.repository import Gtk

        def make() -> Any:
            dialog = Gtk.FileChooserDialog(title=title, action=Gtk.FileChooserAction.OPEN)
            dialog.add_button("_Cancel", Gtk.ResponseType.CANCEL)
            dialog.add_button("_Open", Gtk.ResponseType.ACCEPT)
            dialog.set_default_response(Gtk.ResponseType.ACCEPT)
            pictures = Gtk.FileFilter()
            pictures.set_name("Pictures")
            for ending in endings:
                pictures.add_pattern(f"*.{ending}")
            dialog.add_filter(pictures)
            return dialog

        def chosen(dialog: Any, response: int) -> Path | None:
            return Path(dialog.get_filename()) if response == Gtk.ResponseType.ACCEPT else None

        return self._ask(make, chosen)

    def tell(self, title: str, text: str) -> None:
        """A window with one button."""
        from gi.repository import Gtk

        def make() -> Any:
            dialog = Gtk.MessageDialog(title=title, message_type=Gtk.MessageType.INFO, text=title)
            dialog.format_secondary_text(text)
            close = dialog.add_button("_Close", Gtk.ResponseType.CLOSE)
            for label in dialog.get_message_area().get_children():
                label.set_selectable(True)  # it may hold commands to copy
            close.grab_focus()
            return dialog

        self._ask(make, lambda _, response: response)

    def cancel(self) -> None:
        """Stop waiting; the window goes with the main loop."""
        waiting = self._waiting
        if waiting is not None:
            waiting.cancel()

    def _ask(self, make: Callable[[], Any], read: Callable[[Any, int], Answer]) -> Answer:
        from gi.repository import GLib

        future: concurrent.futures.Future[Answer] = concurrent.futures.Future()

        def answered(dialog: Any, response: int) -> None:
            answer = read(dialog, response)
            dialog.destroy()
            if not future.cancelled():
                future.set_result(answer)

        def show() -> bool:
            try:
                dialog = make()
                dialog.set_icon(_icon())
                dialog.set_keep_above(True)
                dialog.connect("response", answered)
                dialog.show_all()
                dialog.present()
            except Exception as error:  # noqa: BLE001  the waiting thread must hear of it
                future.set_exception(error)
            return False

        self._waiting = future
        GLib.idle_add(show)
        try:
            return future.result()
        finally:
            self._waiting = None


def _icon() -> Any:
    from gi.repository import GdkPixbuf

    from vcam.app.icon import Look, draw

    picture = io.BytesIO()
    draw(Look.LIVE).save(picture, "PNG")
    loader = GdkPixbuf.PixbufLoader()
    loader.write(picture.getvalue())
    loader.close()
    return loader.get_pixbuf()
