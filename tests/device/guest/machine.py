"""Starts the test guest in QEMU, runs one command in it as root, and returns what it printed.

Software emulation (TCG), so that it works where virtualisation does not nest. The guest's disk is a snapshot:
nothing it writes is kept. In the guest the project lies at /project and the Python packages at /packages.
"""

import contextlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.device.guest.image import GuestImage

_KERNEL_ARGUMENTS = (
    "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr tsc=reliable no_timer_check"
    " random.trust_cpu=on audit=0 selinux=0 apparmor=0 rcupdate.rcu_expedited=1 nowatchdog"
)


_SILENT_S = 180.0
"""A guest that has said nothing for so long hangs: its first word comes after half a minute."""


@dataclass(frozen=True)
class Shares:
    """Folders of this machine that the guest sees, read-only."""

    project: Path
    packages: Path


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the command's exit status (None where it never ended) and output, and the console."""

    status: int | None
    output: str
    console: str


def run(image: GuestImage, shares: Shares, command: str, *, timeout_s: float, cpus: int = 2) -> Outcome:
    """Boot, run `command` with sh, power off. A guest that is not done after `timeout_s` is ended.

    Now and then the emulated kernel hangs before its first word; such a guest is started once more.
    """
    with tempfile.TemporaryDirectory(prefix="vcam-guest-") as folder:
        control = Path(folder)
        (control / "command").write_text(command, encoding="utf-8")
        guest = _start(image, shares, control, cpus)
        try:
            if not _speaks(guest, control):
                _end(guest, 0)
                guest = _start(image, shares, control, cpus)
            _end(guest, timeout_s)
        finally:
            guest.kill()
        status = _text(control / "status").strip()
        return Outcome(
            int(status) if status else None,
            _text(control / "output"),
            _text(control / "console") + _text(control / "qemu"),
        )


def _start(image: GuestImage, shares: Shares, control: Path, cpus: int) -> "subprocess.Popen[bytes]":
    with (control / "qemu").open("wb") as log:
        return subprocess.Popen(
            _qemu(image, shares, control, cpus),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _speaks(guest: "subprocess.Popen[bytes]", control: Path) -> bool:
    """Whether the guest has said anything, or ended, after a time in which it surely does."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        guest.wait(_SILENT_S)
    return guest.poll() is not None or bool(_text(control / "output") or _text(control / "console"))


def _end(guest: "subprocess.Popen[bytes]", patience_s: float) -> None:
    try:
        guest.wait(patience_s)
    except subprocess.TimeoutExpired:
        guest.kill()
        guest.wait()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _qemu(image: GuestImage, shares: Shares, control: Path, cpus: int) -> list[str]:
    def share(tag: str, path: Path, *options: str) -> list[str]:
        local = ",".join(("local", f"id={tag}", f"path={path}", "security_model=none", *options))
        return ["-fsdev", local, "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]

    return [
        "qemu-system-x86_64",
        *("-accel", "tcg,thread=multi,tb-size=512"),
        # Nehalem is x86-64-v2, which is what NumPy's wheels ask for; TCG is slower with more than that.
        *("-cpu", "Nehalem", "-smp", str(cpus), "-m", "3072", "-machine", "pc,usb=off,hpet=off"),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-monitor", "none"),
        *("-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", _KERNEL_ARGUMENTS),
        *("-serial", f"file:{control / 'console'}"),
        *("-drive", f"file={image.root},format=raw,if=none,id=disk,snapshot=on,cache=unsafe"),
        *("-device", "virtio-blk-pci,drive=disk,romfile="),
        *("-device", "virtio-serial-pci", "-chardev", f"file,id=output,path={control / 'output'}"),
        *("-device", "virtserialport,chardev=output,name=output,nr=1", "-device", "virtio-rng-pci"),
        *share("control", control),
        *share("project", shares.project, "readonly=on"),
        *share("packages", shares.packages, "readonly=on"),
    ]
