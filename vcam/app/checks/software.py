"""Python, its packages, the model files, the processor."""

from vcam.app.checks.finding import Finding, Fix, fail, ok, warn
from vcam.app.checks.state import LinuxState, MachineState, PackageState, PythonState, System

OLDEST_PYTHON = (3, 11)
BUDGET_SHARE = 0.6
"""The part of a frame's time that the pipeline may take; the rest is for capture, colours, the meeting."""

_LIBRARIES = {
    "libEGL.so.1": {"debian": "libegl1", "fedora": "libglvnd-egl", "arch": "libglvnd", "suse": "libglvnd"},
    "libGL.so.1": {"debian": "libgl1", "fedora": "libglvnd-glx", "arch": "libglvnd", "suse": "libglvnd"},
    "libGLESv2.so.2": {
        "debian": "libgles2",
        "fedora": "libglvnd-gles",
        "arch": "libglvnd",
        "suse": "libglvnd",
    },
    "libgthread-2.0.so.0": {"debian": "libglib2.0-0", "fedora": "glib2", "arch": "glib2", "suse": "glib2"},
    "libportaudio.so.2": {
        "debian": "libportaudio2",
        "fedora": "portaudio",
        "arch": "portaudio",
        "suse": "portaudio",
    },
    "libfontconfig.so.1": {
        "debian": "libfontconfig1",
        "fedora": "fontconfig",
        "arch": "fontconfig",
        "suse": "fontconfig",
    },
}


def check_python(python: PythonState, system: System) -> Finding:
    """Whether vcam's packages exist for this interpreter."""
    version = ".".join(map(str, python.version))
    if python.version[:2] < OLDEST_PYTHON:
        hints = {
            System.LINUX: "Install Python 3.11 or newer with your package manager, and start vcam with it.",
            System.MACOS: "Install Python 3.11 or newer from python.org or with Homebrew.",
            System.WINDOWS: "Install Python 3.11 or newer from python.org or the Microsoft Store.",
        }
        return fail("python", f"Python {version} is too old", hints[system])
    if python.bits != 64:
        return fail(
            "python", f"Python {version} is a {python.bits}-bit build", "Install a 64-bit build of Python."
        )
    return ok("python", f"Python {version}")


def check_packages(python: PythonState, linux: LinuxState | None) -> list[Finding]:
    """One finding for each package that is missing, too old or does not load; or one that all is well."""
    findings = [
        finding
        for package in python.packages
        if (finding := _check_package(package, python.setup, linux)) is not None
    ]
    return findings or [ok("packages", f"{len(python.packages)} packages in place")]


def _check_package(package: PackageState, command: str, linux: LinuxState | None) -> Finding | None:
    setup = "Run the set-up again: it installs what is missing or too old."
    if package.installed is None:
        return fail("packages", f"{package.name} is not installed", setup, command)
    if _numbers(package.installed) < _numbers(package.minimum):
        return fail(
            "packages",
            f"{package.name} {package.installed} is older than {package.minimum}",
            setup,
            command,
        )
    if not package.import_error:
        return None
    message = f"{package.name} {package.installed} does not load: {package.import_error}"
    library = next((name for name in _LIBRARIES if name in package.import_error), None)
    if library and linux:
        family = family_of(linux)
        name = _LIBRARIES[library].get(family)
        if name:
            return fail("packages", message, f"Install {library}.", f"{INSTALL[family]} {name}")
    return fail("packages", message, setup, command)


INSTALL = {
    "debian": "sudo apt install",
    "fedora": "sudo dnf install",
    "arch": "sudo pacman -S",
    "suse": "sudo zypper install",
}
"""How each family of distributions installs a package."""


def family_of(linux: LinuxState) -> str:
    """`debian`, `fedora`, `arch` or `suse` after /etc/os-release; empty for any other."""
    names = {
        "debian": "debian",
        "ubuntu": "debian",
        "fedora": "fedora",
        "rhel": "fedora",
        "centos": "fedora",
        "arch": "arch",
        "archlinux": "arch",
        "suse": "suse",
        "opensuse": "suse",
    }
    candidates = (linux.distribution, *linux.relatives)
    return next((names[name] for name in candidates if name in names), "")


def _numbers(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)


_FETCHED = "Get the model files again; each is compared with its checksum.", "vcam models get"
_SHIPPED = ("The expression network comes with vcam itself: install vcam again.",)


def check_models(models: tuple[tuple[str, str], ...]) -> list[Finding]:
    """A finding for each model file that has a problem; the pairs are (file name, problem or '')."""
    bad = [
        fail(
            "models",
            f"{name}: {problem}",
            *(_SHIPPED if name.startswith("expression") else _FETCHED),
            fix=None if name.startswith("expression") else Fix.MODELS,
        )
        for name, problem in models
        if problem
    ]
    return bad or [ok("models", f"{len(models)} files, checksums right")]


def check_machine(machine: MachineState) -> Finding:
    """Whether the processor keeps up with the picture's size and rate."""
    frame_ms = 1000 / machine.rate_hz
    if machine.step_ms is not None and machine.step_ms > BUDGET_SHARE * frame_ms:
        return warn(
            "processor",
            f"one picture of {machine.size} takes {machine.step_ms:.1f} ms of {frame_ms:.1f} ms",
            "Take a smaller picture or a lower rate, or close programs that keep the processor busy.",
            "vcam config set size 640x360",
        )
    if machine.busy_percent > 85:
        return warn(
            "processor",
            f"{machine.cores} cores, {machine.busy_percent:.0f} % busy",
            "Close programs that keep the processor busy during a call.",
        )
    if machine.memory_mb < 500:
        return warn(
            "processor",
            f"only {machine.memory_mb} MB of memory are free",
            "Close some programs: vcam itself needs about 350 MB.",
        )
    step = (
        "" if machine.step_ms is None else f", one picture of {machine.size} takes {machine.step_ms:.1f} ms"
    )
    return ok("processor", f"{machine.cores} cores, {machine.busy_percent:.0f} % busy{step}")
