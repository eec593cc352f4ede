import json
from pathlib import Path

import pytest

from vcam.app import cli, soak
from vcam.config import Settings
from vcam.errors import VcamError

pytestmark = pytest.mark.usefixtures("models")


@pytest.mark.parametrize("source", ["demo", "clip"])
def test_a_short_soak_is_reported(source: str, demo_clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = str(demo_clip) if source == "clip" else source
    assert cli.main(["bench", "--soak", "60", "--json", "--source", chosen, "--size", "320x240"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["frames_stepped"] >= 60
    assert report["problem"] == ""
    assert report["memory_mb"] > 10


def test_no_frames_make_no_sense() -> None:
    with pytest.raises(VcamError) as caught:
        soak.run(Settings(source="demo"), 0)
    assert caught.value.hint
