import sys
from pathlib import Path

import pytest

from tests.animate.sample_art import as_json, lottie, png, svg
from vcam.animate.art.loader import MAX_BYTES, Kind, is_emoji, read_art
from vcam.errors import PackError


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", png(), Kind.RASTER),
        ("A.PNG", png(), Kind.RASTER),
        ("a.svg", svg(), Kind.SVG),
        ("a.json", as_json(lottie()), Kind.LOTTIE),
        ("sub/a.png", png(), Kind.RASTER),
    ],
)
def test_files_are_told_by_their_ending(tmp_path: Path, name: str, content: bytes, kind: Kind) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    source = read_art(name, tmp_path)
    assert source.kind is kind
    assert source.is_vector is (kind is not Kind.RASTER)
    assert source.picture().aspect > 0


@pytest.mark.parametrize("text", ["😀", "👩‍🚀", "❤️", "1️⃣", "🇩🇪"])
def test_emoji_are_told_from_names(text: str) -> None:
    assert is_emoji(text)
    assert read_art(text, Path("nowhere")).kind is Kind.GLYPH


@pytest.mark.parametrize("text", ["", "a", "smile", "ä.png", "😀.png", "😀" * 30])
def test_names_are_no_emoji(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    "name",
    ["../a.png", "/etc/a.png", "..\\a.png", "C:\\a.png", "C:a.png", "\\\\host\\a.png", "b/../../a.png",
     "./a.png", "b//a.png"],
)  # fmt: skip
def test_names_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.png").write_bytes(png())
    with pytest.raises(PackError, match="points out of"):
        read_art(name, tmp_path / "pack")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.png").write_bytes(png())
    (tmp_path / "link.png").symlink_to(tmp_path / "real" / "a.png")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    for name in ("link.png", "folder/a.png"):
        with pytest.raises(PackError, match="link"):
            read_art(name, tmp_path)


@pytest.mark.parametrize("name", ["a.exe", "a", "a.svgz", "pack.toml"])
def test_other_kinds_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackError, match="neither a picture file nor an emoji"):
        read_art(name, tmp_path)


def test_a_missing_file_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    for name, says in (("gone.png", "no such file"), ("folder.png", "no such file"), ("huge.png", "larger")):
        with pytest.raises(PackError, match=says):
            read_art(name, tmp_path)
