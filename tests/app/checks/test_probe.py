import platform
import sys

import pytest

from vcam import assets
from vcam.app.checks import probe
from vcam.app.checks.state import LoopState, PackageState, System
from vcam.config import Settings


@pytest.mark.parametrize(
    ("name", "system"), [("Linux", System.LINUX), ("Darwin", System.MACOS), ("Windows", System.WINDOWS)]
)
def test_the_system(monkeypatch: pytest.MonkeyPatch, name: str, system: System) -> None:
    monkeypatch.setattr(platform, "system", lambda: name)
    assert probe.system() is system


def test_packages_are_those_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = "libEGL.so.1: cannot open shared object file"
    monkeypatch.setattr(probe.apart, "import_problems", lambda modules: {"skia": problem, "av": ""})
    packages = {package.name: package for package in probe.packages()}
    assert {"numpy", "mediapipe", "pillow", "pystray"} <= packages.keys()
    assert "pytest" not in packages
    assert packages["pillow"].installed
    assert packages["pillow"].import_error == ""
    assert packages["skia-python"].import_error == problem


def test_without_a_package_no_camera_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (PackageState("mediapipe", "1", "1.2", "it ends Python (SIGILL)"),)
    monkeypatch.setattr(probe, "packages", lambda: broken)
    for name in ("_cameras", "_loop"):
        monkeypatch.setattr(probe, name, lambda *_: pytest.fail("it was opened"))
    monkeypatch.setattr(probe.apart, "step_ms", lambda *_: pytest.fail("it was run"))
    state = probe.probe(Settings())
    assert state.cameras is None
    assert state.loop is None
    assert state.python.packages == broken


def test_a_device_of_0_12_is_left_as_it_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from vcam.app.checks import probe_loop
    from vcam.publish import v4l2

    ready = v4l2.Loopback("/dev/video10", "vcam", (), v4l2.Condition.READY)
    lost = v4l2.Loopback("/dev/video10", "vcam", (), v4l2.Condition.LOST_OUTPUT)
    found = iter([[ready], [lost]])
    repaired: list[v4l2.Loopback] = []
    monkeypatch.setattr(probe, "system", lambda: System.LINUX)
    monkeypatch.setattr(v4l2, "discover", lambda: next(found))
    monkeypatch.setattr(v4l2, "repair", repaired.append)
    monkeypatch.setattr(probe_loop, "probe", lambda sink, source: LoopState("vcam"))
    assert probe._loop(Settings()) == LoopState("vcam")
    assert repaired == [lost]


def test_without_a_device_there_is_no_test_card(monkeypatch: pytest.MonkeyPatch) -> None:
    from vcam.publish import v4l2

    monkeypatch.setattr(probe, "system", lambda: System.LINUX)
    monkeypatch.setattr(v4l2, "discover", list)
    assert probe._loop(Settings()) is None


def test_requirement_lines() -> None:
    here = f"here>=300; sys_platform == '{sys.platform}'"
    lines = ["numpy>=2", "thorvg-python >= 1.1, <2", here, "plain", 'elsewhere>=1; sys_platform == "atari"']
    assert list(probe._requirements([*lines, "pytest>=9; extra == 'dev'"])) == [
        ("numpy", "2"),
        ("thorvg-python", "1.1"),
        ("here", "300"),
        ("plain", "0"),
    ]


def test_the_machine_is_measured() -> None:
    machine = probe.machine(Settings(), 4.5)
    assert machine.cores >= 1
    assert machine.step_ms == 4.5
    assert machine.memory_mb > 0
    assert 0 <= machine.busy_percent <= 100
    assert machine.rate_hz == Settings().fps


def test_the_set_up_of_a_checkout_and_of_an_installed_vcam(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe._setup(System.LINUX) == "python3 scripts/run.py --version"
    monkeypatch.setattr(assets, "checkout", lambda: None)
    assert probe._setup(System.WINDOWS).endswith("-m pip install --upgrade vcam-emoji")
