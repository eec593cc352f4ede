import json

import pytest

from vcam.animate.puppet.signals import Signals
from vcam.app.cli import main


@pytest.mark.usefixtures("models")
def test_a_line_for_every_frame_with_every_signal(clips, capsys):
    assert main(["puppet", "signals", str(clips / "pyfeat_single_face.mp4"), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(72))
    assert sum(len(line["faces"]) == 1 for line in lines) > 70
    assert set(lines[0]["faces"][0]["signals"]) == set(Signals._fields)
    smiles = [line["faces"][0]["signals"]["smile_left"] for line in lines if line["faces"]]
    assert smiles[0] < 0.3
    assert max(smiles) > 0.7


@pytest.mark.usefixtures("models")
def test_a_clip_that_is_none_is_told(tmp_path, capsys):
    assert main(["puppet", "signals", str(tmp_path / "none.mp4")]) == 1
    assert "none.mp4" in capsys.readouterr().err
