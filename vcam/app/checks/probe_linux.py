"""Reads the kernel's side of a virtual camera from /sys, /proc, /lib/modules and /etc: see `LinuxState`.

All paths start at `root`, so a recorded tree can stand in for the system.
"""

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from vcam.app.checks.state import LinuxState, LoopbackState
from vcam.publish import pipewire, v4l2
from vcam.publish.v4l2 import Loopback

MODULE = "v4l2loopback"


def probe(
    root: Path = Path("/"),
    kernel: str | None = None,
    discover: Callable[[], Sequence[Loopback]] = v4l2.discover,
) -> LinuxState:
    """The state of this kernel, or of the recorded tree at `root` with the devices that `discover` finds."""
    kernel = kernel or platform.release()
    release = _os_release(root)
    sources = sorted((root / "usr/src").glob(f"{MODULE}-*"))
    loaded = root / "sys/module" / MODULE
    return LinuxState(
        distribution=release.get("ID", ""),
        relatives=tuple(release.get("ID_LIKE", "").split()),
        kernel=kernel,
        container=_in_container(root),
        wsl="microsoft" in kernel.lower(),
        user=_user(),
        module_file=_module_file(root, kernel),
        dkms_source=sources[-1].name.removeprefix(f"{MODULE}-") if sources else None,
        headers=(root / "lib/modules" / kernel / "build").exists(),
        loaded=loaded.is_dir(),
        loaded_version=_text(loaded / "version") or None,
        loopbacks=tuple(_loopback(device, root) for device in discover()),
        secure_boot=_secure_boot(root),
        at_boot=any(MODULE in line.split("#")[0].split() for line in _lines(root, _LOAD_FILES)),
        boot_options=" ".join(_boot_options(root)),
        image_based=(root / "run/ostree-booted").exists(),
        pipewire=pipewire.available(),
    )


_LOAD_FILES = ("etc/modules", "etc/modules-load.d/*.conf", "usr/lib/modules-load.d/*.conf")
_OPTION_FILES = ("etc/modprobe.d/*.conf", "usr/lib/modprobe.d/*.conf")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _lines(root: Path, patterns: Iterable[str]) -> Iterable[str]:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            yield from _text(path).splitlines()


def _os_release(root: Path) -> dict[str, str]:
    pairs = (line.partition("=") for line in _lines(root, ("etc/os-release",)))
    return {key: value.strip("\"'") for key, equals, value in pairs if equals}


def _user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _in_container(root: Path) -> bool:
    marks = (".dockerenv", "run/.containerenv", "run/systemd/container")
    return any((root / mark).exists() for mark in marks)


def _module_file(root: Path, kernel: str) -> str | None:
    for line in _lines(root, (f"lib/modules/{kernel}/modules.dep",)):
        name = line.split(":")[0]
        if name.rpartition("/")[2].startswith(f"{MODULE}.ko"):
            return name
    return None


def _boot_options(root: Path) -> Iterable[str]:
    for line in _lines(root, _OPTION_FILES):
        words = line.split("#")[0].split()
        if words[:2] == ["options", MODULE]:
            yield from words[2:]


def _secure_boot(root: Path) -> bool | None:
    for path in root.glob("sys/firmware/efi/efivars/SecureBoot-*"):
        try:
            return path.read_bytes()[-1:] == b"\x01"
        except OSError:
            return None
    return None


def _loopback(device: Loopback, root: Path) -> LoopbackState:
    users = v4l2.readers_and_writers(device.path, root / "proc")
    return LoopbackState(device, tuple(f"{name} ({pid})" for pid, name in users))
