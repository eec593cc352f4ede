"""Reads OBS, its camera extension and the right to use cameras on macOS: see `MacState`.

`run` and `applications` stand for the system, so recorded answers can take their place.
"""

import platform
import plistlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from vcam.app.checks.state import MacState

EXTENSION = "com.obsproject.obs-studio.mac-camera-extension"

Run = Callable[[list[str]], str]
"""Runs a program and returns what it printed; '' where it cannot be run."""


def probe(
    root: Path = Path("/"),
    release: str | None = None,
    run: Run | None = None,
    consent: Callable[[], int | None] | None = None,
) -> MacState:
    """What this Mac says, or the recorded one at `root`."""
    numbers = [int(part) for part in (release or platform.mac_ver()[0] or "0").split(".")] + [0]
    return MacState(
        release=(numbers[0], numbers[1]),
        obs_version=_obs_version(root / "Applications/OBS.app"),
        extension=extension_state((run or _run)(["systemextensionsctl", "list"])),
        dal_plugin=(root / "Library/CoreMediaIO/Plug-Ins/DAL/obs-mac-virtualcam.plugin").exists(),
        camera_consent=(consent or _consent)(),
    )


def extension_state(listing: str) -> str | None:
    """The state of OBS's camera extension in the output of `systemextensionsctl list`.

    A line ends in `[activated enabled]`; after an update an older version stands beside the new one as
    `[terminated waiting to uninstall on reboot]`, so an enabled line counts first.
    """
    states = [
        found[1]
        for line in listing.splitlines()
        if EXTENSION in line and (found := re.search(r"\[([^\]]+)\]\s*$", line))
    ]
    return "activated enabled" if "activated enabled" in states else (states[0] if states else None)


def _obs_version(bundle: Path) -> str | None:
    try:
        with (bundle / "Contents/Info.plist").open("rb") as file:
            return str(plistlib.load(file)["CFBundleShortVersionString"])
    except (OSError, KeyError, plistlib.InvalidFileException):
        return None


def _run(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _consent() -> int | None:
    try:
        import AVFoundation
    except ImportError:
        return None
    device = AVFoundation.AVCaptureDevice
    return int(device.authorizationStatusForMediaType_(AVFoundation.AVMediaTypeVideo))
