import pytest

from vcam.app.checks import windows
from vcam.app.checks.finding import Level
from vcam.app.checks.state import WindowsState


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (WindowsState(obs_camera=r"C:\obs.dll"), "OBS Virtual Camera"),
        (WindowsState(unity_camera=r"C:\unity.dll"), "Unity Video Capture"),
        (
            WindowsState(obs_camera=r"C:\obs.dll", unity_camera=r"C:\unity.dll"),
            "OBS Virtual Camera and Unity",
        ),
    ],
)
def test_registered(state: WindowsState, name: str) -> None:
    (finding,) = windows.check_virtual_camera(state)
    assert finding.level is Level.OK
    assert name in finding.message


@pytest.mark.parametrize(
    ("state", "word", "command"),
    [
        (WindowsState(), "no virtual camera", "winget install OBSProject.OBSStudio"),
        (WindowsState(obs_installed=True), "not registered", "virtualcam-install.bat"),
        (WindowsState(obs_camera=""), "file is gone", "--force"),
    ],
)
def test_missing(state: WindowsState, word: str, command: str) -> None:
    (finding,) = windows.check_virtual_camera(state)
    assert finding.level is Level.FAIL
    assert word in finding.message
    assert command in finding.commands[0]
