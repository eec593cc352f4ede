import pytest

from vcam.app.checks.cameras import check_cameras
from vcam.app.checks.finding import Finding, Level
from vcam.app.checks.state import (
    CameraState,
    DesktopState,
    LinuxState,
    MachineState,
    MacState,
    PythonState,
    System,
    SystemState,
    WindowsState,
)
from vcam.types import Size

GOOD = CameraState("Integrated Camera", size=Size(1280, 720), rate_hz=29.9, luma=110.0)


def _check(
    *cameras: CameraState,
    linux: LinuxState | None = None,
    windows: WindowsState | None = None,
    macos: MacState | None = None,
    running_pid: int | None = None,
) -> list[Finding]:
    return check_cameras(
        SystemState(
            System.LINUX,
            PythonState((3, 11, 7), 64),
            MachineState(4, 10.0, 4000),
            DesktopState(),
            cameras=cameras,
            linux=linux,
            windows=windows,
            macos=macos,
            running_pid=running_pid,
        )
    )


def test_a_good_camera_says_what_it_gives() -> None:
    (finding,) = _check(GOOD, linux=LinuxState("debian"))
    assert finding.level is Level.OK
    assert "Integrated Camera, 1280x720 at 30 fps" in finding.message


def test_each_camera_has_its_line() -> None:
    findings = _check(GOOD, CameraState("C920", error="C920 cannot be opened", hint="Replug it."))
    assert [finding.level for finding in findings] == [Level.OK, Level.FAIL]


def test_a_camera_that_vcam_itself_uses_is_fine() -> None:
    camera = CameraState("C920", busy=True, error="C920 is in use by python3 (77)", hint="Close it there.")
    (finding,) = _check(camera, running_pid=77)
    assert finding.level is Level.OK
    (finding,) = _check(camera, running_pid=7)
    assert finding.level is Level.WARN


def test_a_busy_camera_is_no_fault() -> None:
    (finding,) = _check(
        CameraState("C920", busy=True, error="C920 is in use by zoom (7)", hint="Close it there.")
    )
    assert finding.level is Level.WARN
    assert (finding.message, finding.hint) == ("C920 is in use by zoom (7)", "Close it there.")


@pytest.mark.parametrize(("luma", "level"), [(39.0, Level.WARN), (41.0, Level.OK)])
def test_a_dark_picture(luma: float, level: Level) -> None:
    (finding,) = _check(CameraState("C920", size=Size(640, 480), rate_hz=30.0, luma=luma))
    assert finding.level is level


def test_a_slow_camera() -> None:
    (finding,) = _check(CameraState("C920", size=Size(1280, 720), rate_hz=10.0, luma=99.0))
    assert finding.level is Level.WARN
    assert "slower" in finding.message


@pytest.mark.parametrize(
    ("linux", "word"),
    [
        (LinuxState("debian"), "Plug in"),
        (LinuxState("debian", container=True), "container"),
        (LinuxState("ubuntu", wsl=True), "Windows"),
    ],
)
def test_no_camera(linux: LinuxState, word: str) -> None:
    (finding,) = _check(linux=linux)
    assert finding.level is Level.WARN
    assert word in finding.hint


@pytest.mark.parametrize(
    ("windows", "word"),
    [
        (WindowsState(camera_consent="Deny"), "all programs"),
        (WindowsState(camera_consent="Allow", desktop_consent="Deny"), "desktop programs"),
    ],
)
def test_windows_privacy_settings(windows: WindowsState, word: str) -> None:
    (finding,) = _check(windows=windows)
    assert finding.level is Level.FAIL
    assert word in finding.message
    assert finding.commands == ("start ms-settings:privacy-webcam",)


@pytest.mark.parametrize(("consent", "level"), [(0, Level.WARN), (1, Level.FAIL), (2, Level.FAIL)])
def test_mac_permission(consent: int, level: Level) -> None:
    finding = _check(GOOD, macos=MacState((15, 1), camera_consent=consent))[0]
    assert finding.level is level


def test_mac_with_permission_has_nothing_to_say_about_it() -> None:
    assert [finding.level for finding in _check(GOOD, macos=MacState((15, 1), camera_consent=3))] == [
        Level.OK
    ]
