"""Reads what the desktop offers: see `DesktopState`."""

import shutil
import subprocess
from pathlib import Path

from vcam.app import desktop
from vcam.app.checks.state import DesktopState, System

_FONTS = {
    System.WINDOWS: ("Segoe UI Emoji", Path("C:/Windows/Fonts/seguiemj.ttf")),
    System.MACOS: ("Apple Color Emoji", Path("/System/Library/Fonts/Apple Color Emoji.ttc")),
}


def probe(system: System) -> DesktopState:
    """The desktop as it is now."""
    if system is not System.LINUX:
        name, file = _FONTS[system]
        return DesktopState(emoji_font=name if file.exists() else None)
    return DesktopState(
        session=desktop.session(),
        name=desktop.desktop_name(),
        bindings=desktop.load_bindings(),
        status_notifier=desktop.has_status_notifier(),
        xembed=desktop.has_xembed(),
        emoji_font=_linux_font(),
    )


def _linux_font() -> str | None:
    if shutil.which("fc-list") is None:
        return None
    command = ["fc-list", ":charset=1f600:color=true", "family"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except subprocess.TimeoutExpired:
        return None
    names = sorted(line.split(",")[0].strip() for line in answer.stdout.splitlines() if line.strip())
    return names[0] if names else None
