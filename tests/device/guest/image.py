"""Builds the test guest from Debian packages: kernel, initrd, root file system; a few minutes, then cached.

The guest is Debian 12 with its own kernel, the vivid test webcam, Chromium, v4l-utils, and v4l2loopback in
the two versions that matter: Debian 12's own (0.12.7) and the newest that Debian has. The kernel is unpacked
to its ELF image here, because unpacking it in a guest without KVM takes long.
"""

import hashlib
import lzma
import os
import shutil
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TOOLS = ("qemu-system-x86_64", "mmdebstrap", "mke2fs", "depmod", "cpio", "gcc", "make")
GUEST_PACKAGES = ("busybox-static", "chromium", "kmod", "procps", "python3", "v4l-utils")
INITRD_MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4")
ROOT_MODULES = ("vivid", "virtio_console", "9p", "9pnet_virtio", *INITRD_MODULES)

_INITRD_INIT = """\
#!/bin/sh
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in $(cat /order); do insmod /lib/$module; done
until [ -b /dev/vda ]; do busybox usleep 20000; done
mount -t ext4 -o rw,noatime /dev/vda /new
for place in dev proc sys; do mount --move /$place /new/$place; done
exec switch_root /new /sbin/guest-init
"""

_GUEST_INIT = """\
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
for place in /run /tmp; do mount -t tmpfs tmpfs $place; done
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ip link set lo up 2>/dev/null || busybox ifconfig lo 127.0.0.1 up
modprobe -a virtio_console 9pnet_virtio 9p
share() { mkdir -p "$2" && mount -t 9p -o "trans=virtio,version=9p2000.L,msize=524288,$3" "$1" "$2"; }
share control /control cache=none
share project /project ro,cache=loose
share packages /packages ro,cache=loose
until [ -e /dev/vport*p1 ]; do busybox usleep 20000; done
sh /control/command </dev/null >"$(ls /dev/vport*p1)" 2>&1
echo $? >/control/status
sync
poweroff -f
"""


class GuestUnavailableError(Exception):
    """The guest cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class GuestImage:
    """The files that QEMU starts, and the v4l2loopback versions inside (folders of `/opt/v4l2loopback`)."""

    kernel: Path
    initrd: Path
    root: Path
    loopback_versions: tuple[str, ...]


def build(cache: Path) -> GuestImage:
    """The guest's image, from `cache` where it is there already. Raises GuestUnavailableError."""
    _check_host()
    work = cache / "work"
    image = GuestImage(cache / "vmlinux", cache / "initrd", cache / "root.ext4", ())
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    stamp = cache / f"versions-{made_by}"
    if not stamp.exists():
        shutil.rmtree(cache, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            stamp.write_text("\n".join(_build(work, image)), encoding="utf-8")
        except (OSError, subprocess.CalledProcessError) as error:
            detail = getattr(error, "stderr", None) or ""
            raise GuestUnavailableError(f"the image could not be built: {error} {detail[-400:]}") from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    versions = tuple(stamp.read_text(encoding="utf-8").split())
    return GuestImage(image.kernel, image.initrd, image.root, versions)


def _check_host() -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    release = Path("/etc/os-release")
    debian_12 = release.exists() and "VERSION_CODENAME=bookworm" in release.read_text(encoding="utf-8")
    if missing:
        raise GuestUnavailableError(f"missing programs: {', '.join(missing)} (tests/device/packages.txt)")
    if not debian_12:
        raise GuestUnavailableError(
            "the guest is built from this system's own packages, which must be Debian 12"
        )
    if os.geteuid() != 0:
        raise GuestUnavailableError("building the guest's file system needs root")


def _run(*command: str | Path, cwd: Path | None = None, stdin: str | None = None) -> str:
    return subprocess.run(
        [str(part) for part in command], check=True, cwd=cwd, input=stdin, capture_output=True, text=True
    ).stdout


def _build(work: Path, image: GuestImage) -> list[str]:
    version = next(
        line.split("linux-image-")[1]
        for line in _run("apt-cache", "depends", "linux-image-amd64").splitlines()
        if "Depends: linux-image-" in line
    )
    kernel, headers = _unpack_kernel(work, version)
    image.kernel.write_bytes(_kernel_elf((kernel / f"boot/vmlinuz-{version}").read_bytes()))
    root = _root_file_system(work)
    modules = root / "lib/modules" / version
    _run("depmod", "-b", kernel, version)
    _copy_modules(kernel / "lib/modules" / version, modules, ROOT_MODULES)
    _run("depmod", "-b", root, version)
    versions = []
    for package in _loopback_packages(work):
        loopback = _run("dpkg-deb", "-f", package, "Version").split("-")[0]
        target = root / "opt/v4l2loopback" / loopback
        target.mkdir(parents=True)
        shutil.copy(_build_module(work, package, headers), target)
        versions.append(loopback)
    _initrd(work, root, modules, image.initrd)
    init = root / "sbin/guest-init"
    init.write_text(_GUEST_INIT, encoding="utf-8")
    init.chmod(0o755)
    size_mib = sum(path.lstat().st_size for path in root.rglob("*")) // 2**20 * 5 // 4 + 400
    options = ("-q", "-F", "-t", "ext4", "-O", "^has_journal,^metadata_csum", "-m", "0")
    _run("mke2fs", *options, "-d", root, image.root, f"{size_mib}M")
    return versions


def _unpack_kernel(work: Path, version: str) -> tuple[Path, Path]:
    """Unpack kernel and headers; returns the kernel's root folder and the folder to build modules against."""
    debs = work / "debs"
    debs.mkdir()
    common = version.removesuffix("-amd64") + "-common"
    kbuild = "linux-kbuild-" + ".".join(version.split(".")[:2])
    names = (f"linux-image-{version}", f"linux-headers-{version}", f"linux-headers-{common}", kbuild)
    _run("apt-get", "download", "-qq", *names, cwd=debs)
    kernel, headers = work / "kernel", work / "headers"
    for deb in debs.iterdir():
        _run("dpkg", "-x", deb, kernel if deb.name.startswith("linux-image") else headers)
    tree = headers / f"usr/src/linux-headers-{version}"
    makefile = tree / "Makefile"
    # The packages name each other by absolute path; here they lie in a folder of their own.
    makefile.write_text(makefile.read_text().replace("/usr/src/", f"{headers}/usr/src/"))
    return kernel, tree


def _kernel_elf(bz_image: bytes) -> bytes:
    """The ELF kernel inside a bzImage, found by its boot header (Linux' Documentation/x86/boot.rst)."""
    setup_sectors = bz_image[0x1F1]
    offset, length = struct.unpack_from("<II", bz_image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = bz_image[start : start + length]
    if payload[:6] == b"\xfd7zXZ\0":
        return lzma.LZMADecompressor().decompress(payload)
    if payload[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(["zstd", "-dcq"], input=payload, check=False, capture_output=True).stdout
    raise GuestUnavailableError("the kernel is packed in a way that is not known here")


def _apt_uri(codename: str) -> str:
    """Where this system's own apt fetches a Debian suite from."""
    listed = _run("apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)")
    for line in listed.splitlines():
        if line.startswith(f"Debian {codename} "):
            return line.split(" ", 2)[2]
    raise GuestUnavailableError(f"apt knows no {codename} here (run apt-get update)")


def _root_file_system(work: Path) -> Path:
    root = work / "root"
    left_out = (f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("doc", "man", "locale", "help"))
    _run(
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        '--aptopt=APT::Install-Recommends "false"',
        *left_out,
        f"--include={','.join(GUEST_PACKAGES)}",
        "bookworm",
        root,
        f"deb {_apt_uri('bookworm')} bookworm main",
        f"deb {_apt_uri('bookworm-security')} bookworm-security main",
    )
    for leftover in ("var/lib/apt/lists", "var/cache/apt/archives"):
        shutil.rmtree(root / leftover, ignore_errors=True)
    return root


def _loopback_packages(work: Path) -> list[Path]:
    """Debian 12's v4l2loopback-dkms and the newest one, which is fetched with package lists of its own."""
    own, newest = work / "loopback-own", work / "loopback-newest"
    own.mkdir()
    newest.mkdir()
    _run("apt-get", "download", "-qq", "v4l2loopback-dkms", cwd=own)
    lists = work / "lists"
    (lists / "partial").mkdir(parents=True)
    sources = work / "sid.list"
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    sources.write_text(f"deb [signed-by={keyring}] {_apt_uri('bookworm')} sid main\n", encoding="utf-8")
    options = [
        f"-oDir::Etc::sourcelist={sources}",
        "-oDir::Etc::sourceparts=-",
        f"-oDir::State::lists={lists}",
        f"-oDir::Cache={work / 'apt-cache'}",
        "-qq",
    ]
    (work / "apt-cache/archives/partial").mkdir(parents=True)
    _run("apt-get", *options, "update")
    _run("apt-get", *options, "download", "v4l2loopback-dkms", cwd=newest)
    return [next(folder.glob("*.deb")) for folder in (own, newest)]


def _build_module(work: Path, package: Path, headers: Path) -> Path:
    source = work / f"source-{package.stem}"
    _run("dpkg", "-x", package, source)
    folder = next(source.glob("usr/src/v4l2loopback-*"))
    _run("make", "-C", headers, f"M={folder}", "modules")
    _run("strip", "--strip-debug", folder / "v4l2loopback.ko")
    return folder / "v4l2loopback.ko"


def _module_closure(source: Path, names: Iterable[str]) -> list[str]:
    """The modules named and all that they need, each after what it needs, as paths below `source`."""
    lines = (source / "modules.dep").read_text(encoding="utf-8").splitlines()
    needs = {path: rest.split() for path, rest in (line.split(":") for line in lines)}
    by_name = {Path(path).stem.replace("-", "_"): path for path in needs}
    order: dict[str, None] = {}

    def add(path: str) -> None:
        for needed in needs[path]:
            add(needed)
        order[path] = None

    for name in names:
        # A name that modules.dep does not have is built into this kernel.
        if name.replace("-", "_") in by_name:
            add(by_name[name.replace("-", "_")])
    return list(order)


def _copy_modules(source: Path, target: Path, names: Iterable[str]) -> None:
    for path in _module_closure(source, names):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / path, target / path)
    for index in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copy(source / index, target / index)


def _initrd(work: Path, root: Path, modules: Path, out: Path) -> None:
    tree = work / "initrd"
    for folder in ("bin", "dev", "proc", "sys", "new", "lib"):
        (tree / folder).mkdir(parents=True)
    shutil.copy(root / "bin/busybox", tree / "bin/busybox")
    for name in ("sh", "mount", "insmod", "switch_root", "cat"):
        (tree / "bin" / name).symlink_to("busybox")
    paths = _module_closure(modules, INITRD_MODULES)
    for path in paths:
        shutil.copy(modules / path, tree / "lib")
    (tree / "order").write_text("\n".join(Path(path).name for path in paths), encoding="utf-8")
    init = tree / "init"
    init.write_text(_INITRD_INIT, encoding="utf-8")
    init.chmod(0o755)
    listing = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
    archive = subprocess.run(
        ["cpio", "-o", "-H", "newc", "--quiet"],
        input=listing.encode(),
        cwd=tree,
        check=True,
        capture_output=True,
    )
    out.write_bytes(archive.stdout)
