"""What this Linux desktop offers: the session, GTK's Python bindings, a host for tray icons.

A virtual environment does not see the distribution's `gi` package, and PyPI's needs a compiler and a newer
GLib than many distributions have. So `load_bindings` takes the distribution's, and only that package, where
it was built for this version of Python.
"""

import importlib.machinery
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
"""The bus name of the desktop's StatusNotifier host, on every desktop that has one."""


def session(environment: Mapping[str, str] = os.environ) -> str:
    """`wayland`, `x11`, or '' where programs have no screen to draw on."""
    if environment.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "x11" if environment.get("DISPLAY") else ""


def desktop_name(environment: Mapping[str, str] = os.environ) -> str:
    """What the desktop calls itself: `GNOME`, `KDE`, `ubuntu:GNOME`; '' where it does not say."""
    return environment.get("XDG_CURRENT_DESKTOP", "")


def has_bus(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether there is a D-Bus session already; looking for it must not start one."""
    if environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    folder = environment.get("XDG_RUNTIME_DIR")
    return folder is not None and (Path(folder) / "bus").exists()


def load_bindings() -> bool:
    """Make `import gi` work with GTK 3, from here or from the distribution; whether it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", (ImportWarning, DeprecationWarning))
            if "gi" not in sys.modules and importlib.util.find_spec("gi") is None:
                folder = _distribution_gi(_site_folders())
                if folder is None:
                    return False
                _import_package("gi", folder)
            import gi

            gi.require_version("Gtk", "3.0")
            from gi.repository import Gtk  # noqa: F401
    except (ImportError, ValueError, OSError) as error:
        log.info("GTK's Python bindings do not load: %s", error)
        return False
    return True


def _site_folders() -> list[Path]:
    version = f"python3.{sys.version_info.minor}"
    return [
        Path("/usr/lib/python3/dist-packages"),
        Path(f"/usr/lib64/{version}/site-packages"),
        Path(f"/usr/lib/{version}/site-packages"),
    ]


def _distribution_gi(folders: Iterable[Path]) -> Path | None:
    suffixes = importlib.machinery.EXTENSION_SUFFIXES
    for folder in folders:
        if any((folder / "gi" / f"_gi{suffix}").is_file() for suffix in suffixes if "cpython" in suffix):
            return folder / "gi"
    return None


def _import_package(name: str, folder: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is not a package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def has_status_notifier() -> bool:
    """Whether the desktop shows StatusNotifier icons now (KDE, Xfce, MATE, GNOME with its extension …)."""
    if not has_bus() or shutil.which("dbus-send") is None:
        return False
    command = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus"]
    command += ["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner", f"string:{WATCHER}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "boolean true" in answer.stdout


def has_xembed() -> bool:
    """Whether an X11 panel shows embedded icons now: somebody owns the tray's selection."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        from Xlib import display, error
    except ImportError:
        return False
    try:
        connection = display.Display()
    except (error.DisplayError, error.XError, OSError):
        return False
    try:
        selection = connection.intern_atom(f"_NET_SYSTEM_TRAY_S{connection.get_default_screen()}")
        return bool(connection.get_selection_owner(selection))
    finally:
        connection.close()
