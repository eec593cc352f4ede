import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam import assets
from vcam.app import cli, leaktest
from vcam.app.faults import PICTURE_FAULTS
from vcam.app.leaktest import NO_FAULT, Tally, cases
from vcam.app.sabotage import STAGE_FAULTS
from vcam.errors import ModelError
from vcam.types import Release


@pytest.fixture
def models() -> None:
    try:
        for name in ("face_detection_short_range", "face_detection_full_range", "face_landmark"):
            assets.load(name)
    except ModelError as error:
        pytest.skip(f"{error}: `vcam models get` fetches it")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of the demo's portrait."""
    from vcam.capture.demo import Demo
    from vcam.types import Size

    path = tmp_path_factory.mktemp("clip") / "demo.avi"
    size = Size(480, 270)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, size)
    demo = Demo(size, 30, realtime=False)
    for index in range(48):
        writer.write(demo.render(index))
    writer.release()
    return path


def test_every_fault_is_a_case() -> None:
    assert list(cases(faults=False)) == [NO_FAULT]
    assert set(cases(faults=True)) == {NO_FAULT, *PICTURE_FAULTS, *STAGE_FAULTS}


def test_a_tally_counts_frames_and_remembers_the_worst() -> None:
    tally = Tally("clip.mp4", NO_FAULT)
    tally.add(0, Release.LIVE, [0.0, 0.019], findable=True)
    tally.add(1, Release.LIVE, [0.5, 0.0], findable=True)
    tally.add(2, Release.COVERED, [], findable=True)
    tally.add(3, Release.COVERED, [], findable=False)
    assert tally.as_json() == {
        "clip": "clip.mp4",
        "fault": NO_FAULT,
        "frames": 4,
        "live": 2,
        "held": 0,
        "covered": 2,
        "exposed": 1,
        "exposed_seq": [1],
        "worst_share": 0.5,
        "false_retreats": 1,
    }


def test_the_table_has_a_line_for_every_run_and_the_sum() -> None:
    tallies = [Tally("a.mp4", NO_FAULT), Tally("longer.mp4", "black frames")]
    tallies[1].add(0, Release.LIVE, [0.5], findable=True)
    lines = leaktest._table(tallies).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines[:3]}) == 1
    assert lines[3] == "1 of 1 frames show a face."


def test_nothing_leaks_from_the_demo(models: None, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["leaktest", str(clip), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["frames"] == 48
    assert result["exposed"] == 0
    assert result["runs"][0]["live"] >= 45


def test_a_leak_is_reported_by_the_exit_code(
    models: None, clip: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from vcam.guard.guard import Guard

    monkeypatch.setattr(Guard, "release", lambda self, frame, *_: frame)
    assert cli.main(["leaktest", str(clip), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["exposed"] == 48


@pytest.mark.parametrize("fault", ["face enters at the edge", "compositor throws"])
def test_nothing_leaks_with_a_fault(
    models: None, clip: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vcam.app.judge import Judge

    case = {fault: cases(faults=True)[fault]}
    monkeypatch.setattr(leaktest, "cases", lambda faults: case)
    with Judge(*leaktest._detectors()) as judge:
        (tally,) = leaktest.examine(clip, judge, faults=True)
    assert tally.frames == 48
    assert tally.exposed == 0
    assert tally.releases[Release.LIVE] + tally.releases[Release.HELD] >= 20


def test_a_missing_reference_is_an_error_with_a_hint(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["leaktest", "clip.mp4", "--reference", str(tmp_path / "no.task")]) == 1
    assert "--reference" in capsys.readouterr().err


def test_the_official_landmarker_judges_too(models: None, shared: Path) -> None:
    from vcam.app.judge import Judge
    from vcam.capture.clip import Clip

    reference = shared / "data" / "models" / "face_landmarker.task"
    frame = next(Clip(shared / "data" / "video" / "pyfeat_single_face.mp4", realtime=False).frames())
    assert frame is not None
    with Judge(*leaktest._detectors(), reference) as judge:
        (face,) = judge.faces(frame)
    assert face.sure
    assert np.ptp(face.outline[:, 1]) > 0.3 * frame.size.height
