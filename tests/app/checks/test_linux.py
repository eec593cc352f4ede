from dataclasses import replace

import pytest

from vcam.app.checks import linux
from vcam.app.checks.finding import Finding, Fix, Level
from vcam.app.checks.state import LinuxState, LoopbackState
from vcam.publish.v4l2 import LOAD, RELOAD, Condition, Loopback

KERNEL = "6.1.0-18-amd64"
DEBIAN = LinuxState("debian", kernel=KERNEL, user="ada")
LOADED = replace(
    DEBIAN,
    module_file="updates/dkms/v4l2loopback.ko",
    loaded=True,
    loaded_version="0.13.2",
    loopbacks=(LoopbackState(Loopback("/dev/video10", "vcam", (0, 13, 2), Condition.READY)),),
    at_boot=True,
    boot_options="exclusive_caps=1 card_label=vcam",
)


def _levels(state: LinuxState) -> list[Level]:
    return [finding.level for finding in linux.check_virtual_camera(state)]


def test_all_well() -> None:
    camera, boot = linux.check_virtual_camera(LOADED)
    assert camera.level is boot.level is Level.OK
    assert "vcam (/dev/video10), v4l2loopback 0.13.2" in camera.message


@pytest.mark.parametrize(
    ("distribution", "relatives", "first"),
    [
        ("debian", (), "sudo apt install v4l2loopback-dkms"),
        ("pop", ("ubuntu", "debian"), "sudo apt install v4l2loopback-dkms"),
        ("fedora", (), "sudo dnf install akmod-v4l2loopback"),
        ("arch", (), "sudo pacman -S v4l2loopback-dkms"),
        ("opensuse-leap", ("suse", "opensuse"), "sudo zypper install v4l2loopback-kmp-default"),
    ],
)
def test_not_installed(distribution: str, relatives: tuple[str, ...], first: str) -> None:
    (finding,) = linux.check_virtual_camera(LinuxState(distribution, relatives, KERNEL))
    assert finding.level is Level.FAIL
    assert finding.commands == (first, LOAD)
    assert "exclusive_caps=1" in LOAD


def test_not_installed_on_an_unknown_distribution_still_says_what_to_load() -> None:
    (finding,) = linux.check_virtual_camera(LinuxState("slackware"))
    assert finding.commands == (LOAD,)


def test_debian_without_headers_gets_them_too() -> None:
    (finding,) = linux.check_virtual_camera(replace(DEBIAN, headers=False))
    assert finding.commands[0].endswith(f"linux-headers-{KERNEL}")


def test_source_there_but_not_built_for_this_kernel() -> None:
    (finding,) = linux.check_virtual_camera(replace(DEBIAN, dkms_source="0.12.7", headers=False))
    assert f"not built for kernel {KERNEL}" in finding.message
    assert finding.commands == (
        f"sudo apt install linux-headers-{KERNEL}",
        "sudo dkms autoinstall",
        LOAD,
    )


def test_read_only_image() -> None:
    (finding,) = linux.check_virtual_camera(LinuxState("fedora", image_based=True))
    assert finding.commands == ("sudo rpm-ostree install v4l2loopback",)


def test_installed_but_not_loaded() -> None:
    (finding,) = linux.check_virtual_camera(replace(DEBIAN, module_file="updates/dkms/v4l2loopback.ko"))
    assert finding.commands == (LOAD,)


@pytest.mark.parametrize(
    ("distribution", "relatives", "key"),
    [
        ("debian", (), "/var/lib/dkms/mok.pub"),
        ("linuxmint", ("ubuntu", "debian"), "/var/lib/shim-signed/mok/MOK.der"),
        ("fedora", (), "/etc/pki/akmods/certs/public_key.der"),
    ],
)
def test_secure_boot_names_the_key(distribution: str, relatives: tuple[str, ...], key: str) -> None:
    state = LinuxState(distribution, relatives, module_file="v4l2loopback.ko", secure_boot=True)
    (finding,) = linux.check_virtual_camera(state)
    assert "Secure Boot" in finding.message
    assert finding.commands == (LOAD, f"sudo mokutil --import {key}")


@pytest.mark.parametrize(("field", "word"), [("container", "host"), ("wsl", "WSL")])
def test_where_no_module_can_be_loaded(field: str, word: str) -> None:
    (finding,) = linux.check_virtual_camera(replace(DEBIAN, **{field: True}))
    assert word in finding.message
    assert not any(command.startswith("sudo apt") for command in finding.commands)


def test_loaded_without_a_device() -> None:
    (finding,) = linux.check_virtual_camera(replace(LOADED, loopbacks=()))
    assert finding.level is Level.FAIL
    assert finding.commands == (RELOAD,)


def _first(condition: Condition, *busy_by: str, version: tuple[int, ...] = (0, 13, 2)) -> Finding:
    device = LoopbackState(Loopback("/dev/video10", "vcam", version, condition), busy_by)
    return linux.check_virtual_camera(replace(LOADED, loopbacks=(device,)))[0]


def test_without_exclusive_caps_browsers_do_not_list_it() -> None:
    finding = _first(Condition.BOTH_ROLES)
    assert finding.level is Level.WARN
    assert finding.commands == (RELOAD,)


def test_a_device_that_lost_its_output_can_be_fixed() -> None:
    finding = _first(Condition.LOST_OUTPUT, version=())
    assert finding.level is Level.FAIL
    assert finding.fix is Fix.LOOPBACK


def test_the_faulty_version_is_told_while_it_works() -> None:
    finding = _first(Condition.READY, version=())
    assert finding.level is Level.OK
    assert "repairs" in finding.message


@pytest.mark.parametrize(("users", "word"), [(("obs (17)",), "obs (17)"), ((), "another program")])
def test_a_device_that_is_written_to_is_in_use_not_broken(users: tuple[str, ...], word: str) -> None:
    finding = _first(Condition.WRITTEN, *users)
    assert finding.level is Level.WARN
    assert word in finding.message


def test_a_device_that_vcam_itself_feeds_is_fine() -> None:
    device = LoopbackState(Loopback("/dev/video10", "vcam", (0, 13, 2), Condition.WRITTEN), ("python3 (77)",))
    state = replace(LOADED, loopbacks=(device,))
    assert linux.check_virtual_camera(state, 77)[0].level is Level.OK
    assert linux.check_virtual_camera(state, None)[0].level is Level.WARN


def test_no_right_to_write() -> None:
    assert _first(Condition.NO_ACCESS).commands == ("sudo usermod -aG video ada",)


def test_a_device_that_went() -> None:
    assert _first(Condition.GONE).level is Level.FAIL


def test_one_usable_device_is_enough() -> None:
    broken = LoopbackState(Loopback("/dev/video9", "other", (0, 13, 2), Condition.GONE))
    assert _levels(replace(LOADED, loopbacks=(broken, *LOADED.loopbacks))) == [Level.OK, Level.OK]


def test_a_pipewire_camera_is_better_than_none() -> None:
    assert _levels(replace(DEBIAN, pipewire=True)) == [Level.OK, Level.WARN]


def test_gone_after_a_reboot() -> None:
    boot = linux.check_virtual_camera(replace(LOADED, at_boot=False))[-1]
    assert boot.level is Level.WARN
    assert boot.commands == linux.AT_BOOT


@pytest.mark.parametrize(("options", "level"), [("", Level.WARN), ("exclusive_caps=Y", Level.OK)])
def test_options_at_boot(options: str, level: Level) -> None:
    assert linux.check_virtual_camera(replace(LOADED, boot_options=options))[-1].level is level
