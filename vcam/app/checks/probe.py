"""Reads the running system into a `SystemState`. Slow on purpose: it imports packages and opens cameras."""

import dataclasses
import importlib.metadata
import logging
import platform
import re
import struct
import sys
import tomllib
from collections.abc import Iterable, Mapping

from vcam import assets
from vcam.app import instance
from vcam.app.checks import apart
from vcam.app.checks.state import (
    CameraState,
    LoopState,
    MachineState,
    PackageState,
    PythonState,
    System,
    SystemState,
    WindowsState,
)
from vcam.config import Settings
from vcam.errors import ModelError

log = logging.getLogger(__name__)

_MODULES = {
    "ai-edge-litert": "ai_edge_litert.interpreter",
    "av": "av",
    "cv2-enumerate-cameras": "cv2_enumerate_cameras",
    "mediapipe": "cv2",
    "pillow": "PIL.Image",
    "pyvirtualcam": "pyvirtualcam",
    "skia-python": "skia",
    "thorvg-python": "thorvg_python",
}
"""What to import to see whether a package loads: those with native parts, which is where it fails.

mediapipe itself takes seconds; its OpenCV is what lacks a library, if anything does.
"""


def system() -> System:
    """The system that this is. Anything but macOS and Windows is judged as Linux."""
    return {"Darwin": System.MACOS, "Windows": System.WINDOWS}.get(platform.system(), System.LINUX)


def probe(settings: Settings, *, cameras: bool = True) -> SystemState:
    """Everything the checks look at, read now; `cameras` False leaves every camera alone.

    A virtual camera that a running vcam feeds is not touched, and no camera where a package is missing.
    """
    from vcam.app.checks import probe_desktop

    this = system()
    running = instance.find()
    linux = windows = macos = None
    if this is System.LINUX:
        from vcam.app.checks import probe_linux

        linux = probe_linux.probe()
    elif this is System.WINDOWS:
        from vcam.app.checks import probe_windows

        windows = probe_windows.probe()
    else:
        from vcam.app.checks import probe_macos

        macos = probe_macos.probe()
    found = packages()
    cameras = cameras and all(package.installed and not package.import_error for package in found)
    return SystemState(
        system=this,
        python=PythonState(sys.version_info[:3], struct.calcsize("P") * 8, found, _setup(this)),
        machine=machine(settings, apart.step_ms(settings.size, settings.fps) if cameras else None),
        desktop=probe_desktop.probe(this),
        models=models(),
        cameras=_cameras(settings, windows) if cameras else None,
        linux=linux,
        windows=windows,
        macos=macos,
        running_pid=running.pid if running else None,
        loop=_loop(settings) if cameras and running is None else None,
    )


def _cameras(settings: Settings, windows: WindowsState | None) -> tuple[CameraState, ...]:
    from vcam.app.checks import probe_cameras

    return probe_cameras.probe(settings, windows)


def _loop(settings: Settings) -> LoopState | None:
    from vcam.app import outputs
    from vcam.app.checks import probe_loop
    from vcam.capture.webcam import Webcam

    sink = outputs.candidates(dataclasses.replace(settings, output="virtualcam"))[0][0]
    if system() is not System.LINUX:
        return probe_loop.probe(sink, lambda name: Webcam(name, settings.size, settings.fps))
    from vcam.publish import v4l2

    if not v4l2.usable(v4l2.discover()):
        return None
    try:
        return probe_loop.probe(sink, lambda name: Webcam(name, settings.size, settings.fps))
    finally:
        # A device of 0.12 loses its output when a writer stops: other programs must find it as it was.
        for device in v4l2.discover():
            if device.condition is v4l2.Condition.LOST_OUTPUT:
                v4l2.repair(device)


def _setup(this: System) -> str:
    if assets.checkout() is not None:
        return f"{'py' if this is System.WINDOWS else 'python3'} scripts/run.py --version"
    return f'"{sys.executable}" -m pip install --upgrade vcam-emoji'


def packages() -> tuple[PackageState, ...]:
    """The packages that vcam itself asks for, as its metadata or the checkout's project file lists them."""
    problems = apart.import_problems(list(_MODULES.values()))
    return tuple(_package(name, minimum, problems) for name, minimum in _requirements(_declared()))


def _declared() -> list[str]:
    root = assets.checkout()
    if root is not None:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return list(project["dependencies"])
    try:
        return importlib.metadata.requires("vcam-emoji") or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _requirements(declared: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in declared:
        requirement, _, marker = line.partition(";")
        name = re.match(r"\s*([A-Za-z0-9._-]+)", requirement)
        minimum = re.search(r">=\s*([0-9][0-9.]*)", requirement)
        other = re.search(r"sys_platform\s*==\s*[\"'](\w+)[\"']", marker)
        if name and "extra" not in marker and (other is None or other[1] == sys.platform):
            yield name[1], minimum[1] if minimum else "0"


def _package(name: str, minimum: str, problems: Mapping[str, str]) -> PackageState:
    try:
        installed = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return PackageState(name, minimum, None)
    return PackageState(name, minimum, installed, problems.get(_MODULES.get(name, ""), ""))


def models() -> tuple[tuple[str, str], ...]:
    """(file, problem) for every model file and for the expression network; '' where all is well."""
    files = [
        (file.name, "" if intact else "missing or damaged")
        for file, intact in zip(assets.MODELS.values(), assets.verify().values(), strict=True)
    ]
    try:
        network, _ = assets.expression_network()
        files.append((network.name, ""))
    except ModelError as error:
        files.append(("expression.tflite", str(error)))
    return tuple(files)


def machine(settings: Settings, step_ms: float | None) -> MachineState:
    """Cores, load over 0.3 s, free memory, and the given time of a step."""
    import psutil

    return MachineState(
        cores=psutil.cpu_count() or 1,
        busy_percent=psutil.cpu_percent(interval=0.3),
        memory_mb=psutil.virtual_memory().available // 2**20,
        step_ms=step_ms,
        size=settings.size,
        rate_hz=float(settings.fps),
    )
