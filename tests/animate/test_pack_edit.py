from pathlib import Path

import pytest

from tests.animate.conftest import MakePack
from tests.animate.sample_art import png, svg
from vcam.animate.art.art import Placing
from vcam.animate.pack import load_pack
from vcam.animate.pack_edit import Addition, add, create
from vcam.errors import PackError
from vcam.types import Label


def no_trial(sources: object) -> None:
    """The pictures here are known."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "My Cat!.PNG"
    file.write_bytes(png())
    return file


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_new_pack_waits_for_pictures(tmp_path: Path) -> None:
    create(tmp_path / "packs" / "my-cats", author='A "quoted" name')
    with pytest.raises(PackError, match="no pictures"):
        load_pack(tmp_path / "packs" / "my-cats")
    assert 'title = "My Cats"' in (tmp_path / "packs" / "my-cats" / "pack.toml").read_text()


def test_a_new_pack_can_start_as_a_copy(make_pack: MakePack, tmp_path: Path) -> None:
    like = make_pack()
    create(tmp_path / "packs" / "copy", like=like)
    pack = load_pack(tmp_path / "packs" / "copy")
    assert pack.title == "Copy"
    assert list(pack.arts) == [Label.HAPPINESS]


def test_a_taken_or_impossible_name_is_refused(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    with pytest.raises(PackError, match="already"):
        create(folder)
    with pytest.raises(PackError, match="cannot be the name"):
        create(tmp_path / "No Good")


def test_one_call_makes_a_pack_with_a_picture(tmp_path: Path, picture: Path) -> None:
    folder = tmp_path / "packs" / "mine"
    pack = add(Addition(str(picture), [Label.HAPPINESS, Label.FEAR]), folder, trial=no_trial)
    assert set(pack.arts) == {Label.HAPPINESS, Label.FEAR}
    assert sorted(snapshot(folder)) == ["my-cat.png", "pack.toml"]
    assert load_pack(folder).art(Label.HAPPINESS).placing == Placing()
    assert [entry.name for entry in folder.parent.iterdir()] == ["mine"]


def test_pictures_gather_and_comments_stay(make_pack: MakePack, picture: Path) -> None:
    folder = make_pack('# mine\n[expressions]\nhappiness = "a.png"  # first\n\n[placing]\nscale = 1.2\n')
    placing = Placing((0.5, 0.6), 1.1, (0.0, -0.1), turns=False)
    add(Addition(str(picture), [Label.HAPPINESS], placing), folder, trial=no_trial)
    add(Addition(str(picture), [Label.ANGER]), folder, trial=no_trial)
    pack = load_pack(folder)
    assert [art.placing.scale for art in pack.arts[Label.HAPPINESS]] == [1.2, 1.1]
    assert pack.arts[Label.HAPPINESS][1].placing == placing
    assert len(pack.arts[Label.ANGER]) == 1
    assert "# mine" in (folder / "pack.toml").read_text()
    assert sorted(snapshot(folder)) == ["a.png", "my-cat.png", "pack.toml"]


def test_a_picture_can_replace_the_others(make_pack: MakePack, picture: Path) -> None:
    folder = make_pack('[expressions]\nhappiness = ["a.png", "a.png"]\n')
    pack = add(Addition(str(picture), [Label.HAPPINESS], replace=True), folder, trial=no_trial)
    assert [art.name for art in pack.arts[Label.HAPPINESS]] == ["mine/happiness/my-cat.png"]


def test_another_picture_of_the_same_name_gets_a_number(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    other = tmp_path / "a.png"
    other.write_bytes(png(50, 50))
    add(Addition(str(other), [Label.ANGER]), folder, trial=no_trial)
    assert sorted(snapshot(folder)) == ["a-2.png", "a.png", "pack.toml"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.png", None, "there is no file"),
        ("bad.png", b"x", "cannot be decoded"),
        ("bad.svg", svg("<script/>"), "script"),
        ("bad.txt", b"x", "neither a picture file"),
    ],
)
def test_a_bad_picture_changes_nothing(
    make_pack: MakePack, tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    folder = make_pack()
    before = snapshot(tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
        before[name] = content
    for target in (folder, tmp_path / "other"):
        with pytest.raises(PackError, match=says):
            add(Addition(str(tmp_path / name), [Label.ANGER]), target, trial=no_trial)
    assert snapshot(tmp_path) == before


def test_a_failed_trial_changes_nothing(make_pack: MakePack, tmp_path: Path) -> None:
    def trial(sources: object) -> None:
        raise PackError("crash", hint="No.")

    (tmp_path / "b.svg").write_bytes(svg())
    folder = make_pack()
    before = snapshot(tmp_path)
    with pytest.raises(PackError, match="crash"):
        add(Addition(str(tmp_path / "b.svg"), [Label.ANGER]), folder, trial=trial)
    assert snapshot(tmp_path) == before


def test_a_broken_description_is_left_alone(make_pack: MakePack, picture: Path) -> None:
    folder = make_pack("[expressions\n")
    before = snapshot(folder)
    with pytest.raises(PackError, match="line 1"):
        add(Addition(str(picture), [Label.ANGER]), folder, trial=no_trial)
    assert snapshot(folder) == before


def test_an_unwritable_place_is_an_error_for_the_user(tmp_path: Path, picture: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(PackError, match="cannot be written"):
        add(Addition(str(picture), [Label.ANGER]), tmp_path / "file" / "mine", trial=no_trial)
