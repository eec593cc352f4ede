"""v4l2loopback devices as they are in the wild: which there are, in what state, and the repair of one.

Linux only. A device is recognised in sysfs, before it is opened, so no real camera is ever touched.

What the state means (read from the sources of v4l2loopback 0.12.7, 0.13.2 and 0.15.4): with
`exclusive_caps=1` a device without a writer offers output only, and one with a writer capture only; with
`exclusive_caps=0` it always offers both, and browsers leave it out of their lists. In 0.12.7 a device whose
writer has closed offers neither (or, while a reader keeps it open, capture only), and every later writer is
refused, until a writer that streams (`VIDIOC_STREAMON`) closes it again: that is what `repair` does.
"""

import errno
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vcam.errors import SinkError
from vcam.publish import v4l2_abi
from vcam.types import Size

_log = logging.getLogger(__name__)

OWN_LABEL = "vcam"
LOAD = "sudo modprobe v4l2loopback exclusive_caps=1 card_label=vcam"
RELOAD = f"sudo modprobe -r v4l2loopback && {LOAD}"
_SYSFS = Path("/sys")
_LIVE_WRITER_S = 0.3


class Condition(StrEnum):
    """What a writer can expect of a device."""

    READY = "ready"
    BOTH_ROLES = "offers output and capture at once"
    LOST_OUTPUT = "lost its output"
    WRITTEN = "has a writer"
    NO_ACCESS = "not permitted"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Loopback:
    """One v4l2loopback device as it was found: path, label that apps show, module version, condition.

    The version is empty where the module does not tell it, as 0.12.7 and older do not.
    """

    path: str
    label: str
    version: tuple[int, ...]
    condition: Condition

    @property
    def keeps_output(self) -> bool:
        """Whether the module is free of 0.12.7's fault (0.13 and later are)."""
        return self.version >= (0, 13)


def condition_of(capability: v4l2_abi.Capability) -> Condition:
    """The condition that a device's capabilities tell."""
    if capability.output:
        return Condition.BOTH_ROLES if capability.capture else Condition.READY
    return Condition.WRITTEN if capability.capture else Condition.LOST_OUTPUT


def discover(sysfs: Path = _SYSFS, dev: Path = Path("/dev")) -> list[Loopback]:
    """All v4l2loopback devices, by number. Never raises for a device that cannot be opened."""
    try:
        version = _version((sysfs / "module/v4l2loopback/version").read_text(encoding="ascii"))
    except OSError:
        version = ()  # 0.12.7 and older do not say
    # Of all drivers only v4l2loopback gives its devices this attribute, in every version.
    folders = [mark.parent for mark in sysfs.glob("class/video4linux/video*/max_openers")]
    folders.sort(key=lambda folder: int(re.sub(r"\D", "", folder.name) or 0))
    return [_look(str(dev / folder.name), version) for folder in folders]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def _look(path: str, version: tuple[int, ...]) -> Loopback:
    try:
        with _opened(path) as fd:
            capability = v4l2_abi.query_capability(fd)
    except OSError as error:
        denied = error.errno in (errno.EACCES, errno.EPERM)
        return Loopback(path, "", version, Condition.NO_ACCESS if denied else Condition.GONE)
    return Loopback(path, capability.label, version, condition_of(capability))


@contextmanager
def _opened(path: str) -> Iterator[int]:
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        yield fd
    finally:
        os.close(fd)


def usable(devices: Iterable[Loopback]) -> bool:
    """Whether a writer could take one of the devices now (after a repair, where one is needed)."""
    return any(
        device.condition in (Condition.READY, Condition.BOTH_ROLES, Condition.LOST_OUTPUT)
        for device in devices
    )


def choose(devices: Sequence[Loopback], wanted: str = "") -> Loopback:
    """The device to write to: the one `wanted` (path or label), else vcam's own, else the best of the rest.

    Raises SinkError where there is none.
    """
    if not devices:
        raise SinkError("there is no v4l2loopback device", hint=f"Make one: {LOAD}")
    if wanted:
        named = [device for device in devices if wanted == device.path]
        named += [device for device in devices if wanted.casefold() in device.label.casefold()]
        if not named:
            found = ", ".join(f"{device.path} ({device.label})" for device in devices)
            raise SinkError(
                f"no v4l2loopback device is called {wanted}", hint=f"Set the device to one of: {found}."
            )
        return named[0]
    rank = list(Condition)
    return min(
        devices, key=lambda device: (device.label.casefold() != OWN_LABEL, rank.index(device.condition))
    )


def prepare(device: Loopback, *, wait: Callable[[float], object] = time.sleep) -> Loopback:
    """The device, able to take a writer; repaired where that is needed.

    Raises SinkError where it is not able to, with who or what is in the way.
    """
    if device.condition in (Condition.LOST_OUTPUT, Condition.WRITTEN) and not device.keeps_output:
        device = repair(device, wait=wait)
    if device.condition is Condition.NO_ACCESS:
        raise SinkError(
            f"{device.path} may not be opened",
            hint="Add yourself to its group (sudo usermod -aG video $USER), log out and in again.",
        )
    if device.condition is Condition.GONE:
        raise SinkError(f"{device.path} has gone", hint=f"Load the module again: {LOAD}")
    if device.condition is Condition.LOST_OUTPUT:
        raise SinkError(f"{device.path} has lost its output", hint=f"Reload the module: {RELOAD}")
    if device.condition is Condition.WRITTEN:
        raise written(device.path)
    # In 0.12 a device that somebody has open may offer both roles with exclusive_caps=1 too.
    if device.condition is Condition.BOTH_ROLES and (
        device.keeps_output or not readers_and_writers(device.path)
    ):
        _log.warning("%s is not listed by browsers (exclusive_caps=0); to change: %s", device.path, RELOAD)
    if device.label.casefold() != OWN_LABEL:
        _log.info("apps will list the camera as %r, the label of %s", device.label, device.path)
    return device


def repair(device: Loopback, *, wait: Callable[[float], object] = time.sleep) -> Loopback:
    """Give a device of 0.12 its output back; returns it as it is afterwards. Needs no root.

    Being a streaming writer for a moment and closing is enough. A writer that is alive is not harmed: its
    next picture takes the output away again, and by that it is told from one that died.
    """
    try:
        with _opened(device.path) as fd:
            v4l2_abi.stream_on(fd)
    except OSError as error:
        # With no format set yet the module marks the writer first and then refuses: the close still counts.
        _log.debug("%s: stream on: %s", device.path, error)
    if device.condition is Condition.WRITTEN:
        wait(_LIVE_WRITER_S)
    after = _look(device.path, device.version)
    _log.info("%s was repaired: %s, now %s", device.path, device.condition, after.condition)
    return after


def readers_and_writers(path: str, proc: Path = Path("/proc")) -> list[tuple[int, str]]:
    """Other processes that have the device open, as (pid, name); only those that this user may see."""
    found = []
    for folder in proc.glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        try:
            if any(str(link.readlink()) == path for link in (folder / "fd").iterdir()):
                found.append((int(folder.name), (folder / "comm").read_text(encoding="utf-8").strip()))
        except OSError:
            continue
    return sorted(found)


def _by_whom(path: str) -> str:
    names = ", ".join(f"{name} ({pid})" for pid, name in readers_and_writers(path))
    return f": {names}" if names else ""


def written(path: str) -> SinkError:
    """The error for a device that another program writes to."""
    return SinkError(
        f"{path} has a writer already{_by_whom(path)}",
        hint="Close that program, or set the device to another one.",
    )


def fixed_at(path: str, asked: Size, got: Size) -> SinkError:
    """The error for a device that a reader holds at another size."""
    return SinkError(
        f"{path} is fixed at {got}, not {asked}, while a program reads it{_by_whom(path)}",
        hint=f"Close that program, or start vcam with --size {got}.",
    )
