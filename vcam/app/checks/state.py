"""The facts that the checks judge. Every field is what was read, not what it means.

None stands for 'the system does not tell'.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from vcam.publish.v4l2 import Loopback
from vcam.types import Size


class System(StrEnum):
    """The three systems that vcam runs on."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class PackageState:
    """A Python package that vcam needs: what is wanted, what is there, why it cannot be imported."""

    name: str
    minimum: str
    installed: str | None
    import_error: str = ""


@dataclass(frozen=True, slots=True)
class PythonState:
    """The interpreter, its packages, and the command that installs them again."""

    version: tuple[int, int, int]
    bits: int
    packages: tuple[PackageState, ...] = ()
    setup: str = "python3 scripts/run.py --version"


@dataclass(frozen=True, slots=True)
class CameraState:
    """A webcam, or why it gives no picture: `error` is a sentence that names it, `hint` what to do.

    `luma` is the mean brightness of a picture taken after it settled, 0 to 255.
    """

    name: str
    busy: bool = False
    error: str = ""
    hint: str = ""
    size: Size | None = None
    rate_hz: float | None = None
    luma: float | None = None


@dataclass(frozen=True, slots=True)
class LoopbackState:
    """A v4l2loopback device as `publish.v4l2` found it, and the programs that have it open."""

    device: Loopback
    busy_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinuxState:
    """The kernel's side of a virtual camera, and who we are to it."""

    distribution: str
    relatives: tuple[str, ...] = ()
    kernel: str = ""
    container: bool = False
    wsl: bool = False
    user: str = ""
    module_file: str | None = None
    dkms_source: str | None = None
    headers: bool = True
    loaded: bool = False
    loaded_version: str | None = None
    loopbacks: tuple[LoopbackState, ...] = ()
    secure_boot: bool | None = None
    at_boot: bool = False
    boot_options: str = ""
    image_based: bool = False
    pipewire: bool = False


@dataclass(frozen=True, slots=True)
class WindowsState:
    """What the registry says. `camera_users` are programs that use a camera now."""

    build: int = 0
    obs_camera: str | None = None
    unity_camera: str | None = None
    obs_installed: bool = False
    camera_consent: str | None = None
    desktop_consent: str | None = None
    camera_users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MacState:
    """What macOS says about OBS, its camera extension and the right to use cameras.

    `extension` is the state that `systemextensionsctl list` prints in brackets. `camera_consent` is
    AVFoundation's authorisation status: 0 not asked, 1 restricted, 2 denied, 3 authorised.
    """

    release: tuple[int, int] = (0, 0)
    obs_version: str | None = None
    extension: str | None = None
    dal_plugin: bool = False
    camera_consent: int | None = None


@dataclass(frozen=True, slots=True)
class DesktopState:
    """What the desktop offers to a program that lives in the tray."""

    session: str = ""
    name: str = ""
    bindings: bool = False
    status_notifier: bool = False
    xembed: bool = False
    emoji_font: str | None = None


@dataclass(frozen=True, slots=True)
class MachineState:
    """The processor. `step_ms` is the measured median of one pipeline step, None where it was not run."""

    cores: int
    busy_percent: float
    memory_mb: int
    step_ms: float | None = None
    size: Size = field(default=Size(1280, 720))
    rate_hz: float = 30.0


@dataclass(frozen=True, slots=True)
class LoopState:
    """A test card's way through the virtual camera: what was written, what came back, how far apart they are.

    `difference` is the mean absolute difference of the two pictures, 0 to 255.
    """

    device: str
    difference: float = 0.0
    error: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SystemState:
    """Everything that the checks look at. `running_pid` is that of the running vcam, if there is one."""

    system: System
    python: PythonState
    machine: MachineState
    desktop: DesktopState
    models: tuple[tuple[str, str], ...] = ()
    cameras: tuple[CameraState, ...] | None = ()
    linux: LinuxState | None = None
    windows: WindowsState | None = None
    macos: MacState | None = None
    running_pid: int | None = None
    loop: LoopState | None = None
