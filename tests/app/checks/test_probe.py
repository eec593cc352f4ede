import platform
import sys

import pytest

from vcam import assets
from vcam.app.checks import probe
from vcam.app.checks.state import System
from vcam.config import Settings
from vcam.errors import ModelError
from vcam.types import Size


@pytest.mark.parametrize(
    ("name", "system"), [("Linux", System.LINUX), ("Darwin", System.MACOS), ("Windows", System.WINDOWS)]
)
def test_the_system(monkeypatch: pytest.MonkeyPatch, name: str, system: System) -> None:
    monkeypatch.setattr(platform, "system", lambda: name)
    assert probe.system() is system


def test_packages_are_those_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_MODULES", {"pillow": "PIL.Image"})
    packages = {package.name: package for package in probe.packages()}
    assert {"numpy", "mediapipe", "pillow", "pystray"} <= packages.keys()
    assert "pytest" not in packages
    assert packages["pillow"].installed
    assert packages["pillow"].import_error == ""


def test_a_package_that_does_not_load_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise OSError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(probe.importlib, "import_module", broken)
    (pillow,) = (package for package in probe.packages() if package.name == "pillow")
    assert "libEGL.so.1" in pillow.import_error


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


def test_a_pipeline_that_cannot_be_built_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    from vcam.app import build

    def broken(settings: Settings) -> None:
        raise ModelError("face_landmark.tflite is missing", hint="Get it.")

    monkeypatch.setattr(build, "pipeline", broken)
    assert probe.step_ms(Settings()) is None


def test_the_pipeline_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        assets.load("face_landmark")
        assets.expression_network()
    except ModelError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(probe, "_WARM_UP", 0)
    monkeypatch.setattr(probe, "_MEASURED", 2)
    assert probe.step_ms(Settings(size=Size(320, 180)))


def test_the_set_up_of_a_checkout_and_of_an_installed_vcam(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe._setup(System.LINUX) == "python3 scripts/run.py --version"
    monkeypatch.setattr(assets, "checkout", lambda: None)
    assert probe._setup(System.WINDOWS).endswith("-m pip install --upgrade vcam-emoji")
