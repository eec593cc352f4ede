from vcam.errors import CameraError, ModelError, SinkError
from vcam.runtime.situation import LINES, Gap, Part, Situation
from vcam.runtime.stats import State


def test_every_state_has_a_line_except_live() -> None:
    assert set(LINES) == set(State) - {State.LIVE}


def test_nothing_wrong_means_a_moment() -> None:
    situation = Situation()
    assert situation.state() is State.HOLDING
    assert situation.error() is None


def test_a_lost_camera_is_told_before_models_that_load() -> None:
    situation = Situation()
    situation.set(Part.COMPOSE, Gap(State.STARTING))
    assert situation.state() is State.STARTING
    lost = CameraError("gone", hint="")
    situation.set(Part.CAPTURE, Gap(State.RECONNECTING, lost))
    assert situation.state() is State.RECONNECTING
    assert situation.error() is lost


def test_processing_that_gave_up_is_told_before_the_camera() -> None:
    situation = Situation()
    situation.set(Part.CAPTURE, Gap(State.RECONNECTING, CameraError("gone", hint="")))
    broken = ModelError("broken", hint="")
    situation.set(Part.COMPOSE, Gap(State.FAILED, broken))
    assert situation.state() is State.FAILED
    assert situation.error() is broken
    situation.set(Part.COMPOSE, None)
    assert situation.state() is State.RECONNECTING


def test_an_output_s_trouble_is_an_error_but_not_shown_in_the_output() -> None:
    situation = Situation()
    full = SinkError("full", hint="")
    situation.set(Part.PUBLISH, Gap(State.HOLDING, full))
    situation.set(Part.CAPTURE, Gap(State.ASLEEP))
    assert situation.state() is State.ASLEEP
    assert situation.error() is full
