import pytest

from vcam.app.checks import software
from vcam.app.checks.finding import Fix, Level
from vcam.app.checks.state import LinuxState, MachineState, PackageState, PythonState, System
from vcam.types import Size


def test_python_new_enough() -> None:
    assert software.check_python(PythonState((3, 11, 7), 64), System.LINUX).level is Level.OK


@pytest.mark.parametrize("system", list(System))
def test_old_python_names_a_way_for_each_system(system: System) -> None:
    finding = software.check_python(PythonState((3, 9, 6), 64), system)
    assert finding.level is Level.FAIL
    assert "3.9.6" in finding.message
    assert "3.11" in finding.hint


def test_32_bit_python() -> None:
    finding = software.check_python(PythonState((3, 12, 0), 32), System.WINDOWS)
    assert finding.level is Level.FAIL
    assert "32-bit" in finding.message


def _packages(*packages: PackageState) -> PythonState:
    return PythonState((3, 11, 7), 64, packages)


def test_packages_in_place() -> None:
    findings = software.check_packages(_packages(PackageState("numpy", "2", "2.4.6")), None)
    assert [finding.level for finding in findings] == [Level.OK]


@pytest.mark.parametrize(
    ("installed", "minimum", "fine"),
    [
        ("2.4.6", "2", True),
        ("1.26.4", "2", False),
        ("0.9", "0.15", False),
        ("0.15.0rc1", "0.15", True),
        ("10.0", "9.5", True),
    ],
)
def test_versions_compare_as_numbers(installed: str, minimum: str, fine: bool) -> None:
    (finding,) = software.check_packages(_packages(PackageState("x", minimum, installed)), None)
    assert (finding.level is Level.OK) == fine


def test_a_missing_and_a_broken_package_are_two_findings() -> None:
    findings = software.check_packages(
        _packages(
            PackageState("av", "18", None),
            PackageState("skia-python", "144", "144.1", "boom"),
            PackageState("numpy", "2", "2.4.6"),
        ),
        None,
    )
    assert [finding.level for finding in findings] == [Level.FAIL, Level.FAIL]
    assert "av is not installed" in findings[0].message
    assert findings[0].commands == ("python3 scripts/run.py --version",)
    assert "boom" in findings[1].message


@pytest.mark.parametrize(
    ("distribution", "relatives", "command"),
    [
        ("debian", (), "sudo apt install libegl1"),
        ("linuxmint", ("ubuntu", "debian"), "sudo apt install libegl1"),
        ("fedora", (), "sudo dnf install libglvnd-egl"),
        ("manjaro", ("arch",), "sudo pacman -S libglvnd"),
        ("opensuse-tumbleweed", ("opensuse", "suse"), "sudo zypper install libglvnd"),
    ],
)
def test_a_missing_library_names_the_distribution_s_package(
    distribution: str, relatives: tuple[str, ...], command: str
) -> None:
    problem = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (finding,) = software.check_packages(
        _packages(PackageState("skia-python", "144", "144.1", problem)),
        LinuxState(distribution, relatives),
    )
    assert finding.commands == (command,)


def test_models() -> None:
    assert software.check_models((("a.tflite", ""), ("b.tflite", "")))[0].level is Level.OK
    (finding,) = software.check_models((("a.tflite", ""), ("b.tflite", "missing or damaged")))
    assert finding.level is Level.FAIL
    assert finding.fix is Fix.MODELS
    assert "b.tflite" in finding.message


def test_the_network_that_comes_with_vcam_cannot_be_fetched() -> None:
    (finding,) = software.check_models((("expression.tflite", "missing"),))
    assert finding.fix is None
    assert not finding.commands


def _machine(**changes: float) -> MachineState:
    facts = {"cores": 4, "busy_percent": 10.0, "memory_mb": 4000, "step_ms": 5.0} | changes
    return MachineState(**facts, size=Size(1280, 720), rate_hz=30.0)  # type: ignore[arg-type]


def test_a_fast_machine() -> None:
    finding = software.check_machine(_machine())
    assert finding.level is Level.OK
    assert "5.0 ms" in finding.message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"step_ms": 21.0}, "21.0 ms of 33.3 ms"),
        ({"busy_percent": 95.0}, "95 % busy"),
        ({"memory_mb": 300}, "300 MB"),
    ],
)
def test_a_machine_that_will_not_keep_up(changes: dict[str, float], words: str) -> None:
    finding = software.check_machine(_machine(**changes))
    assert finding.level is Level.WARN
    assert words in finding.message
