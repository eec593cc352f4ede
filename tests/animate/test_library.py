import logging
import os
from pathlib import Path

import pytest

from tests.animate.conftest import MakePack
from tests.animate.sample_art import png, svg
from vcam.animate.art.loader import ArtSource
from vcam.animate.library import Library
from vcam.errors import PackError
from vcam.types import Label


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return tmp_path / "shipped"


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return tmp_path / "user"


def touch(file: Path, seconds: int) -> None:
    """Make it look changed whatever the resolution of the file system's clock."""
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 1_000_000_000))


def test_missing_folders_are_empty(shipped: Path, user: Path) -> None:
    library = Library(shipped, user)
    assert library.names() == []
    assert library.refresh() == []
    with pytest.raises(PackError, match='no pack called "x"') as caught:
        library.get("x")
    assert caught.value.hint == "Install vcam again."


def test_packs_of_both_folders_are_listed(make_pack: MakePack, shipped: Path, user: Path) -> None:
    make_pack(name="b", parent=shipped)
    make_pack(name="a", parent=user)
    make_pack(name=".staging-x", parent=user)
    (user / "empty").mkdir()
    library = Library(shipped, user)
    assert library.names() == ["a", "b"]
    assert library.is_shipped("b")
    assert not library.is_shipped("a")
    with pytest.raises(PackError) as caught:
        library.get("c")
    assert caught.value.hint == 'Use "a" or "b".'


def test_the_users_own_goes_first(make_pack: MakePack, shipped: Path, user: Path) -> None:
    make_pack(name="a", parent=shipped)
    library = Library(shipped, user)
    assert library.get("a").title == "a"
    make_pack('[pack]\ntitle = "Mine"\n[expressions]\nneutral = "a.png"\n', name="a", parent=user)
    assert library.refresh() == ["a"]
    assert library.get("a").title == "Mine"


def test_a_pack_is_read_once(make_pack: MakePack, shipped: Path) -> None:
    make_pack(name="a", parent=shipped)
    library = Library(shipped)
    assert library.get("a") is library.get("a")
    assert library.refresh() == []


def test_a_change_is_picked_up(make_pack: MakePack, user: Path, shipped: Path) -> None:
    folder = make_pack(name="a", parent=user)
    library = Library(shipped, user)
    before = library.get("a")
    (folder / "a.png").write_bytes(png(80, 40, (0, 0, 80, 40)))
    touch(folder / "a.png", 2)
    assert library.refresh() == ["a"]
    after = library.get("a")
    assert after is not before
    assert after.art(Label.HAPPINESS).aspect == 2
    assert before.art(Label.HAPPINESS).aspect == 1
    assert library.refresh() == []


def test_a_broken_change_is_reported_once_and_the_old_version_stays(
    make_pack: MakePack, user: Path, shipped: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_pack(name="a", parent=user)
    library = Library(shipped, user)
    before = library.get("a")
    good = (folder / "pack.toml").read_text()
    (folder / "pack.toml").write_text("[expressions]\nhappiness = 7\n")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert library.refresh() == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "line 2" in caplog.text
    assert library.get("a") is before
    (folder / "pack.toml").write_text(good + "\n# repaired\n")
    assert library.refresh() == ["a"]
    assert library.get("a") is not before


def test_a_pack_that_goes_away_stays_in_use(make_pack: MakePack, user: Path, shipped: Path) -> None:
    folder = make_pack(name="a", parent=user)
    library = Library(shipped, user)
    before = library.get("a")
    folder.rename(user / ".gone")
    assert library.refresh() == []
    assert library.get("a") is before
    (user / ".gone").rename(folder)
    library.refresh()
    assert library.get("a").name == "a"


def test_a_pack_broken_from_the_start_is_read_again_only_when_it_changes(
    make_pack: MakePack, user: Path, shipped: Path
) -> None:
    folder = make_pack("[expressions]\n", name="a", parent=user)
    library = Library(shipped, user)
    with pytest.raises(PackError) as first:
        library.get("a")
    with pytest.raises(PackError) as second:
        library.get("a")
    assert first.value is second.value
    (folder / "pack.toml").write_text('[expressions]\nneutral = "a.png"\n')
    assert library.refresh() == ["a"]
    assert library.get("a").name == "a"


def test_only_the_users_vector_art_is_tried(make_pack: MakePack, user: Path, shipped: Path) -> None:
    tried: list[str] = []

    def trial(sources: list[ArtSource]) -> None:
        tried.extend(source.name for source in sources)

    for parent, name in ((shipped, "a"), (user, "b")):
        make_pack('[expressions]\nneutral = "x.svg"\n', name=name, parent=parent, files={"x.svg": svg()})
    library = Library(shipped, user, trial=trial)
    library.get("a")
    assert tried == []
    library.get("b")
    assert tried == ["x.svg"]
    (user / "b" / "pack.toml").write_text('[expressions]\nneutral = "x.svg"\nanger = "y.svg"\n')
    (user / "b" / "y.svg").write_bytes(svg('<circle cx="9" cy="9" r="9"/>'))
    assert library.refresh() == ["b"]
    assert tried == ["x.svg", "y.svg"]


@pytest.mark.parametrize("name", ["..", "../shipped", "", "A"])
def test_a_name_is_not_a_path(make_pack: MakePack, shipped: Path, name: str) -> None:
    make_pack(name="a", parent=shipped)
    with pytest.raises(PackError):
        Library(shipped, shipped).get(name)


def test_the_pictures_are_drawn_ahead_at_the_size_in_use(make_pack: MakePack, shipped: Path) -> None:
    toml = '[expressions]\nneutral = "x.svg"\nanger = "y.svg"\n'
    make_pack(toml, name="a", parent=shipped, files={"x.svg": svg(), "y.svg": svg()})
    library = Library(shipped)
    pack = library.get("a")
    library.refresh()
    assert pack.art(Label.NEUTRAL).cache.nbytes == 0
    one = pack.art(Label.NEUTRAL).sprite(200)
    library.refresh()
    assert pack.art(Label.ANGER).cache.nbytes == 2 * one.pixels.nbytes
    assert pack.art(Label.ANGER).sprite(200).pixels.shape == one.pixels.shape
    assert pack.art(Label.ANGER).cache.nbytes == 2 * one.pixels.nbytes
