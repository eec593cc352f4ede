import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from vcam.app import cli
from vcam.app.look import read_picture
from vcam.errors import CameraError


@pytest.mark.usefixtures("models")
def test_a_portrait_has_one_face(portrait: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["look", str(portrait), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["image"] == str(portrait)
    [face] = found["faces"]
    assert set(face) == {"box_xyxy", "expression", "probabilities", "certain"}
    assert sum(face["probabilities"].values()) == pytest.approx(1, abs=0.01)


@pytest.mark.usefixtures("models")
def test_pictures_do_not_influence_each_other(portrait: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["look", str(portrait), str(portrait), "--json"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


@pytest.mark.usefixtures("models")
def test_drawn_pictures_hide_the_face(portrait: Path, tmp_path: Path) -> None:
    assert cli.main(["look", str(portrait), "--out", str(tmp_path / "drawn")]) == 0
    drawn, plain = cv2.imread(str(tmp_path / "drawn" / "portrait.png")), cv2.imread(str(portrait))
    assert drawn.shape == plain.shape
    assert (cv2.absdiff(drawn, plain).max(axis=2) > 40).mean() > 0.02


@pytest.mark.usefixtures("models")
def test_a_broken_picture_does_not_stop_the_others(
    portrait: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(portrait.read_bytes()[:500])
    assert cli.main(["look", str(broken), str(portrait)]) == 1
    shown = capsys.readouterr()
    assert "portrait.png: " in shown.out
    assert "broken.png" in shown.err
    assert "Traceback" not in shown.err


def test_pictures_come_upright_and_without_transparency(tmp_path: Path) -> None:
    turned = Image.new("RGB", (20, 10), "red")
    exif = Image.Exif()
    exif[0x0112] = 6  # "rotate by 90 degrees to show"
    turned.save(tmp_path / "turned.jpg", exif=exif)
    assert read_picture(tmp_path / "turned.jpg").size == (10, 20)
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert np.all(read_picture(tmp_path / "clear.png").pixels == 255)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
def test_what_is_no_picture_is_an_error_with_a_hint(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(CameraError) as caught:
        read_picture(path)
    assert caught.value.hint
    with pytest.raises(CameraError, match="does not exist"):
        read_picture(tmp_path / "none.png")
