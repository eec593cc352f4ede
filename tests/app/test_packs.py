import argparse
from pathlib import Path

import pytest
from PIL import Image

from vcam import assets
from vcam.app import packs
from vcam.errors import PackError


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "user packs"
    monkeypatch.setattr(assets, "user_packs", lambda: folder)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> str:
    Image.new("RGBA", (40, 40), "red").save(tmp_path / "cat.png")
    return str(tmp_path / "cat.png")


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    packs.add_commands(parser.add_subparsers())
    parsed = parser.parse_args(["packs", *arguments])
    return int(parsed.handler(parsed))


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_list_says_what_there_is(
    arguments: tuple[str, ...], user: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 0
    said = capsys.readouterr().out
    assert "classic" in said
    assert "8 of 8 expressions" in said
    assert str(user) in said


def test_adding_an_emoji_is_one_command(picture: str, user: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", picture, "--for", "happiness", "--pack", "mine", "--anchor", "0.5,0.6") == 0
    assert "vcam run --pack mine" in capsys.readouterr().out
    assert (user / "mine" / "cat.png").exists()
    assert "anchor = [0.5, 0.6]" in (user / "mine" / "pack.toml").read_text()
    assert run("list") == 0
    assert "1 of 8 expressions, 1 picture," in capsys.readouterr().out
    assert run("check", "mine") == 0


def test_one_picture_can_be_for_all(picture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", picture, "--for", "all", "--pack", "mine", "--anchor", "top", "--upright") == 0
    assert run("list") == 0
    assert "8 of 8 expressions, 8 pictures" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [("add", "x.png", "--for", "hapiness", "--pack", "m"), ("add", "x.png", "--pack", "m"), ("nonsense",),
     ("add", "x.png", "--for", "fear", "--pack", "m", "--anchor", "middle"),
     ("show", "classic", "--tile", "9")],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(wrong: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*wrong)
    assert caught.value.code == 2


def test_shipped_packs_stay_as_they_are(picture: str) -> None:
    for command in (("add", picture, "--for", "fear", "--pack", "classic"), ("new", "classic")):
        with pytest.raises(PackError, match="comes with vcam") as caught:
            run(*command)
        assert "--from classic" in caught.value.hint


def test_a_copy_of_a_shipped_pack_can_be_changed(picture: str, user: Path) -> None:
    assert run("new", "my-classic", "--from", "classic") == 0
    assert run("add", picture, "--for", "fear", "--pack", "my-classic", "--replace") == 0
    assert run("check", "my-classic") == 0
    assert (user / "my-classic" / "fear.svg").exists()


def test_check_says_which_is_broken(user: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "mine", "--author", "Me") == 0
    assert run("check") == 1
    said = capsys.readouterr().out
    assert "classic: right" in said
    assert "mine: pack.toml, line 1: the pack has no pictures" in said


def test_check_takes_a_folder(picture: str, user: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("add", picture, "--for", "fear", "--pack", "mine")
    (user / "mine").rename(user.parent / "elsewhere")
    assert run("check", "elsewhere") == 0
    assert run("check", "nowhere") == 1
    assert "no pack called" in capsys.readouterr().out


def test_list_survives_a_broken_pack(user: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("new", "mine")
    assert run("list") == 0
    assert "not usable" in capsys.readouterr().out


def test_out_and_in_again(picture: str, user: Path, tmp_path: Path) -> None:
    run("add", picture, "--for", "fear", "--pack", "mine")
    assert run("export", "mine") == 0
    assert (tmp_path / "mine.zip").exists()
    with pytest.raises(PackError, match="already"):
        run("import", "mine.zip")
    assert run("import", "mine.zip", "--name", "yours") == 0
    assert run("import", "mine.zip", "--replace") == 0
    assert sorted(entry.name for entry in user.iterdir()) == ["mine", "yours"]


def test_a_shipped_name_cannot_be_imported_over(picture: str, tmp_path: Path) -> None:
    assert run("export", "classic") == 0
    with pytest.raises(PackError, match="comes with vcam"):
        run("import", "classic.zip")


def test_show_writes_a_picture(tmp_path: Path) -> None:
    assert run("show", "classic", "--tile", "64") == 0
    with Image.open(tmp_path / "classic.png") as sheet:
        assert sheet.format == "PNG"
        assert sheet.width > 4 * 64
    with pytest.raises(PackError, match="cannot be written"):
        run("show", "classic", "nowhere/x.png")
