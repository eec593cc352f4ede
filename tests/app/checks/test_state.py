import dataclasses

import pytest

from vcam.app.checks.state import CameraState, LinuxState, LoopbackState
from vcam.publish.v4l2 import Condition, Loopback


def test_recorded_states_compare_by_value() -> None:
    device = Loopback("/dev/video10", "vcam", (0, 13, 2), Condition.READY)
    same = Loopback("/dev/video10", "vcam", (0, 13, 2), Condition.READY)
    states = [LinuxState("debian", loopbacks=(LoopbackState(found),)) for found in (device, same)]
    assert states[0] == states[1]


def test_a_check_cannot_alter_what_was_recorded() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CameraState("Webcam").busy = True  # type: ignore[misc]
