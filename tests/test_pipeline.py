"""The flow on the demo portrait: what leaves, what a failing stage costs, and changes between frames."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from vcam.app import build
from vcam.capture.demo import Demo
from vcam.config import Settings
from vcam.pipeline import MAX_FAILURES, Pipeline
from vcam.types import Frame, Mode, Release, Size

pytestmark = pytest.mark.usefixtures("models")
SIZE = Size(640, 360)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    demo = Demo(SIZE, 25)
    return [Frame(index, index * 40_000_000, demo.render(index)) for index in range(30)]


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    made = build.pipeline(replace(Settings(), size=SIZE))
    yield made
    made.close()


def test_the_face_is_found_and_hidden(pipeline: Pipeline, frames: list[Frame]) -> None:
    outcomes = [pipeline.step(frame) for frame in frames]
    assert outcomes[-1].release is Release.LIVE
    assert all(outcome.hidden for outcome in outcomes)
    assert all(outcome.frame.seq == frame.seq for outcome, frame in zip(outcomes, frames, strict=True))
    [face] = outcomes[-1].faces
    assert len(outcomes[-1].expressions) == 1
    x, y = (round(value) for value in face.box.center)
    middle = (slice(y - 10, y + 10), slice(x - 10, x + 10))
    assert np.abs(outcomes[-1].frame.pixels[middle].astype(int) - frames[-1].pixels[middle]).mean() > 20


def test_the_same_frames_give_the_same_pictures(frames: list[Frame]) -> None:
    def run() -> list[np.ndarray]:
        made = build.pipeline(replace(Settings(), size=SIZE))
        shown = [made.step(frame).frame.pixels for frame in frames[:10]]
        made.close()
        return shown

    assert all(np.array_equal(one, two) for one, two in zip(run(), run(), strict=True))


@pytest.mark.parametrize(
    ("room", "method"),
    [
        ("tracker", "track"),
        ("classifier", "classify"),
        ("animator", "animate"),
        ("compositor", "composite"),
    ],
)
def test_a_stage_that_throws_costs_a_covered_picture(
    room: str,
    method: str,
    pipeline: Pipeline,
    frames: list[Frame],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    for frame in frames[:20]:
        assert pipeline.step(frame).hidden
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(getattr(pipeline, room), method, fail)
        outcome = pipeline.step(frames[20])
    assert outcome.release is Release.COVERED
    assert outcome.faces == ()
    assert "a stage failed" in caplog.text
    assert pipeline.step(frames[21]).frame.seq == 21


def test_lasting_failure_is_raised(
    pipeline: Pipeline, frames: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline.classifier, "classify", fail)
    for frame in frames[: MAX_FAILURES - 1]:
        assert pipeline.step(frame).release is Release.COVERED
    with pytest.raises(ZeroDivisionError):
        pipeline.step(frames[MAX_FAILURES])


def test_mode_and_pack_change_between_frames(pipeline: Pipeline, frames: list[Frame]) -> None:
    for frame in frames[:12]:
        pipeline.step(frame)
    pipeline.change(mode=Mode.OFF)
    shown = pipeline.step(frames[12])
    assert np.array_equal(shown.frame.pixels, frames[12].pixels)
    assert not shown.hidden
    pipeline.change(mode=Mode.MASK)
    assert pipeline.step(frames[13]).hidden
