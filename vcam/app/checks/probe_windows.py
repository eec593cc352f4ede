"""Reads cameras and their permission from the Windows registry: see `WindowsState`.

`read` and `subkeys` stand for the registry, so recorded keys can take its place.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PureWindowsPath

from vcam.app.checks.state import WindowsState
from vcam.app.checks.windows import OBS_CLSID, UNITY_CLSID

CONSENT = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
"""Under HKCU: the user's choice in `Value`, and per program a key with the time it stopped (0: in use)."""

Read = Callable[[str, str, str], object]
"""(root key such as `HKCU`, path, value name) to the value; None where there is none."""
Subkeys = Callable[[str, str], Iterable[str]]
"""(root key, path) to the names of the keys below it."""


def probe(
    read: Read | None = None, subkeys: Subkeys | None = None, exists: Callable[[str], bool] | None = None
) -> WindowsState:
    """What this registry says, or the recorded one that is given."""
    read = read or _registry_read
    subkeys = subkeys or _registry_subkeys
    exists = exists or (lambda path: Path(path).is_file())

    def library(class_id: str) -> str | None:
        path = read("HKLM", rf"SOFTWARE\Classes\CLSID\{class_id}\InprocServer32", "")
        if path is None:
            return None
        return str(path) if exists(str(path).strip('"')) else ""

    build = read("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuildNumber")
    machine_consent = read("HKLM", CONSENT, "Value")
    user_consent = read("HKCU", CONSENT, "Value")
    return WindowsState(
        build=int(str(build or 0)),
        obs_camera=library(OBS_CLSID),
        unity_camera=library(UNITY_CLSID),
        obs_installed=read("HKLM", r"SOFTWARE\OBS Studio", "") is not None,
        camera_consent="Deny" if "Deny" in (machine_consent, user_consent) else _or_none(user_consent),
        desktop_consent=_or_none(read("HKCU", rf"{CONSENT}\NonPackaged", "Value")),
        camera_users=tuple(_camera_users(read, subkeys)),
    )


def _or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _camera_users(read: Read, subkeys: Subkeys) -> Iterable[str]:
    for path in (CONSENT, rf"{CONSENT}\NonPackaged"):
        for name in subkeys("HKCU", path):
            key = rf"{path}\{name}"
            if name == "NonPackaged" or read("HKCU", key, "LastUsedTimeStop") != 0:
                continue
            if not read("HKCU", key, "LastUsedTimeStart"):
                continue
            program = PureWindowsPath(name.replace("#", "\\")).name
            if program.lower() != Path(sys.executable).name.lower():
                yield program


def _registry_read(root: str, path: str, name: str) -> object:
    if sys.platform != "win32":
        raise OSError("there is no registry on this system")
    import winreg

    roots = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}
    try:
        with winreg.OpenKey(roots[root], path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
            return winreg.QueryValueEx(key, name)[0]
    except OSError:
        return None


def _registry_subkeys(root: str, path: str) -> Iterable[str]:
    if sys.platform != "win32":
        raise OSError("there is no registry on this system")
    import winreg

    roots = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}
    try:
        with winreg.OpenKey(roots[root], path) as key:
            count = winreg.QueryInfoKey(key)[0]
            return [winreg.EnumKey(key, index) for index in range(count)]
    except OSError:
        return []
