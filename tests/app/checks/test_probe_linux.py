import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("reads Linux's own files", allow_module_level=True)

from vcam.app.checks import probe_linux
from vcam.app.checks.linux import check_virtual_camera
from vcam.app.checks.state import LoopbackState
from vcam.publish.v4l2 import Condition, Loopback

KERNEL = "6.1.0-18-amd64"
DEVICE = Loopback("/dev/video10", "vcam", (0, 13, 2), Condition.READY)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A Debian machine with v4l2loopback 0.13.2 loaded, recorded."""
    _write(tmp_path / "etc/os-release", 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n')
    _write(tmp_path / f"lib/modules/{KERNEL}/build/Makefile", "")
    _write(
        tmp_path / f"lib/modules/{KERNEL}/modules.dep",
        "kernel/drivers/media/v4l2-core/videodev.ko: kernel/drivers/media/mc/mc.ko\n"
        "updates/dkms/v4l2loopback.ko.xz: kernel/drivers/media/v4l2-core/videodev.ko\n",
    )
    _write(tmp_path / "usr/src/v4l2loopback-0.13.2/dkms.conf", "")
    _write(tmp_path / "sys/module/v4l2loopback/version", "0.13.2\n")
    _write(tmp_path / "etc/modules-load.d/vcam.conf", "# the camera\nv4l2loopback\n")
    _write(tmp_path / "etc/modprobe.d/vcam.conf", "options v4l2loopback exclusive_caps=1 video_nr=10\n")
    variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    (tmp_path / variable).parent.mkdir(parents=True)
    (tmp_path / variable).write_bytes(b"\x06\x00\x00\x00\x01")
    return tmp_path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_recorded_machine(tree: Path) -> None:
    state = probe_linux.probe(tree, KERNEL, lambda: [DEVICE])
    assert (state.distribution, state.relatives) == ("linuxmint", ("ubuntu", "debian"))
    assert state.module_file == "updates/dkms/v4l2loopback.ko.xz"
    assert state.dkms_source == state.loaded_version == "0.13.2"
    assert state.headers
    assert state.loaded
    assert state.secure_boot
    assert state.at_boot
    assert state.boot_options == "exclusive_caps=1 video_nr=10"
    assert state.loopbacks == (LoopbackState(DEVICE),)
    assert not state.container
    assert not state.wsl


def test_an_empty_machine(tmp_path: Path) -> None:
    state = probe_linux.probe(tmp_path, "5.15.167.4-microsoft-standard-WSL2", list)
    assert state.wsl
    assert not state.loaded
    assert state.module_file is None
    assert state.secure_boot is None
    assert state.loopbacks == ()


def test_the_hint_s_own_files_are_read_back_as_loaded_at_boot(tree: Path) -> None:
    for path in ("etc/modules-load.d/vcam.conf", "etc/modprobe.d/vcam.conf"):
        (tree / path).unlink()
    before = probe_linux.probe(tree, KERNEL, lambda: [DEVICE])
    for command in check_virtual_camera(before)[-1].commands:
        text, _, path = command.removeprefix("echo ").partition(" | sudo tee /")
        _write(tree / path, text.strip("'") + "\n")
    after = check_virtual_camera(probe_linux.probe(tree, KERNEL, lambda: [DEVICE]))
    assert after[-1].level == "ok"


def test_a_container(tree: Path) -> None:
    _write(tree / "run/.containerenv", "")
    assert probe_linux.probe(tree, KERNEL, lambda: [DEVICE]).container


def test_who_uses_a_device(tree: Path) -> None:
    for process, name, target in ((11, "zoom", DEVICE.path), (12, "cat", "/dev/null")):
        _write(tree / f"proc/{process}/comm", f"{name}\n")
        (tree / f"proc/{process}/fd").mkdir()
        (tree / f"proc/{process}/fd/3").symlink_to(target)
    (state,) = probe_linux.probe(tree, KERNEL, lambda: [DEVICE]).loopbacks
    assert state.busy_by == ("zoom (11)",)
