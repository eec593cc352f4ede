import json
from pathlib import Path

import pytest

from vcam.app import bench, cli
from vcam.config import Settings
from vcam.errors import ModelError


@pytest.mark.usefixtures("models")
def test_one_object_with_every_figure(demo_clip: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["--source", str(demo_clip), "--size", "320x240", "--frames", "12", "--json"]
    assert cli.main(["bench", *arguments]) == 0
    figures = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert set(bench.STAGES) == set(figures["stages"])
    assert all(set(times) == {"p50_ms", "p95_ms", "max_ms"} for times in figures["stages"].values())
    assert figures["stages"]["step"]["p50_ms"] > figures["stages"]["detect"]["p50_ms"]
    assert figures["cpu_ms_per_frame"] > 0
    assert figures["peak_memory_mb"] > 10
    assert figures["first_frame_s"] <= figures["first_live_frame_s"]


def test_a_bad_reference_is_told(tmp_path: Path) -> None:
    task = tmp_path / "face_landmarker.task"
    task.write_bytes(b"nonsense")
    with pytest.raises(ModelError) as caught:
        bench._reference(task)
    assert "face_landmarker.task" in caught.value.hint


def test_the_demo_never_ends() -> None:
    frames = bench._frames(Settings(source="demo"))
    assert [next(frames).seq for _ in range(3)] == [0, 1, 2]
    frames.close()
