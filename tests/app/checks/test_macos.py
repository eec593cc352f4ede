import pytest

from vcam.app.checks import macos
from vcam.app.checks.finding import Level
from vcam.app.checks.state import MacState


def test_ready() -> None:
    (finding,) = macos.check_virtual_camera(MacState((15, 1), "32.0.1", "activated enabled"))
    assert finding.level is Level.OK


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (MacState((15, 1)), "not installed"),
        (MacState((14, 0), "29.1.3"), "too old"),
        (MacState((14, 0), "30.2", "activated waiting for user"), "approval"),
        (MacState((14, 0), "30.2", "terminated waiting to uninstall on reboot"), "leaving"),
        (MacState((14, 0), "30.2", None), "never been started"),
        (MacState((12, 6)), "not installed"),
    ],
)
def test_not_ready(state: MacState, word: str) -> None:
    (finding,) = macos.check_virtual_camera(state)
    assert finding.level is Level.FAIL
    assert word in finding.message
    assert finding.hint


def test_the_old_plugin_on_an_old_system() -> None:
    (finding,) = macos.check_virtual_camera(MacState((12, 6), dal_plugin=True))
    assert finding.level is Level.OK
