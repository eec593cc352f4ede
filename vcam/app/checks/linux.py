"""The virtual camera on Linux: v4l2loopback installed, loaded as meeting apps need it, writable, lasting."""

from dataclasses import replace

from vcam.app.checks.finding import Finding, Fix, Level, fail, ok, warn
from vcam.app.checks.software import INSTALL, family_of
from vcam.app.checks.state import LinuxState, LoopbackState
from vcam.publish.v4l2 import LOAD, RELOAD, Condition

CHECK = "virtual camera"
OPTIONS = LOAD.partition("v4l2loopback ")[2]
"""Chromium lists a loopback only with `exclusive_caps=1`, where the device shows one capability at a time."""
AT_BOOT = (
    "echo v4l2loopback | sudo tee /etc/modules-load.d/vcam.conf",
    f"echo 'options v4l2loopback {OPTIONS}' | sudo tee /etc/modprobe.d/vcam.conf",
)
_MODULE_PACKAGES = {
    "debian": "v4l2loopback-dkms",
    "fedora": "akmod-v4l2loopback",
    "arch": "v4l2loopback-dkms",
    "suse": "v4l2loopback-kmp-default",
}


def check_virtual_camera(linux: LinuxState, running_pid: int | None = None) -> list[Finding]:
    """Findings on the module, its devices, and the next boot; `running_pid` is the running vcam's."""
    if not linux.loaded:
        finding = _not_loaded(linux)
        if not linux.pipewire:
            return [finding]
        pipewire = "a PipeWire camera, for programs that use the camera portal; the rest need v4l2loopback"
        return [ok(CHECK, pipewire), replace(finding, level=Level.WARN)]
    if not linux.loopbacks:
        return [
            fail(CHECK, "v4l2loopback is loaded but has no device", "Load it again with one device.", RELOAD)
        ]
    devices = [_check_device(device, linux, running_pid) for device in linux.loopbacks]
    usable = [finding for finding in devices if finding.level != "fail"]
    findings = usable or devices
    if not linux.at_boot:
        findings.append(
            warn("at boot", "the virtual camera is gone after a reboot", "Have it loaded at boot.", *AT_BOOT)
        )
    elif "exclusive_caps=1" not in linux.boot_options.replace(" = ", "=").replace("=Y", "=1"):
        findings.append(
            warn(
                "at boot",
                "at boot v4l2loopback is loaded without exclusive_caps=1, so browsers will not list it",
                "Give it the option at boot too.",
                AT_BOOT[1],
            )
        )
    else:
        findings.append(ok("at boot", "v4l2loopback is loaded at boot"))
    return findings


def _not_loaded(linux: LinuxState) -> Finding:
    if linux.wsl:
        return fail(
            CHECK,
            "the kernel of WSL has no virtual cameras",
            "Run vcam on Windows itself, where OBS brings a virtual camera.",
            "winget install OBSProject.OBSStudio",
        )
    if linux.container:
        return warn(
            CHECK,
            "a container uses the kernel of its host, where v4l2loopback is not loaded",
            "Load it on the host and give the container the device; the preview page works as it is.",
            LOAD,
        )
    if linux.module_file is None:
        return _not_installed(linux)
    if linux.secure_boot:
        return fail(
            CHECK,
            "v4l2loopback is installed but not loaded, and Secure Boot is on",
            "Load it; if that says 'Key was rejected', enrol the key, reboot, choose 'Enroll MOK'.",
            LOAD,
            f"sudo mokutil --import {_signing_key(linux)}",
        )
    return fail(CHECK, "v4l2loopback is installed but not loaded", "Load it.", LOAD)


def _not_installed(linux: LinuxState) -> Finding:
    family = family_of(linux)
    if linux.dkms_source is not None:
        headers = {
            "debian": f"sudo apt install linux-headers-{linux.kernel}",
            "fedora": f"sudo dnf install kernel-devel-{linux.kernel}",
            "arch": "sudo pacman -S linux-headers",
            "suse": "sudo zypper install kernel-default-devel",
        }.get(family)
        missing = (headers,) if headers and not linux.headers else ()
        return fail(
            CHECK,
            f"v4l2loopback {linux.dkms_source} is there but not built for kernel {linux.kernel}",
            "Build it for this kernel, then load it.",
            *missing,
            "sudo dkms autoinstall",
            LOAD,
        )
    if linux.image_based:
        return fail(
            CHECK,
            "v4l2loopback is not installed, and this system's image is read-only",
            "Layer it onto the image and reboot, or use the PipeWire camera in programs that offer it.",
            "sudo rpm-ostree install v4l2loopback",
        )
    if family:
        commands = [f"{INSTALL[family]} {_MODULE_PACKAGES[family]}"]
        if family == "debian" and not linux.headers:
            commands = [f"{INSTALL[family]} {_MODULE_PACKAGES[family]} linux-headers-{linux.kernel}"]
        hint = "Install and load it."
        if family == "fedora":
            hint = "Enable RPM Fusion (rpmfusion.org/Configuration), then install and load it."
        return fail(CHECK, "v4l2loopback is not installed", hint, *commands, LOAD)
    hint = "Install your distribution's v4l2loopback package, then load it."
    return fail(CHECK, "v4l2loopback is not installed", hint, LOAD)


def _signing_key(linux: LinuxState) -> str:
    if family_of(linux) == "fedora":
        return "/etc/pki/akmods/certs/public_key.der"
    if linux.distribution == "ubuntu" or "ubuntu" in linux.relatives:
        return "/var/lib/shim-signed/mok/MOK.der"
    return "/var/lib/dkms/mok.pub"


def _check_device(state: LoopbackState, linux: LinuxState, running_pid: int | None) -> Finding:
    device = state.device
    name = f"{device.label} ({device.path})" if device.label else device.path
    version = linux.loaded_version or "0.12"
    match device.condition:
        case Condition.NO_ACCESS:
            return fail(
                CHECK,
                f"{name}: {linux.user} may not write to it",
                "Join the group 'video', then log out and in again.",
                f"sudo usermod -aG video {linux.user}",
            )
        case Condition.GONE:
            return fail(CHECK, f"{name} cannot be opened", "Close what uses cameras, load it again.", RELOAD)
        case Condition.WRITTEN if any(f"({running_pid})" in user for user in state.busy_by):
            return ok(CHECK, f"{name}, fed by the running vcam")
        case Condition.WRITTEN:
            writer = ", ".join(state.busy_by) or "another program"
            return warn(
                CHECK,
                f"{name} is being fed already; it is open in {writer}",
                "Stop the program that feeds it, or load a second device for vcam.",
            )
        case Condition.LOST_OUTPUT:
            return fail(
                CHECK,
                f"{name} takes no picture any more, a fault of v4l2loopback {version}",
                "vcam brings it back by itself when it starts; versions from 0.13 do not have the fault.",
                RELOAD,
                fix=Fix.LOOPBACK,
            )
        case Condition.BOTH_ROLES:
            return warn(
                CHECK,
                f"{name} is loaded without exclusive_caps=1, so Chrome, Meet and Teams do not list it",
                "Close programs that use cameras and load it again.",
                RELOAD,
            )
        case Condition.READY if not device.keeps_output:
            return ok(CHECK, f"{name}, v4l2loopback {version}: vcam repairs it after another program's end")
        case _:
            return ok(CHECK, f"{name}, v4l2loopback {version}")
