from pathlib import Path

import cv2
import pytest

from vcam import assets
from vcam.animate.pack import load_pack
from vcam.animate.toml_table import parse_toml
from vcam.app import cli, me
from vcam.errors import PackError
from vcam.portrait.colours import Colours
from vcam.types import Label


def _png() -> bytes:
    import numpy as np

    picture = np.zeros((32, 32, 4), np.uint8)
    picture[4:28, 4:28] = 255
    return bytes(cv2.imencode(".png", picture)[1])


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("style", me.STYLES)
def test_a_photograph_becomes_a_pack(style: str, portrait: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["me", "--from", str(portrait), "--style", style]) == 0
    folder = assets.user_packs() / "me"
    pack = load_pack(folder)
    assert pack.arts
    assert {path.suffix for path in folder.iterdir()} == {".png", ".toml"}, "nothing but the results is kept"
    shown = capsys.readouterr().out
    assert "vcam run --pack me" in shown
    assert "[puppet]" in shown


@pytest.mark.usefixtures("models")
def test_a_photographs_name_decides(portrait: Path, tmp_path: Path) -> None:
    named = tmp_path / "fear.png"
    named.write_bytes(portrait.read_bytes())
    assert cli.main(["me", "--from", str(named), "--name", "mine"]) == 0
    assert (assets.user_packs() / "mine" / "fear.png").is_file()


@pytest.mark.usefixtures("models")
def test_a_photograph_without_a_face_is_told_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np

    cv2.imwrite(str(tmp_path / "wall.png"), np.full((300, 400, 3), 120, np.uint8))
    assert cli.main(["me", "--from", str(tmp_path / "wall.png")]) == 1
    assert "shows no face" in capsys.readouterr().err
    assert not (assets.user_packs() / "me").exists()


@pytest.mark.usefixtures("models")
def test_of_two_faces_the_largest_is_taken_where_nobody_can_be_asked(
    portrait: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = cv2.imread(str(portrait))
    small = cv2.resize(one, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(small, 0, one.shape[0] - small.shape[0], 0, 0, cv2.BORDER_REPLICATE)
    cv2.imwrite(str(tmp_path / "two.png"), cv2.hconcat([small, one]))
    assert cli.main(["me", "--from", str(tmp_path / "two.png")]) == 0
    assert "2 faces; the largest, number 2" in capsys.readouterr().out


def test_a_pack_is_not_overwritten_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    folder = assets.user_packs() / "me"
    me.write_pack(folder, {Label.FEAR: _png()})
    assert cli.main(["me", "--from", "none.png"]) == 1
    assert "--replace" in capsys.readouterr().err
    me.write_pack(folder, {Label.ANGER: _png()}, replace=True)
    assert sorted(path.name for path in folder.iterdir()) == ["anger.png", "pack.toml"]
    assert [path.name for path in folder.parent.iterdir()] == ["me"]


def test_a_broken_picture_leaves_the_old_pack() -> None:
    folder = assets.user_packs() / "me"
    me.write_pack(folder, {Label.FEAR: _png()})
    with pytest.raises(PackError):
        me.write_pack(folder, {Label.ANGER: b"nonsense"}, replace=True)
    assert (folder / "fear.png").is_file()


def test_the_proposed_puppet_can_be_read() -> None:
    from vcam.animate.puppet.style import Character, read_style

    lines = me.puppet_table(Colours("#d3b094", "#76623b", "#5f482e", glasses=True))
    table = parse_toml("\n".join(lines).encode(), Path("pack.toml")).table("puppet")
    assert read_style(table).character is Character.PERSON
    assert len(me.puppet_table(Colours("#d3b094", None, "#5f482e", glasses=False))) == 4
