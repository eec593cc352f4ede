import signal
import sys
import threading
import types
from collections.abc import Callable

import pytest

from vcam.app import desktop, tray_backend
from vcam.app.tray_x11 import X11Icon


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(tray_backend.sys, "platform", "linux")
    monkeypatch.setattr(desktop, "session", lambda: "x11")
    monkeypatch.setattr(desktop, "has_bus", lambda: True)
    monkeypatch.setattr(desktop, "load_bindings", lambda: True)
    monkeypatch.setattr(desktop, "has_status_notifier", lambda: False)
    monkeypatch.setattr(desktop, "has_xembed", lambda: False)
    return monkeypatch


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_windows_and_macos_always_show_icons(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(tray_backend.sys, "platform", system)
    assert tray_backend.has_host()


def test_linux_asks_the_desktop(linux: pytest.MonkeyPatch) -> None:
    assert not tray_backend.has_host()
    linux.setattr(desktop, "has_xembed", lambda: True)
    assert tray_backend.has_host()
    linux.setattr(desktop, "session", lambda: "")
    assert not tray_backend.has_host()


@pytest.mark.parametrize(
    ("notifier", "bus", "bindings", "order"),
    [
        (True, True, True, ["appindicator", "gtk", "dummy"]),
        (False, True, True, ["gtk", "appindicator", "dummy"]),
        (True, False, True, ["dummy"]),
        (True, True, False, ["dummy"]),
    ],
)
def test_the_order_of_the_parts(
    linux: pytest.MonkeyPatch, notifier: bool, bus: bool, bindings: bool, order: list[str]
) -> None:
    linux.setattr(desktop, "has_status_notifier", lambda: notifier)
    linux.setattr(desktop, "has_bus", lambda: bus)
    linux.setattr(desktop, "load_bindings", lambda: bindings)
    assert tray_backend._candidates() == order


@pytest.fixture
def parts(linux: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Lets all parts of pystray before the named one fail; returns the list of what was tried."""

    def fail_before(name: str) -> list[str]:
        tried: list[str] = []

        def load(module: str) -> types.SimpleNamespace:
            tried.append(tray_backend.os.environ["PYSTRAY_BACKEND"])
            if tried[-1] != name:
                raise ValueError("Namespace not available")
            return types.SimpleNamespace(Icon=_GtkIcon)

        linux.setenv("PYSTRAY_BACKEND", "")
        linux.delitem(sys.modules, "pystray", raising=False)
        linux.setattr(tray_backend.importlib, "import_module", load)
        return tried

    return fail_before


def test_the_first_part_that_loads_is_taken(parts: Callable[[str], list[str]]) -> None:
    tried = parts("appindicator")
    assert tray_backend.load() is _GtkIcon
    assert tried == ["gtk", "appindicator"]


def test_the_last_one_is_our_own(parts: Callable[[str], list[str]]) -> None:
    tried = parts("dummy")
    assert tray_backend.load() is X11Icon
    assert tried == ["gtk", "appindicator", "dummy"]


def test_no_part_loads(parts: Callable[[str], list[str]]) -> None:
    parts("none of them")
    with pytest.raises(ImportError, match="dummy: Namespace"):
        tray_backend.load()


def test_an_icon_without_a_native_menu() -> None:
    icon = types.SimpleNamespace()
    assert not tray_backend.menu_is_open(icon)
    assert not tray_backend.rename_first_entry(icon, "x")


class _GtkIcon:
    """What pystray's GTK part has: a menu of labelled items."""

    __module__ = "pystray._gtk"

    def __init__(self, visible: bool = False) -> None:
        self.labels: list[str] = []
        item = types.SimpleNamespace(set_label=self.labels.append)
        self._menu_handle = types.SimpleNamespace(get_children=lambda: [item], get_visible=lambda: visible)


@pytest.fixture
def glib(monkeypatch: pytest.MonkeyPatch) -> None:
    """GLib's main loop, which does at once what it is asked for."""
    repository = types.SimpleNamespace(GLib=types.SimpleNamespace(idle_add=lambda work: work()))
    monkeypatch.setitem(sys.modules, "gi", types.SimpleNamespace(repository=repository))  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "gi.repository", repository)  # type: ignore[arg-type]
    monkeypatch.setattr(tray_backend.sys, "platform", "linux")


@pytest.mark.usefixtures("glib")
def test_gtk_renames_in_place_and_knows_an_open_menu() -> None:
    icon = _GtkIcon()
    assert tray_backend.uses_gtk(icon)
    assert tray_backend.rename_first_entry(icon, "Live")
    assert icon.labels == ["Live"]
    assert not tray_backend.menu_is_open(icon)
    assert tray_backend.menu_is_open(_GtkIcon(visible=True))


@pytest.mark.usefixtures("glib")
def test_ctrl_c_means_again_what_it_meant() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        tray_backend.remember_interrupts()
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as pystray does
        tray_backend.keep_interrupts(_GtkIcon())
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        signal.signal(signal.SIGINT, before)
        tray_backend._handlers.clear()


def test_signals_are_the_main_thread_s_alone() -> None:
    thread = threading.Thread(target=tray_backend.remember_interrupts)
    thread.start()
    thread.join()
    assert tray_backend._handlers == {}
