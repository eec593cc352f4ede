import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.animate.conftest import MakePack
from tests.animate.sample_art import png, svg
from vcam.animate import pack_archive
from vcam.animate.pack_archive import MAX_ENTRIES, export_pack, import_pack
from vcam.errors import PackError
from vcam.types import Label

TOML = b'[expressions]\nhappiness = "a.png"\n'


def no_trial(sources: object) -> None:
    """The pictures here are known."""


def zipped(file: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file


def test_there_and_back(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack(
        files={"a.png": png(), "art/b.svg": svg(), "LICENSE": b"free", ".hidden": b"", "x.exe": b""}
    )
    archive = tmp_path / "out.zip"
    assert export_pack(folder, archive) == 4
    pack = import_pack(archive, tmp_path / "packs", trial=no_trial)
    assert pack.name == "mine"
    files = sorted(
        f.relative_to(tmp_path / "packs").as_posix() for f in (tmp_path / "packs").rglob("*") if f.is_file()
    )
    assert files == ["mine/LICENSE", "mine/a.png", "mine/art/b.svg", "mine/pack.toml"]


def test_the_same_pack_gives_the_same_bytes(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    export_pack(folder, tmp_path / "1.zip")
    export_pack(folder, tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_the_name_comes_from_the_folder_inside_or_the_file(tmp_path: Path) -> None:
    deep = zipped(
        tmp_path / "x.zip", {"some/cats/pack.toml": TOML, "some/cats/a.png": png(), "README.md": b""}
    )
    flat = zipped(tmp_path / "Dogs.zip", {"pack.toml": TOML, "a.png": png()})
    packs = tmp_path / "packs"
    assert import_pack(deep, packs, trial=no_trial).name == "cats"
    assert import_pack(flat, packs, trial=no_trial).name == "dogs"
    assert import_pack(flat, packs, trial=no_trial, name="other").name == "other"
    assert sorted(entry.name for entry in packs.iterdir()) == ["cats", "dogs", "other"]


def test_a_pack_is_replaced_only_when_asked(make_pack: MakePack, tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    make_pack('[expressions]\nanger = "a.png"\n', parent=packs)
    archive = zipped(tmp_path / "mine.zip", {"pack.toml": TOML, "a.png": png()})
    with pytest.raises(PackError, match="already"):
        import_pack(archive, packs, trial=no_trial)
    assert list(import_pack(archive, packs, trial=no_trial, replace=True).arts) == [Label.HAPPINESS]
    assert [entry.name for entry in packs.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"../pack.toml": TOML}, "points out"),
        ({"/pack.toml": TOML}, "points out"),
        ({"mine/../../pack.toml": TOML}, "points out"),
        ({"C:/pack.toml": TOML}, "points out"),
        ({"..\\pack.toml": TOML}, "points out"),
        ({"pack.toml": TOML, "a.png": png(), "A.PNG": png()}, "twice"),
        ({"a/pack.toml": TOML, "b/pack.toml": TOML}, "2 packs"),
        ({"a.png": png()}, "no pack.toml"),
        ({"pack.toml": TOML}, "no such file"),
        ({"pack.toml": b"x", "a.png": png()}, "pack.toml"),
        ({"No Good/pack.toml": TOML}, "cannot be the name"),
        ({"pack.toml": TOML} | {f"{n}.png": b"" for n in range(MAX_ENTRIES)}, "more than"),
    ],
)
def test_hostile_archives_leave_nothing(tmp_path: Path, entries: Mapping[str, bytes], says: str) -> None:
    archive = zipped(tmp_path / "mine.zip", entries)
    packs = tmp_path / "packs"
    with pytest.raises(PackError, match=says) as caught:
        import_pack(archive, packs, trial=no_trial)
    assert caught.value.hint.endswith(".")
    assert not packs.exists() or not list(packs.iterdir())
    assert sorted(entry.name for entry in tmp_path.iterdir()) in (["mine.zip"], ["mine.zip", "packs"])


def test_links_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "mine.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("pack.toml", TOML)
        link = zipfile.ZipInfo("a.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(PackError, match="link"):
        import_pack(archive, tmp_path / "packs", trial=no_trial)


def test_a_bomb_is_counted_as_it_unpacks(tmp_path: Path) -> None:
    big = bytes(pack_archive.MAX_UNPACKED // 2 + 1)
    archive = zipped(tmp_path / "mine.zip", {"pack.toml": TOML, "a.png": big, "b.png": big})
    assert archive.stat().st_size < 1_000_000
    with pytest.raises(PackError, match="unpacks to is larger"):
        import_pack(archive, tmp_path / "packs", trial=no_trial)


def test_damage_is_refused(tmp_path: Path) -> None:
    good = zipped(tmp_path / "mine.zip", {"pack.toml": TOML, "a.png": png()}).read_bytes()
    damaged = bytearray(good)
    damaged[40:60] = bytes(20)
    for content in (b"", b"hello", good[:-30], bytes(damaged)):
        (tmp_path / "bad.zip").write_bytes(content)
        with pytest.raises(PackError):
            import_pack(tmp_path / "bad.zip", tmp_path / "packs", trial=no_trial)
    with pytest.raises(PackError, match="cannot be read"):
        import_pack(tmp_path / "gone.zip", tmp_path / "packs", trial=no_trial)


def test_an_unwritable_target_is_an_error_for_the_user(make_pack: MakePack, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be written"):
        export_pack(make_pack(), tmp_path / "nowhere" / "out.zip")


def test_the_old_pack_comes_back_where_the_new_one_cannot_be_put(
    make_pack: MakePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = tmp_path / "packs"
    make_pack('[expressions]\nanger = "a.png"\n', parent=packs)
    archive = zipped(tmp_path / "mine.zip", {"pack.toml": TOML, "a.png": png()})
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if target == packs / "mine" and path.name == "mine":
            raise PermissionError(13, "busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PackError, match="busy"):
        import_pack(archive, packs, trial=no_trial, replace=True)
    assert "anger" in (packs / "mine" / "pack.toml").read_text()
