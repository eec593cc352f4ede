import dataclasses

import pytest

from vcam.app.checks.state import CameraState, LinuxState, LoopbackState


def test_recorded_states_compare_by_value() -> None:
    assert LinuxState("debian", loopbacks=(LoopbackState("/dev/video10", "vcam"),)) == LinuxState(
        "debian", loopbacks=(LoopbackState("/dev/video10", "vcam"),)
    )


def test_a_check_cannot_alter_what_was_recorded() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CameraState("Webcam").busy_by = ("zoom",)  # type: ignore[misc]
