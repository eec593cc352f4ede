"""The tray and the emoji font: conveniences, so never worse than a warning."""

from vcam.app.checks.finding import Finding, ok, warn
from vcam.app.checks.software import INSTALL, family_of
from vcam.app.checks.state import DesktopState, LinuxState, SystemState

_BINDINGS = {
    "debian": "python3-gi gir1.2-ayatanaappindicator3-0.1",
    "fedora": "python3-gobject libayatana-appindicator-gtk3",
    "arch": "python-gobject libayatana-appindicator",
    "suse": "python3-gobject typelib-1_0-AyatanaAppIndicator3-0_1",
}
_EMOJI_FONTS = {
    "debian": "fonts-noto-color-emoji",
    "fedora": "google-noto-color-emoji-fonts",
    "arch": "noto-fonts-emoji",
    "suse": "noto-coloremoji-fonts",
}


def check_desktop(state: SystemState) -> list[Finding]:
    """Findings on the tray and on the emoji font."""
    tray = _check_tray(state.desktop, state.linux) if state.linux else ok("tray", "part of this system")
    return [tray, _check_font(state.desktop, state.linux)]


def _check_tray(desktop: DesktopState, linux: LinuxState) -> Finding:
    if not desktop.session:
        return warn(
            "tray",
            "no desktop session, so no tray",
            "Use the preview page, or `vcam ctl` from another terminal.",
            "vcam ctl status",
        )
    if not desktop.status_notifier and not desktop.xembed:
        if "gnome" in desktop.name.lower():
            return warn(
                "tray",
                "GNOME shows no tray icons by itself",
                "Install the AppIndicator extension, log out and in, enable it; `vcam ctl` works without.",
                *_gnome_extension(linux),
            )
        return warn(
            "tray",
            "this desktop has no tray",
            "Add the tray or 'status notifier' item to your panel; `vcam ctl` works without.",
        )
    if not desktop.bindings:
        family = family_of(linux)
        commands = (f"{INSTALL[family]} {_BINDINGS[family]}",) if family else ()
        return warn(
            "tray",
            "the tray shows an icon without a menu: GTK's Python bindings (gi) do not load here",
            "Install them, and run vcam with the system's own Python version.",
            *commands,
        )
    host = "StatusNotifier" if desktop.status_notifier else "XEMBED"
    return ok("tray", f"{host} on {desktop.name or desktop.session}")


def _gnome_extension(linux: LinuxState) -> tuple[str, ...]:
    family = family_of(linux)
    name = (
        "ubuntu-appindicators@ubuntu.com" if family == "debian" else "appindicatorsupport@rgcjonas.gmail.com"
    )
    enable = f"gnome-extensions enable {name}"
    if family in INSTALL:
        return f"{INSTALL[family]} gnome-shell-extension-appindicator", enable
    return (enable,)


def _check_font(desktop: DesktopState, linux: LinuxState | None) -> Finding:
    if desktop.emoji_font:
        return ok("emoji font", desktop.emoji_font)
    family = family_of(linux) if linux else ""
    commands = (f"{INSTALL[family]} {_EMOJI_FONTS[family]}",) if family else ()
    return warn(
        "emoji font",
        "no colour emoji font, so emoji typed as text show as boxes",
        "Install one; the packs that ship with vcam do not need it.",
        *commands,
    )
