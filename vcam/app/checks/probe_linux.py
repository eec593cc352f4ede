"""Reads the kernel's side of a virtual camera from /sys, /proc, /lib/modules and /etc: see `LinuxState`.

All paths start at `root`, so a recorded tree can stand in for the system.
"""

import fcntl
import os
import platform
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

from vcam.app.checks.state import LinuxState, LoopbackState

MODULE = "v4l2loopback"
_QUERYCAP = 0x80685600
_CAPTURE, _OUTPUT = 0x1, 0x2
"""VIDIOC_QUERYCAP and two of its flags, from linux/videodev2.h; `device_caps` lies at byte 88 of 104."""

Capabilities = Callable[[Path], int | None]
"""A device's current capabilities; None where it may not be opened."""


def probe(
    root: Path = Path("/"), kernel: str | None = None, capabilities: Capabilities | None = None
) -> LinuxState:
    """The state of this kernel, or of the recorded tree at `root`."""
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
        loopbacks=tuple(_loopbacks(root, capabilities or _query)),
        secure_boot=_secure_boot(root),
        at_boot=any(MODULE in line.split("#")[0].split() for line in _lines(root, _LOAD_FILES)),
        boot_options=" ".join(_boot_options(root)),
        image_based=(root / "run/ostree-booted").exists(),
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


def _loopbacks(root: Path, capabilities: Capabilities) -> Iterable[LoopbackState]:
    users = device_users(root)
    for entry in sorted((root / "sys/devices/virtual/video4linux").glob("video*")):
        if not (entry / "max_openers").exists():
            continue
        device = Path("/dev") / entry.name
        found = capabilities(device)
        yield LoopbackState(
            path=str(device),
            label=_text(entry / "name"),
            permitted=found is not None,
            capture=bool((found or 0) & _CAPTURE),
            output=bool((found or 0) & _OUTPUT),
            busy_by=users.get(str(device), ()),
        )


def device_users(root: Path = Path("/")) -> dict[str, tuple[str, ...]]:
    """Which programs have which /dev/video* open, as far as this user may see them; without vcam itself."""
    users: dict[str, list[str]] = {}
    for process in (root / "proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            links = [str(link.readlink()) for link in (process / "fd").iterdir()]
        except OSError:  # another user's, or just gone
            continue
        for device in {link for link in links if link.startswith("/dev/video")}:
            users.setdefault(device, []).append(_text(process / "comm") or f"process {process.name}")
    return {device: tuple(sorted(set(names))) for device, names in users.items()}


def _query(device: Path) -> int | None:
    answer = bytearray(104)
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.ioctl(descriptor, _QUERYCAP, answer)
    except OSError:
        return 0
    finally:
        os.close(descriptor)
    return int(struct.unpack_from("<I", answer, 88)[0])
